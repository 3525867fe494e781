#include <algorithm>
#include <map>

#include "isogloss/corpus/aligned_files.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/splits.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// The files STEM.<language> in `folder`, by their stems' names; languages ascend.
std::map<std::string, CorpusFiles> files_by_stem(const std::filesystem::path& folder) {
  std::map<std::string, CorpusFiles> corpora;
  for (const auto& path : list_folder(folder)) {
    const std::filesystem::path name = without_compression(path.filename().string());
    if (!name.has_extension() || std::filesystem::is_directory(path)) continue;
    const auto language = name.extension().string().substr(1);
    if (is_file_type(language) || !reads_as_language(language)) continue;
    auto& corpus = corpora[name.stem().string()];
    corpus.stem = folder / name.stem();
    corpus.files.push_back({path, language});
  }
  for (auto& [name, corpus] : corpora) {
    std::ranges::sort(corpus.files, {}, &CorpusFile::language);
    if (is_challenge(corpus)) {  // train.id is no Indonesian there but the labels of the rows
      std::erase_if(corpus.files, [](const auto& file) { return file.language == "id"; });
    }
  }
  return corpora;
}

/// The corpora in a folder, each a split.
std::vector<CorpusFiles> find_in_folder(const std::filesystem::path& folder) {
  std::vector<CorpusFiles> corpora;
  for (auto& [name, corpus] : files_by_stem(folder)) {
    if (corpus.files.size() < 2) continue;
    corpora.push_back(std::move(corpus));
    corpora.back().split = name;
  }
  if (corpora.size() == 1) corpora.front().split.clear();
  for (auto& corpus : corpora) {
    const auto split = split_of(corpus.split + ".");
    const bool is_new = std::ranges::find(corpora, split, &CorpusFiles::split) == corpora.end();
    if (!split.empty() && is_new) corpus.split = split;
  }
  return corpora;
}

/// `path` as a folder of Moses files, as the stem of some, or as one of them.
std::vector<CorpusFiles> find_moses_files(const std::filesystem::path& path) {
  std::error_code unreachable;
  const bool is_folder = std::filesystem::is_directory(path, unreachable);
  if (is_folder) {
    if (auto corpora = find_in_folder(path); !corpora.empty()) return corpora;
  }
  const auto named = path.has_filename() ? path : path.parent_path();
  const auto folder = named.has_parent_path() ? named.parent_path() : std::filesystem::path(".");
  auto corpora = files_by_stem(folder);
  if (const auto found = corpora.find(named.filename().string()); found != corpora.end()) {
    if (!is_folder || found->second.files.size() > 1) return {std::move(found->second)};
  }
  for (auto& [stem, corpus] : corpora) {
    const auto is_named = [&](const CorpusFile& file) {
      return file.path.filename() == named.filename();
    };
    if (std::ranges::any_of(corpus.files, is_named)) return {std::move(corpus)};
  }
  return {};
}

}  // namespace

const CorpusFormat corpus_format::moses = {
    .name = "Moses",
    .accepted = "the stem of Moses files (STEM.en, STEM.es)",
    .extensions = {},
    .find_files = &find_moses_files,
    .open = &open_aligned_files,
};

}  // namespace isogloss
