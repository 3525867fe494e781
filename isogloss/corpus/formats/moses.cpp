#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

/// Whether `suffix` is that of another type of file, such as lie beside a Moses pair.
bool is_file_type(std::string_view suffix) {
  constexpr std::string_view kFileTypes[] = {"bak", "bz",  "csv", "gz",  "ids", "log",
                                             "md",  "tmx", "txt", "xml", "xz",  "zip"};
  const auto is_extension_of = [&](const CorpusFormat* format) {
    return std::ranges::any_of(format->extensions,
                               [&](auto extension) { return extension.substr(1) == suffix; });
  };
  return std::ranges::find(kFileTypes, suffix) != std::end(kFileTypes) ||
         std::ranges::any_of(corpus_formats(), is_extension_of);
}

bool is_language(std::string_view suffix) {
  return !is_file_type(suffix) && reads_as_language(suffix);
}

class MosesReader : public RowReader {
 public:
  explicit MosesReader(CorpusFiles corpus) : corpus_(std::move(corpus)) {
    for (const auto& file : corpus_.files) languages_.push_back(file.language);
    check_offered_languages(languages_, corpus_.stem.string());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    std::vector<std::string> names;
    std::vector<MappedFile> files;
    for (const auto& language : wanted) {
      names.push_back(corpus_.file_of(language).string());
      files.emplace_back(names.back());
    }
    std::vector<LineReader> readers;
    for (std::size_t i = 0; i < files.size(); ++i) readers.emplace_back(files[i].text(), names[i]);

    std::vector<std::string_view> text(wanted.size());
    while (next_row(readers, text)) {
      sink({.source = std::to_string(readers[0].line_number()), .document = {}, .text = text});
    }
    check_line_counts(readers);
  }

 private:
  /// False as soon as one of the files has no further line.
  static bool next_row(std::vector<LineReader>& readers, std::vector<std::string_view>& text) {
    bool complete = true;
    for (std::size_t i = 0; i < readers.size(); ++i) {
      const auto line = readers[i].next();
      complete = complete && line.has_value();
      text[i] = line.value_or("");
    }
    return complete;
  }

  static void check_line_counts(std::vector<LineReader>& readers) {
    std::vector<std::string> counts;
    for (auto& reader : readers) {
      while (reader.next()) {
      }
      counts.push_back(fmt::format("{} has {} lines", reader.name(), reader.line_number()));
    }
    const auto differs = [&](const LineReader& reader) {
      return reader.line_number() != readers[0].line_number();
    };
    if (std::any_of(readers.begin(), readers.end(), differs)) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}; line N of each must be the same sentence: fetch the files again",
                              fmt::join(counts, ", ")));
    }
  }

  CorpusFiles corpus_;
};

/// The files STEM.<language>, in ascending order of the languages.
CorpusFiles files_of(const std::filesystem::path& stem) {
  const auto prefix = stem.filename().string() + ".";
  const auto folder = stem.has_parent_path() ? stem.parent_path() : std::filesystem::path(".");
  CorpusFiles corpus{{}, stem};
  std::error_code unreadable;  // as good as nothing there: the caller reports the path
  for (const auto& entry : std::filesystem::directory_iterator(folder, unreadable)) {
    const auto name = entry.path().filename().string();
    if (!name.starts_with(prefix) || !is_language(name.substr(prefix.size()))) continue;
    const auto language = name.substr(prefix.size());
    corpus.files.push_back({with_suffix(stem, language), language});
  }
  std::ranges::sort(corpus.files, {}, &CorpusFile::language);
  return corpus;
}

/// `path` as the stem of Moses files, or as one of them.
std::vector<CorpusFiles> find_moses_files(const std::filesystem::path& path) {
  if (auto corpus = files_of(path); !corpus.files.empty()) return {std::move(corpus)};
  auto stem = path;
  stem.replace_extension();
  auto corpus = files_of(stem);
  if (std::ranges::find(corpus.files, path, &CorpusFile::path) == corpus.files.end()) {
    return {};
  }
  return {std::move(corpus)};
}

}  // namespace

const CorpusFormat corpus_format::moses = {
    .name = "Moses",
    .accepted = "the stem of Moses files (STEM.en, STEM.es)",
    .extensions = {},
    .find_files = &find_moses_files,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<MosesReader>(corpus);
    },
};

}  // namespace isogloss
