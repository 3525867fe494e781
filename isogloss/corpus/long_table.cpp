#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <unordered_map>

#include "isogloss/core/error.h"
#include "isogloss/corpus/joined_rows.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/table_layouts.h"

namespace isogloss {
namespace {

/// The first of `names` that is a column of `table`; empty if none is.
template <std::size_t kCount>
std::string first_of(const Table& table, const std::string_view (&names)[kCount]) {
  const auto found =
      std::ranges::find_if(names, [&](std::string_view name) { return table.has(name); });
  return found == std::end(names) ? std::string() : std::string(*found);
}

class LongReader : public RowReader {
 public:
  LongReader(Tables tables, LongLayout layout)
      : tables_(std::move(tables)), layout_(std::move(layout)) {
    for (const auto& column : layout_.language) columns_.push_back({column});
    for (const auto& table : tables_) {
      table->read(columns_, [&](const CellRow& row) {
        auto language = language_of(*table, row);
        if (std::ranges::find(languages_, language) == languages_.end()) {
          languages_.push_back(std::move(language));
        }
        return true;
      });
    }
    check_offered_languages(languages_, tables_.front()->name());
    columns_.push_back({layout_.text});
    columns_.push_back({layout_.key, false});
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    JoinedRows rows(wanted);
    for (const auto& table : tables_) {
      table->read(columns_, [&](const CellRow& row) {
        add(*table, row, rows);
        return true;
      });
    }
    notes_ = rows.pass_on(sink);
  }

 private:
  std::string language_of(const Table& table, const CellRow& row) const {
    if (layout_.language.empty()) return file_language(table);
    std::vector<std::string_view> parts;
    for (std::size_t i = 0; i < layout_.language.size(); ++i) {
      parts.push_back(row.cells[i].value_or(""));
    }
    return fmt::format("{}", fmt::join(parts, "_"));
  }

  void add(const Table& table, const CellRow& row, JoinedRows& rows) const {
    const auto& key = row.cells.back();
    const auto text = row.cells[row.cells.size() - 2].value_or("");
    const auto language = language_of(table, row);
    if (!key) {
      throw Error(ErrorCode::kBadInput, fmt::format("{}:{}: has no {}, which joins the languages",
                                                    table.name(), row.number, layout_.key));
    }
    if (rows.add(*key, language, text, {std::string(*key)})) return;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}:{}: {} {} has a text in {} already; remove one, or split the file "
                            "where the numbers begin anew",
                            table.name(), row.number, layout_.key, *key, language));
  }

  Tables tables_;
  LongLayout layout_;
  std::vector<ColumnRequest> columns_;  ///< the language's, the text, the key
};

}  // namespace

std::optional<LongLayout> find_long_layout(const Table& table) {
  constexpr std::string_view kTexts[] = {"text", "sentence"};
  constexpr std::string_view kLanguages[] = {"iso_639_3", "language", "lang", "locale"};
  constexpr std::string_view kKeys[] = {"id", "key", "sentence_id"};
  constexpr std::string_view kScript = "iso_15924";
  LongLayout layout{first_of(table, kKeys), first_of(table, kTexts), {}};
  const auto language = first_of(table, kLanguages);
  if (layout.text.empty()) return std::nullopt;
  if (!language.empty()) {
    layout.language.push_back(language);
    if (language == kLanguages[0] && table.has(kScript)) layout.language.emplace_back(kScript);
  } else if (!reads_as_language(file_language(table))) {
    return std::nullopt;
  }
  if (layout.key.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: has a text and a language in each row, but no column {} that "
                            "tells which rows belong together; add one",
                            table.name(), fmt::join(kKeys, ", ")));
  }
  return layout;
}

std::unique_ptr<RowReader> open_long_tables(Tables tables, LongLayout layout) {
  return std::make_unique<LongReader>(std::move(tables), std::move(layout));
}

}  // namespace isogloss
