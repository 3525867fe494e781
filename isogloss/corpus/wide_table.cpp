#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/table_layouts.h"

namespace isogloss {
namespace {

constexpr std::string_view kId = "id";

/// Short names that columns have although they could be codes of languages.
constexpr std::string_view kOtherNames[] = {"idx", "key", "num", "set", "tag", "uri", "url"};

bool is_id(const std::string& column) { return column == kId; }

/// Whether the first row's `id` reads as the name of a row, with a digit and without a blank. If
/// not, the column is a text: `id` is also the code of Indonesian.
bool ids_name_rows(Table& table) {
  bool is_name = true;  // of a table without rows
  const ColumnRequest wanted[] = {{std::string(kId), false}};
  table.read(wanted, [&](const CellRow& row) {
    const auto id = row.cells[0].value_or("0");
    is_name = id.find_first_of("0123456789") != std::string_view::npos &&
              id.find(' ') == std::string_view::npos;
    return false;
  });
  return is_name;
}

class WideReader : public RowReader {
 public:
  explicit WideReader(Tables tables) : tables_(std::move(tables)) {
    auto& first = *tables_.front();
    for (const auto& column : first.columns()) {
      if (!column.starts_with(kTranslationPrefix)) continue;
      prefix_ = kTranslationPrefix;
      languages_.push_back(column.substr(kTranslationPrefix.size()));
    }
    has_ids_ = first.has(kId) && (!prefix_.empty() || ids_name_rows(first));
    if (prefix_.empty()) take_languages_of_columns(first);
    check_offered_languages(languages_, first.name());
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    std::vector<ColumnRequest> columns;
    for (const auto& language : wanted) columns.push_back({prefix_ + language});
    if (has_ids_) columns.push_back({std::string(kId), false});
    std::vector<std::string_view> text(wanted.size());
    std::int64_t n_rows = 0;
    notes_.clear();
    for (const auto& table : tables_) {
      table->read(columns, [&](const CellRow& row) {
        ++n_rows;
        for (std::size_t i = 0; i < text.size(); ++i) text[i] = row.cells[i].value_or("");
        const auto id = has_ids_ ? row.cells.back() : std::nullopt;
        const auto number = std::to_string(tables_.size() > 1 ? n_rows : row.number);
        sink({.source = id.value_or(number), .document = {}, .text = text});
        return true;
      });
      notes_.insert(notes_.end(), table->notes().begin(), table->notes().end());
    }
  }

 private:
  void take_languages_of_columns(const Table& table) {
    languages_ = table.columns();
    if (has_ids_) std::erase(languages_, kId);
    if (!table.has_other_columns()) return;
    std::erase_if(languages_, [](const auto& column) {
      return !reads_as_language(column) ||
             std::ranges::find(kOtherNames, column) != std::end(kOtherNames);
    });
    if (languages_.size() >= 2 || std::ranges::all_of(table.columns(), is_id)) return;
    throw Error(ErrorCode::kBadInput,
                fmt::format(R"({}: needs "translation": {{"en": "…", …}} or columns named after )"
                            "languages, has {}",
                            table.name(), fmt::join(table.columns(), ", ")));
  }

  Tables tables_;
  std::string prefix_;  ///< of the columns that hold texts
  bool has_ids_ = false;
};

}  // namespace

std::unique_ptr<RowReader> open_wide_tables(Tables tables) {
  return std::make_unique<WideReader>(std::move(tables));
}

}  // namespace isogloss
