#include "isogloss/corpus/format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

constexpr const CorpusFormat* kFormats[] = {
#define ISOGLOSS_CORPUS_FORMAT(name) &corpus_format::name,
#include "isogloss/corpus/formats.inc"
#undef ISOGLOSS_CORPUS_FORMAT
};

}  // namespace

std::span<const CorpusFormat* const> corpus_formats() { return kFormats; }

std::filesystem::path with_suffix(const std::filesystem::path& stem, std::string_view suffix) {
  auto path = stem;
  path += ".";
  path += suffix;
  return path;
}

namespace {

struct Found {
  const CorpusFormat* format;
  std::vector<CorpusFiles> splits;
};

/// nullopt if `path` is in no known format.
std::optional<Found> find_corpus(const std::filesystem::path& path) {
  std::error_code unreachable;  // opening the file will say why
  const std::filesystem::path name = without_compression(path.string());
  const auto extension = name.extension().string();
  auto stem = name;
  stem.replace_extension();
  for (const auto* format : kFormats) {
    if (std::filesystem::is_directory(path, unreachable)) break;
    if (std::ranges::find(format->extensions, extension) == format->extensions.end()) continue;
    return Found{format, {{{{path}}, stem}}};
  }
  for (const auto* format : kFormats) {
    if (format->find_files == nullptr) continue;
    if (auto splits = format->find_files(path); !splits.empty()) {
      return Found{format, std::move(splits)};
    }
  }
  return std::nullopt;
}

std::string name_splits(const std::vector<CorpusFiles>& splits) {
  std::vector<std::string_view> names;
  for (const auto& files : splits) {
    names.push_back(files.split.empty() ? "files of no split" : std::string_view(files.split));
  }
  return fmt::format("{}", fmt::join(names, ", "));
}

/// The folders in `path` that are corpora, such as the configurations of a data set.
std::vector<std::string> corpora_within(const std::filesystem::path& path) {
  std::vector<std::string> names;
  for (const auto& folder : list_folder(path)) {
    if (std::filesystem::is_directory(folder) && find_corpus(folder)) {
      names.push_back(folder.filename().string());
    }
  }
  return names;
}

CorpusFiles choose_split(std::vector<CorpusFiles> splits, std::string_view asked,
                         const std::filesystem::path& path) {
  if (asked.empty() && splits.size() == 1) return std::move(splits.front());
  const bool all_named = std::ranges::none_of(splits, &std::string::empty, &CorpusFiles::split);
  const auto wanted = asked.empty() && all_named ? "train" : asked;
  const auto chosen = std::ranges::find(splits, wanted, &CorpusFiles::split);
  if (!wanted.empty() && chosen != splits.end()) return std::move(*chosen);
  if (splits.size() == 1 && !all_named) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is not divided into splits; leave --split out", path.string()));
  }
  const auto problem = asked.empty() ? std::string("is divided into several splits")
                                     : fmt::format("has no split '{}'", asked);
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; choose one with --split: {}",
                                                path.string(), problem, name_splits(splits)));
}

/// Documents are named after their files.
void check_documents(const CorpusFiles& corpus) {
  for (const auto& file : corpus.files) {
    if (!find_text_fault(file.document)) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: its name is not UTF-8, and rows are to be named after it; rename "
                            "the file",
                            file.path.string()));
  }
}

}  // namespace

CorpusLocation locate_corpus(const std::filesystem::path& path, std::string_view asked) {
  if (auto found = find_corpus(path)) {
    std::vector<std::string> names;
    for (const auto& files : found->splits) {
      if (!files.split.empty()) names.push_back(files.split);
    }
    auto files = choose_split(std::move(found->splits), asked, path);
    check_documents(files);
    return {found->format, std::move(files), std::move(names)};
  }
  std::error_code unreachable;  // as good as missing
  if (!std::filesystem::exists(path, unreachable)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such corpus; give {}", path.string(), accepted_corpora()));
  }
  if (const auto inner = corpora_within(path); !inner.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds several corpora in folders; name one of them: {}",
                            path.string(), fmt::join(inner, ", ")));
  }
  throw Error(ErrorCode::kBadInput, fmt::format("{}: not a corpus isogloss reads; give {}",
                                                path.string(), accepted_corpora()));
}

bool is_corpus(const std::filesystem::path& path) { return find_corpus(path).has_value(); }

std::string accepted_corpora() {
  std::vector<std::string_view> accepted;
  for (const auto* format : kFormats) accepted.push_back(format->accepted);
  return join_choices(accepted);
}

}  // namespace isogloss
