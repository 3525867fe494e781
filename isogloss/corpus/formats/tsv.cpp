#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/file.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

/// The header's columns in which `wanted` stand.
std::vector<std::size_t> find_columns(std::span<const std::string_view> header,
                                      std::span<const std::string> wanted) {
  std::vector<std::size_t> columns;
  for (const auto& language : wanted) {
    const auto column = std::find(header.begin(), header.end(), language);
    columns.push_back(static_cast<std::size_t>(column - header.begin()));
  }
  return columns;
}

class TsvReader : public RowReader {
 public:
  explicit TsvReader(const std::filesystem::path& path) : name_(path.string()), file_(path) {
    LineReader lines(file_.text(), name_);
    std::vector<std::string_view> header;
    if (const auto line = lines.next()) split_tabs(*line, header);
    languages_.assign(header.begin(), header.end());
    check_offered_languages(languages_, name_);
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    LineReader lines(file_.text(), name_);
    std::vector<std::string_view> fields;
    split_tabs(lines.next().value_or(""), fields);
    const auto n_columns = fields.size();
    const auto columns = find_columns(fields, wanted);
    std::vector<std::string_view> text(wanted.size());
    while (const auto line = lines.next()) {
      split_tabs(*line, fields);
      if (fields.size() != n_columns) {
        lines.fail(
            fmt::format("has {} columns where the header has {}; a text must not hold a tab "
                        "or a line break",
                        fields.size(), n_columns));
      }
      for (std::size_t i = 0; i < columns.size(); ++i) text[i] = fields[columns[i]];
      sink({.source = std::to_string(lines.line_number()), .document = {}, .text = text});
    }
  }

 private:
  std::string name_;
  MappedFile file_;
};

constexpr std::string_view kExtensions[] = {".tsv"};

}  // namespace

const CorpusFormat corpus_format::tsv = {
    .name = "TSV",
    .accepted = "a .tsv file",
    .extensions = kExtensions,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<TsvReader>(corpus.files.front().path);
    },
};

}  // namespace isogloss
