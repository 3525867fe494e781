#include "isogloss/corpus/delimited.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/quotes.h"
#include "isogloss/corpus/records.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

class DelimitedTable : public Table {
 public:
  DelimitedTable(const std::filesystem::path& path, Dialect (*find_dialect)(std::string_view))
      : Table(path.string()), file_(path), dialect_(find_dialect(file_.text())) {
    if (dialect_.delimiter == '\t' && !dialect_.is_quoted) {
      quotes_ = look_at_quotes(file_.text(), name_);
      dialect_.is_quoted = quotes_.are_syntax;
    }
    RecordReader records(file_.text(), name_, dialect_);
    std::vector<std::string_view> header;
    records.next(header);
    columns_.assign(header.begin(), header.end());
  }

  void read(std::span<const ColumnRequest> wanted, const CellSink& sink) override {
    notes_.clear();
    RecordReader records(file_.text(), name_, dialect_);
    std::vector<std::string_view> fields;
    records.next(fields);
    const auto n_quoted_names = records.n_quoted();
    const auto places = find_columns(wanted);
    std::vector<std::optional<std::string_view>> cells(wanted.size());
    while (records.next(fields)) {
      check_width(fields.size(), records);
      for (std::size_t i = 0; i < places.size(); ++i) cells[i] = fields[places[i]];
      if (!sink({.number = records.line_number(), .cells = cells})) return;
    }
    tell_of_quotes(records.n_quoted() - n_quoted_names);
  }

 private:
  /// Where the wanted columns stand.
  std::vector<std::size_t> find_columns(std::span<const ColumnRequest> wanted) const {
    std::vector<std::size_t> places;
    for (const auto& column : wanted) {
      const auto place = std::ranges::find(columns_, column.name);
      if (place == columns_.end()) {
        throw Error(ErrorCode::kBadInput,
                    fmt::format("{}: has no column {}, as another file of the corpus has; add it",
                                name_, column.name));
      }
      places.push_back(static_cast<std::size_t>(place - columns_.begin()));
    }
    return places;
  }

  void check_width(std::size_t n_fields, const RecordReader& records) const {
    if (n_fields == columns_.size()) return;
    const auto remedy = dialect_.is_quoted ? "a text that holds one of the characters between "
                                             "columns or a line break must stand in quotes"
                                           : "a text must not hold a tab or a line break";
    records.fail(fmt::format("has {} columns where the header has {}; {}", n_fields,
                             columns_.size(), remedy));
  }

  void tell_of_quotes(std::int64_t n_quoted) {
    if (quotes_.are_syntax && n_quoted > 0) {
      notes_.push_back(
          fmt::format("{} texts stand in quotes as a CSV library writes them; these "
                      "quotes were taken off",
                      n_quoted));
    }
    if (quotes_.n_enclosed > 0) {
      notes_.push_back(
          fmt::format("{} texts begin and end with a quote, which were kept; if a CSV "
                      "library wrote them, call the file .csv",
                      quotes_.n_enclosed));
    }
  }

  TextFile file_;
  Dialect dialect_;
  TsvQuotes quotes_;
};

Dialect csv_dialect(std::string_view bytes) {
  const auto header = bytes.substr(0, bytes.find('\n'));
  const auto first = header.find_first_of(",;\t");
  return {.delimiter = first == std::string_view::npos ? ',' : header[first], .is_quoted = true};
}

Dialect tsv_dialect(std::string_view /*bytes*/) { return {}; }

}  // namespace

std::unique_ptr<Table> open_tsv(const std::filesystem::path& path) {
  return std::make_unique<DelimitedTable>(path, &tsv_dialect);
}

std::unique_ptr<Table> open_csv(const std::filesystem::path& path) {
  return std::make_unique<DelimitedTable>(path, &csv_dialect);
}

}  // namespace isogloss
