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

/// The files <language>.SUFFIX in `folder`, by suffix.
std::vector<CorpusFiles> files_by_suffix(const std::filesystem::path& folder) {
  std::map<std::string, CorpusFiles> by_suffix;
  for (const auto& path : list_folder(folder)) {
    const std::filesystem::path name = without_compression(path.filename().string());
    if (!name.has_extension() || std::filesystem::is_directory(path)) continue;
    const auto language = name.stem().string();
    const auto suffix = name.extension().string().substr(1);
    const bool is_split = !split_of(language + ".").empty();  // dev.txt
    if (!reads_as_language(language) || is_split || (is_file_type(suffix) && suffix != "txt"))
      continue;
    auto& corpus = by_suffix[suffix];
    corpus.split = suffix;
    corpus.stem = folder / suffix;
    corpus.files.push_back({path, language});
  }
  std::vector<CorpusFiles> corpora;
  for (auto& [suffix, corpus] : by_suffix) {
    if (corpus.files.size() >= 2) corpora.push_back(std::move(corpus));
  }
  return corpora;
}

/// `path` as a folder of such files, as a folder of such folders, or as one of the files.
std::vector<CorpusFiles> find_flores_files(const std::filesystem::path& path) {
  std::error_code unreachable;
  if (!std::filesystem::is_directory(path, unreachable)) {
    auto corpora = files_by_suffix(path.has_parent_path() ? path.parent_path() : ".");
    std::erase_if(corpora, [&](const CorpusFiles& corpus) {
      return std::ranges::none_of(corpus.files, [&](const CorpusFile& file) {
        return file.path.filename() == path.filename();
      });
    });
    return corpora;
  }
  if (auto corpora = files_by_suffix(path); !corpora.empty()) return corpora;
  std::vector<CorpusFiles> splits;
  for (const auto& folder : list_folder(path)) {
    if (!std::filesystem::is_directory(folder, unreachable)) continue;
    for (auto& corpus : files_by_suffix(folder)) {
      if (corpus.split == "txt") corpus.split = folder.filename().string();
      splits.push_back(std::move(corpus));
    }
  }
  return splits;
}

}  // namespace

const CorpusFormat corpus_format::flores = {
    .name = "FLORES",
    .accepted = "a folder of files named after languages (eng_Latn.dev, spa_Latn.dev)",
    .extensions = {},
    .find_files = &find_flores_files,
    .open = &open_aligned_files,
};

}  // namespace isogloss
