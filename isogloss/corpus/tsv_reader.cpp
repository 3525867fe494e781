#include <fmt/format.h>

#include <algorithm>

#include "isogloss/corpus/readers_internal.h"

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
    languages_ = tsv_languages(file_.text(), name_);
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) const override {
    read_tsv(file_.text(), name_, wanted, sink);
  }

 private:
  std::string name_;
  MappedFile file_;
};

}  // namespace

std::vector<std::string> tsv_languages(std::string_view bytes, std::string_view name) {
  LineReader lines(bytes, name);
  std::vector<std::string_view> header;
  if (const auto line = lines.next()) split_tabs(*line, header);
  std::vector<std::string> languages(header.begin(), header.end());
  check_offered_languages(languages, name);
  return languages;
}

void read_tsv(std::string_view bytes, std::string_view name, std::span<const std::string> wanted,
              const RowSink& sink) {
  LineReader lines(bytes, name);
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

std::unique_ptr<RowReader> open_tsv_corpus(const std::filesystem::path& path) {
  return std::make_unique<TsvReader>(path);
}

}  // namespace isogloss
