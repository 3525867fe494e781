#include <algorithm>

#include "isogloss/corpus/aligned_files.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// FOLDER/<language>/DOCUMENT
std::vector<CorpusFiles> find_documents(const std::filesystem::path& folder) {
  std::error_code unreachable;
  if (!std::filesystem::is_directory(folder, unreachable)) return {};
  CorpusFiles corpus;
  std::size_t n_languages = 0;
  for (const auto& path : list_folder(folder)) {
    const auto language = path.filename().string();
    if (!reads_as_language(language) || !std::filesystem::is_directory(path)) continue;
    const auto n_before = corpus.files.size();
    for (const auto& file : list_folder(path)) {
      const std::filesystem::path name = without_compression(file.filename().string());
      const auto suffix = name.extension().string();
      const bool is_text = suffix.empty() || suffix == ".txt" || !is_file_type(suffix.substr(1));
      if (!std::filesystem::is_regular_file(file) || !is_text) continue;
      corpus.files.push_back({file, language, name.string()});
    }
    if (corpus.files.size() > n_before) ++n_languages;
  }
  if (n_languages < 2) return {};
  corpus.stem = folder.has_filename() ? folder : folder.parent_path();
  return {std::move(corpus)};
}

}  // namespace

const CorpusFormat corpus_format::documents = {
    .name = "Documents",
    .accepted = "a folder with a folder of text files for each language (en/a.txt, es/a.txt)",
    .extensions = {},
    .find_files = &find_documents,
    .open = &open_aligned_files,
};

}  // namespace isogloss
