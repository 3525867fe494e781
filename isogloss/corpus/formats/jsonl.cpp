#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "isogloss/core/python_json.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/json_records.h"
#include "isogloss/corpus/lines.h"
#include "isogloss/corpus/splits.h"
#include "isogloss/corpus/table.h"
#include "isogloss/corpus/text_file.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;  // the languages keep the file's order

/// JSON, in which Python's words NaN and Infinity are null.
Json parse_json(std::string_view text) {
  try {
    return Json::parse(text);
  } catch (const Json::parse_error&) {
    auto row = Json::parse(without_nan_words(text), nullptr, false);
    if (row.is_discarded()) throw;
    return row;
  }
}

Json parse_row(std::string_view bytes, const JsonRecords& records) {
  Json row;
  try {
    row = parse_json(bytes);
  } catch (const Json::parse_error& error) {
    records.fail(fmt::format("not valid JSON at byte {}; {} must be one whole JSON object",
                             error.byte,
                             records.is_array() ? "each row of the array" : "every line"));
  } catch (const Json::out_of_range&) {
    records.fail("holds a number too large to be one; write it as a string");
  }
  if (!row.is_object()) records.fail(R"(needs an object such as {"translation": {"en": "…"}})");
  return row;
}

/// The value of a column: "translation.en" is within "translation". Null if there is none.
const Json* find_value(const Json& row, const std::string& column, const JsonRecords& records) {
  const auto* object = &row;
  auto name = column;
  if (column.starts_with(kTranslationPrefix)) {
    const auto translation = row.find("translation");
    if (translation == row.end() || !translation->is_object()) {
      records.fail(R"(needs an object with "translation": {"en": "…", …})");
    }
    object = &*translation;
    name = column.substr(kTranslationPrefix.size());
  }
  const auto value = object->find(name);
  return value == object->end() ? nullptr : &*value;
}

class JsonlTable : public Table {
 public:
  explicit JsonlTable(const std::filesystem::path& path) : Table(path.string()), file_(path) {
    has_other_columns_ = true;
    JsonRecords records(file_.text(), name_);
    const auto record = records.next();
    const auto row = record ? parse_row(*record, records) : Json::object();
    for (const auto& item : row.items()) {
      const auto& value = item.value();
      if (item.key() == "translation" && value.is_object()) {
        for (const auto& text : value.items()) {
          columns_.push_back(std::string(kTranslationPrefix) + text.key());
        }
      } else if (value.is_string() || value.is_number_integer()) {
        columns_.push_back(item.key());
      }
    }
    if (!has("id")) columns_.emplace_back("id");  // the next row may have one
  }

  void read(std::span<const ColumnRequest> wanted, const CellSink& sink) override {
    JsonRecords records(file_.text(), name_);
    std::vector<std::string> numbers(wanted.size());
    std::vector<std::optional<std::string_view>> cells(wanted.size());
    while (const auto record = records.next()) {
      const auto row = parse_row(*record, records);
      for (std::size_t i = 0; i < wanted.size(); ++i) {
        cells[i] = cell_of(row, wanted[i], records, numbers[i]);
      }
      if (!sink({.number = records.line_number(), .cells = cells})) return;
    }
  }

 private:
  /// `number` stores the text of an integer.
  static std::optional<std::string_view> cell_of(const Json& row, const ColumnRequest& column,
                                                 const JsonRecords& records, std::string& number) {
    const auto* value = find_value(row, column.name, records);
    if (value == nullptr && column.is_text) {
      records.fail(fmt::format("has no {}; every row needs every language", column.name));
    }
    if (value == nullptr || value->is_null()) return std::nullopt;
    if (!column.is_text && value->is_number_integer()) return number = value->dump();
    if (!value->is_string()) {
      records.fail(
          fmt::format("{} is {}", column.name,
                      column.is_text ? "not a string" : "neither a string nor an integer"));
    }
    const std::string_view text = value->get_ref<const std::string&>();
    // The line itself was checked; an escape can still spell NUL.
    if (const auto fault = find_text_fault(text)) {
      records.fail(fmt::format("{}: {}", column.name, *fault));
    }
    return text;
  }

  TextFile file_;
};

constexpr std::string_view kExtensions[] = {".jsonl", ".json", ".ndjson"};

}  // namespace

const CorpusFormat corpus_format::jsonl = {
    .name = "JSONL",
    .accepted = "a .jsonl or .json file or a folder of them",
    .extensions = kExtensions,
    .find_files = [](const auto& path) { return find_tables(path, ".jsonl"); },
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return open_tables(corpus.files, [](const auto& path) -> std::unique_ptr<Table> {
        return std::make_unique<JsonlTable>(path);
      });
    },
};

}  // namespace isogloss
