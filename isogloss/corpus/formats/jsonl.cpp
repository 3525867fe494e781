#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "isogloss/core/file.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;  // the languages keep the file's order

Json parse_row(std::string_view line, const LineReader& lines) {
  Json row;
  try {
    row = Json::parse(line);
  } catch (const Json::parse_error& error) {
    lines.fail(fmt::format("not valid JSON at byte {}; every line must be one whole JSON object",
                           error.byte));
  } catch (const Json::out_of_range&) {
    lines.fail("holds a number too large to be one; write it as a string");
  }
  if (!row.is_object() || !row.contains("translation") || !row["translation"].is_object()) {
    lines.fail(R"(needs an object with "translation": {"en": "…", …})");
  }
  return row;
}

/// The text of `row` in `language`; null reads as empty text, as the hub's viewer shows it.
std::string_view text_of(const Json& row, const std::string& language, const LineReader& lines) {
  const auto& translation = row["translation"];
  const auto text = translation.find(language);
  if (text == translation.end()) {
    lines.fail(fmt::format("has no translation.{}; every row needs every language", language));
  }
  if (text->is_null()) return {};
  if (!text->is_string()) lines.fail(fmt::format("translation.{} is not a string", language));
  const std::string_view view = text->get_ref<const std::string&>();
  // The line itself was checked; an escape can still spell NUL.
  if (const auto fault = find_text_fault(view)) {
    lines.fail(fmt::format("translation.{}: {}", language, *fault));
  }
  return view;
}

std::string source_of(const Json& row, const LineReader& lines) {
  const auto id = row.find("id");
  if (id == row.end() || id->is_null()) return std::to_string(lines.line_number());
  if (id->is_number_integer()) return id->dump();
  if (!id->is_string()) lines.fail("id is neither a string nor an integer");
  auto source = id->get<std::string>();
  if (const auto fault = find_text_fault(source)) lines.fail(fmt::format("id: {}", *fault));
  return source;
}

class JsonlReader : public RowReader {
 public:
  explicit JsonlReader(const std::filesystem::path& path) : name_(path.string()), file_(path) {
    LineReader lines(file_.text(), name_);
    if (const auto line = lines.next()) {
      const auto row = parse_row(*line, lines);
      for (const auto& item : row["translation"].items()) languages_.push_back(item.key());
    }
    check_offered_languages(languages_, name_);
  }

  void read(std::span<const std::string> wanted, const RowSink& sink) override {
    LineReader lines(file_.text(), name_);
    std::vector<std::string_view> text(wanted.size());
    while (const auto line = lines.next()) {
      const auto row = parse_row(*line, lines);
      for (std::size_t i = 0; i < wanted.size(); ++i) text[i] = text_of(row, wanted[i], lines);
      sink({.source = source_of(row, lines), .document = {}, .text = text});
    }
  }

 private:
  std::string name_;
  MappedFile file_;
};

constexpr std::string_view kExtensions[] = {".jsonl", ".json"};

}  // namespace

const CorpusFormat corpus_format::jsonl = {
    .name = "JSONL",
    .accepted = "a .jsonl or .json file",
    .extensions = kExtensions,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return std::make_unique<JsonlReader>(corpus.files.front().path);
    },
};

}  // namespace isogloss
