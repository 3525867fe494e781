#include "isogloss/corpus/aligned_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

/// False as soon as one of the files has no further line.
bool next_row(std::vector<LineReader>& readers, std::vector<std::string_view>& text) {
  bool complete = true;
  for (std::size_t i = 0; i < readers.size(); ++i) {
    const auto line = readers[i].next();
    complete = complete && line.has_value();
    text[i] = line.value_or("");
  }
  return complete;
}

void check_line_counts(std::vector<LineReader>& readers) {
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

class AlignedReader : public RowReader {
 public:
  explicit AlignedReader(CorpusFiles corpus) : corpus_(std::move(corpus)) {
    for (const auto& file : corpus_.files) {
      add_once(file.language, languages_);
      add_once(file.document, documents_);
    }
    check_offered_languages(languages_, corpus_.stem.string());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    for (const auto& document : documents_) read_document(document, wanted, sink);
  }

 private:
  static void add_once(const std::string& name, std::vector<std::string>& names) {
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }

  const std::filesystem::path& find_file(const std::string& document,
                                         const std::string& language) const {
    const auto found = std::ranges::find_if(corpus_.files, [&](const CorpusFile& file) {
      return file.document == document && file.language == language;
    });
    if (found != corpus_.files.end()) return found->path;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has no {} in {}, though in another language; add it, or remove "
                            "the others",
                            corpus_.stem.string(), document, language));
  }

  void read_document(const std::string& document, std::span<const std::string> wanted,
                     const RowSink& sink) const {
    std::vector<std::string> names;
    std::vector<TextFile> files;
    for (const auto& language : wanted) {
      names.push_back(find_file(document, language).string());
      files.emplace_back(names.back());
    }
    std::vector<LineReader> readers;
    for (std::size_t i = 0; i < files.size(); ++i) readers.emplace_back(files[i].text(), names[i]);

    std::vector<std::string_view> text(wanted.size());
    while (next_row(readers, text)) {
      const auto line = std::to_string(readers[0].line_number());
      RowView row{.source = line, .document = {}, .text = text};
      const auto source = document + ":" + line;
      if (!document.empty()) {
        row.source = source;
        row.document = document;
      }
      sink(row);
    }
    check_line_counts(readers);
  }

  CorpusFiles corpus_;
  std::vector<std::string> documents_;
};

}  // namespace

std::unique_ptr<RowReader> open_aligned_files(const CorpusFiles& corpus) {
  return std::make_unique<AlignedReader>(corpus);
}

bool is_file_type(std::string_view suffix) {
  constexpr std::string_view kFileTypes[] = {
      "bak", "bin", "bz",  "bz2", "cfg", "cpp", "css", "doc", "gz",  "htm", "ids", "ini",
      "jpg", "log", "md",  "npy", "npz", "out", "pdf", "pkl", "png", "po",  "pot", "rar",
      "sql", "svg", "tar", "tgz", "tmx", "txt", "xml", "xz",  "yml", "zip", "zst"};
  const auto is_extension_of = [&](const CorpusFormat* format) {
    return std::ranges::any_of(format->extensions,
                               [&](auto extension) { return extension.substr(1) == suffix; });
  };
  return std::ranges::find(kFileTypes, suffix) != std::end(kFileTypes) ||
         std::ranges::any_of(corpus_formats(), is_extension_of);
}

}  // namespace isogloss
