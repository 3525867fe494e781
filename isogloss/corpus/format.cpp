#include "isogloss/corpus/format.h"

#include <fmt/format.h>

#include <algorithm>
#include <cassert>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/corpus/corpus.h"

namespace isogloss {
namespace {

constexpr const CorpusFormat* kFormats[] = {
#define ISOGLOSS_CORPUS_FORMAT(name) &corpus_format::name,
#include "isogloss/corpus/formats.inc"
#undef ISOGLOSS_CORPUS_FORMAT
};

}  // namespace

std::span<const CorpusFormat* const> corpus_formats() { return kFormats; }

const std::filesystem::path& CorpusFiles::file_of(std::string_view language) const {
  const auto found = std::ranges::find(files, language, &CorpusFile::language);
  assert(found != files.end());
  return found->path;
}

std::filesystem::path with_suffix(const std::filesystem::path& stem, std::string_view suffix) {
  auto path = stem;
  path += ".";
  path += suffix;
  return path;
}

std::optional<CorpusLocation> find_corpus(const std::filesystem::path& path) {
  std::error_code unreachable;  // opening the file will say why
  const auto extension = path.extension().string();
  auto stem = path;
  stem.replace_extension();
  for (const auto* format : kFormats) {
    if (std::filesystem::is_directory(path, unreachable)) break;
    if (std::ranges::find(format->extensions, extension) == format->extensions.end()) continue;
    return CorpusLocation{format, {{{path}}, stem}};
  }
  for (const auto* format : kFormats) {
    if (format->find_files == nullptr) continue;
    if (auto files = format->find_files(path)) return CorpusLocation{format, std::move(*files)};
  }
  return std::nullopt;
}

CorpusLocation locate_corpus(const std::filesystem::path& path) {
  if (auto found = find_corpus(path)) return std::move(*found);
  std::error_code unreachable;  // as good as missing
  if (!std::filesystem::exists(path, unreachable)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such corpus; give {}", path.string(), accepted_corpora()));
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
