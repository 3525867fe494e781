#include "isogloss/inputs/inputs.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/sidecar.h"
#include "isogloss/inputs/hub_name.h"
#include "isogloss/inputs/outline.h"
#include "isogloss/inputs/published_sae_internal.h"
#include "isogloss/sae/sae.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

FetchedInput fetched(const HubName& name, const HubRepo& repo,
                     const std::vector<std::string>& files, const RunControl& control) {
  const auto snapshot = fetch_files(repo, files, control);
  return {name.path.empty() ? snapshot.folder : snapshot.folder / name.path,
          name.at(snapshot.commit)};
}

/// Other files may lie in the same folder of the cache, fetched at other times.
void expect_these_files(const FetchedInput& input, const std::vector<std::string>& files,
                        const HubName& name, std::vector<fs::path> found) {
  std::vector<fs::path> expected;
  auto top = input.path;
  for (const auto& part : fs::path(name.path)) top = part.empty() ? top : top.parent_path();
  for (const auto& file : files) expected.push_back((top / file).lexically_normal());
  for (auto& file : found) file = file.lexically_normal();
  std::ranges::sort(expected);
  std::ranges::sort(found);
  if (found == expected) return;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: the hub's cache holds other files there ({}); remove those that the "
                          "repository does not have",
                          name.text(), input.path.string()));
}

/// The files that a corpus is read from, of the languages asked for if each has a file of its own
/// that is called so. Looks at names alone.
std::vector<fs::path> corpus_files_by_name(const fs::path& path,
                                           const std::vector<std::string>& languages,
                                           std::string_view split) {
  const auto corpus = locate_corpus(path, split).files;
  const auto is_called_so = [&](const std::string& language) {
    return std::ranges::find(corpus.files, language, &CorpusFile::language) != corpus.files.end();
  };
  const bool some = !languages.empty() && std::ranges::all_of(languages, is_called_so);
  std::vector<fs::path> files;
  for (const auto& file : corpus.files) {
    if (!some || std::ranges::find(languages, file.language) != languages.end())
      files.push_back(file.path);
  }
  if (const auto sidecar = find_sidecar(corpus)) files.push_back(*sidecar);
  return files;
}

}  // namespace

FetchedInput fetch_sae_at(const HubName& name, std::string_view format, const RunControl& control) {
  const auto repo = pinned(name.repo, control);
  const auto files = choose_by_names(name, hub_entries(repo, control),
                                     [&](const fs::path& path) { return sae_files(path, format); });
  auto input = fetched(name, repo, files, control);
  expect_these_files(input, files, name, sae_files(input.path, format));
  return input;
}

FetchedInput fetch_sae(const std::string& words, std::string_view format,
                       const RunControl& control) {
  if (is_hub_name(words)) {
    return fetch_sae_at(parse_hub_name(words, HubKind::kModel), format, control);
  }
  std::error_code error;  // as good as nothing there
  if (fs::exists(words, error)) return {words, ""};
  if (const auto* published = find_published_sae(words)) {
    return fetch_published_sae(*published, format, control);
  }
  if (const auto similar = similar_releases(words); !similar.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: no such file or folder, and no published SAE{}; `isogloss saes` "
                            "lists the releases",
                            words, similar));
  }
  return {words, ""};
}

FetchedInput fetch_corpus(const std::string& words, const std::vector<std::string>& languages,
                          std::string_view split, const RunControl& control) {
  if (!is_hub_name(words)) return {words, ""};
  const auto name = parse_hub_name(words, HubKind::kDataset);
  const auto repo = pinned(name.repo, control);
  const auto files = choose_by_names(name, hub_entries(repo, control), [&](const fs::path& path) {
    return corpus_files_by_name(path, languages, split);
  });
  auto input = fetched(name, repo, files, control);
  expect_these_files(input, files, name, corpus_files_by_name(input.path, languages, split));
  return input;
}

}  // namespace isogloss
