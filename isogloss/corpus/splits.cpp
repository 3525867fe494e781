#include "isogloss/corpus/splits.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <set>

#include "isogloss/core/error.h"
#include "isogloss/corpus/folders.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// "train-00000-of-00002" and, as older versions wrote it, "train-00000-of-00002-0123456789abcdef".
struct Shard {
  std::string split;
  int index = 0;
  int count = 0;
};

std::optional<Shard> parse_shard(std::string_view name) {
  static const std::regex kShard(R"((.+)-(\d{5})-of-(\d{5})(-[0-9a-f]+)?(\.\w+)+)");
  std::match_results<std::string_view::const_iterator> match;
  if (!std::regex_match(name.begin(), name.end(), match, kShard)) return std::nullopt;
  return Shard{match[1].str(), std::stoi(match[2].str()), std::stoi(match[3].str())};
}

/// The split that a word stands for in the names of files, as Hugging Face datasets knows them.
std::string_view split_of_word(std::string_view word) {
  static const std::map<std::string_view, std::string_view> kSplits = {
      {"train", "train"},      {"training", "train"}, {"validation", "validation"},
      {"valid", "validation"}, {"dev", "validation"}, {"val", "validation"},
      {"test", "test"},        {"testing", "test"},   {"eval", "test"},
      {"evaluation", "test"}};
  const auto found = kSplits.find(word);
  return found == kSplits.end() ? std::string_view() : found->second;
}

/// Its compression aside.
bool has_extension(const std::filesystem::path& path, std::string_view extension) {
  return std::filesystem::path(without_compression(path.string())).extension() == extension;
}

void check_shards(const std::filesystem::path& folder, const CorpusFiles& split) {
  std::set<int> present;
  int count = 0;
  for (const auto& file : split.files) {
    const auto shard = parse_shard(file.path.filename().string());
    if (!shard) return;
    present.insert(shard->index);
    count = std::max(count, shard->count);
  }
  for (int index = 0; index < count; ++index) {
    if (present.contains(index)) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: lacks {}-{:05}-of-{:05}; fetch the missing file", folder.string(),
                            split.split, index, count));
  }
}

/// Files directly in `folder`.
std::vector<CorpusFiles> splits_of_files(const std::filesystem::path& folder,
                                         std::string_view extension) {
  std::map<std::string, CorpusFiles> by_split;
  for (const auto& path : list_folder(folder)) {
    if (!has_extension(path, extension) || std::filesystem::is_directory(path)) continue;
    const auto name = split_of(path.filename().string());
    by_split[name].split = name;
    by_split[name].files.push_back({path});
  }
  std::vector<CorpusFiles> splits;
  for (auto& [name, files] : by_split) {
    check_shards(folder, files);
    splits.push_back(std::move(files));
  }
  return splits;
}

/// Files in folders of `folder` that are named after splits.
std::vector<CorpusFiles> splits_of_folders(const std::filesystem::path& folder,
                                           std::string_view extension) {
  std::vector<CorpusFiles> splits;
  for (const auto& path : list_folder(folder)) {
    const std::string name(split_of_word(path.filename().string()));
    if (name.empty() || !std::filesystem::is_directory(path)) continue;
    CorpusFiles split{{}, {}, name};
    for (const auto& file : list_folder(path)) {
      if (has_extension(file, extension)) split.files.push_back({file});
    }
    if (!split.files.empty()) splits.push_back(std::move(split));
  }
  return splits;
}

}  // namespace

std::string split_of(std::string_view name) {
  if (const auto shard = parse_shard(name)) return shard->split;
  const auto uncompressed = without_compression(std::string(name));
  name = std::string_view(uncompressed).substr(0, uncompressed.rfind('.'));
  constexpr std::string_view kSeparators = "-._ 0123456789";
  std::set<std::string_view> named;
  while (!name.empty()) {
    const auto end = std::min(name.find_first_of(kSeparators), name.size());
    if (const auto split = split_of_word(name.substr(0, end)); !split.empty()) named.insert(split);
    name.remove_prefix(std::min(end + 1, name.size()));
  }
  return named.size() == 1 ? std::string(*named.begin()) : std::string();
}

std::vector<CorpusFiles> find_splits(const std::filesystem::path& folder,
                                     std::string_view extension) {
  std::error_code unreachable;
  if (!std::filesystem::is_directory(folder, unreachable)) return {};
  auto splits = splits_of_files(folder, extension);
  if (splits.empty() && std::filesystem::is_directory(folder / "data", unreachable)) {
    splits = splits_of_files(folder / "data", extension);
  }
  if (splits.empty()) splits = splits_of_folders(folder, extension);
  const auto stem = folder.has_filename() ? folder : folder.parent_path();  // "c" of "c/"
  for (auto& files : splits) files.stem = splits.size() == 1 ? stem : stem / files.split;
  return splits;
}

std::vector<CorpusFiles> find_tables(const std::filesystem::path& folder,
                                     std::string_view extension) {
  CorpusFiles corpus;
  corpus.stem = folder.has_filename() ? folder : folder.parent_path();
  for (const auto& path : list_folder(folder)) {
    const std::filesystem::path name = without_compression(path.filename().string());
    const auto stem = name.stem().string();
    const bool is_other =
        stem.ends_with("_links") || stem.ends_with("_sentences") || !split_of_word(stem).empty();
    if (name.extension() == extension && reads_as_language(stem) && !is_other) {
      corpus.files.push_back({path});
    }
  }
  if (corpus.files.size() >= 2) return {std::move(corpus)};
  auto splits = find_splits(folder, extension);
  const bool all_named = std::ranges::none_of(splits, &std::string::empty, &CorpusFiles::split);
  return all_named ? std::move(splits) : std::vector<CorpusFiles>();
}

}  // namespace isogloss
