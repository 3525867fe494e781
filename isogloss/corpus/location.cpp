#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/readers_internal.h"

namespace isogloss {
namespace {

std::vector<std::filesystem::path> find_shards(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> shards;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().extension() == ".parquet") shards.push_back(entry.path());
  }
  if (error) {
    throw Error(ErrorCode::kEnvironment, fmt::format("{}: cannot list the folder: {}; check its "
                                                     "permissions",
                                                     folder.string(), error.message()));
  }
  std::sort(shards.begin(), shards.end());
  if (shards.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: a folder without .parquet files; name a corpus file, or a Moses "
                            "pair by its common stem",
                            folder.string()));
  }
  return shards;
}

/// `path` as the stem of a Moses pair, or as one of its files.
CorpusLocation locate_moses(const std::filesystem::path& path) {
  if (!moses_languages(path).empty()) return {CorpusFormat::kMoses, {}, path};
  std::error_code unreachable;  // as good as missing
  if (!std::filesystem::exists(path, unreachable)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{0}: no such file, and no Moses files {0}.en, {0}.es, …; check the "
                            "path",
                            path.string()));
  }
  auto stem = path;
  stem.replace_extension();
  const auto languages = moses_languages(stem);
  const auto own = path.extension().string();
  if (own.empty() ||
      std::find(languages.begin(), languages.end(), own.substr(1)) == languages.end()) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: not a corpus isogloss reads; give .tsv, .jsonl, .json, .parquet, a "
                    "folder of .parquet, or the stem of a Moses pair",
                    path.string()));
  }
  return {CorpusFormat::kMoses, {}, stem};
}

}  // namespace

std::filesystem::path with_suffix(const std::filesystem::path& stem, std::string_view suffix) {
  auto path = stem;
  path += ".";
  path += suffix;
  return path;
}

CorpusLocation locate_corpus(const std::filesystem::path& path) {
  std::error_code unreachable;  // opening the file will say why
  if (std::filesystem::is_directory(path, unreachable) && moses_languages(path).empty()) {
    const auto folder = path.has_filename() ? path : path.parent_path();
    return {CorpusFormat::kParquet, find_shards(folder), folder};
  }
  auto stem = path;
  stem.replace_extension();
  const auto extension = path.extension();
  if (extension == ".tsv") return {CorpusFormat::kTsv, {path}, stem};
  if (extension == ".jsonl" || extension == ".json") return {CorpusFormat::kJsonl, {path}, stem};
  if (extension == ".parquet") return {CorpusFormat::kParquet, {path}, stem};
  return locate_moses(path);
}

std::unique_ptr<RowReader> open_corpus(const CorpusLocation& location) {
  switch (location.format) {
    case CorpusFormat::kTsv:
      return open_tsv_corpus(location.files[0]);
    case CorpusFormat::kMoses:
      return open_moses_corpus(location.stem);
    case CorpusFormat::kJsonl:
      return open_jsonl_corpus(location.files[0]);
    case CorpusFormat::kParquet:
      return open_parquet_corpus(location.files);
  }
  throw std::logic_error("a corpus format without a reader");
}

}  // namespace isogloss
