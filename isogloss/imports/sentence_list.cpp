#include "isogloss/imports/sentence_list.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/corpus/json_records.h"

namespace isogloss {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 6> kKeys = {"id",        "tokens", "special_tokens_mask",
                                                   "token_ids", "text",   "document"};

class SentenceParser {
 public:
  SentenceParser(const Json& object, const JsonRecords& records)
      : object_(object), records_(records) {}

  ImportedSentence parse() {
    if (!object_.is_object()) records_.fail("not a JSON object; write one sentence per line");
    for (const auto& [key, value] : object_.items()) {
      if (std::ranges::find(kKeys, key) != kKeys.end()) continue;
      records_.fail(
          fmt::format("holds \"{}\"; leave it out, known are {}", key, fmt::join(kKeys, ", ")));
    }
    ImportedSentence sentence;
    sentence.id = id();
    if (has("document")) sentence.document = text("document");
    if (has("text")) sentence.text.text = text("text");
    for (const auto& token : list("tokens")) {
      if (!token.is_string())
        records_.fail("tokens is not a list of strings; write one for each token");
      sentence.text.tokens.push_back(token.get<std::string>());
    }
    if (has("token_ids")) {
      for (const auto id : integers("token_ids")) {
        sentence.text.token_ids.push_back(static_cast<std::int32_t>(id));
      }
    }
    fail_for(find_sentence_fault(sentence));
    fail_for(set_positions(integers("special_tokens_mask"), sentence.text));
    return sentence;
  }

 private:
  bool has(const char* key) const { return object_.contains(key) && !object_.at(key).is_null(); }

  void fail_for(const std::optional<std::string>& fault) const {
    if (fault) records_.fail(*fault);
  }

  const Json& at(const char* key) const {
    if (!has(key)) records_.fail(fmt::format("lacks \"{}\"; docs/imports.md has an example", key));
    return object_.at(key);
  }

  std::string id() const {
    const auto& value = at("id");
    if (value.is_string()) return value.get<std::string>();
    if (!value.is_number_integer()) records_.fail("id is neither a string nor an integer");
    return value.dump();
  }

  std::string text(const char* key) const {
    const auto& value = at(key);
    if (!value.is_string()) records_.fail(fmt::format("{} is not a string", key));
    return value.get<std::string>();
  }

  const Json& list(const char* key) const {
    const auto& value = at(key);
    if (!value.is_array()) {
      records_.fail(fmt::format("{} is not a list; write one entry for each token", key));
    }
    return value;
  }

  std::vector<std::int64_t> integers(const char* key) const {
    std::vector<std::int64_t> numbers;
    for (const auto& entry : list(key)) {
      const bool is_flag = entry.is_boolean();
      if (!is_flag && !(entry.is_number_unsigned() && entry.get<std::uint64_t>() <= INT32_MAX)) {
        records_.fail(fmt::format("{} holds {}; write integers from 0 on", key,
                                  entry.is_number() ? entry.dump() : "something else"));
      }
      numbers.push_back(is_flag ? static_cast<std::int64_t>(entry.get<bool>())
                                : entry.get<std::int64_t>());
    }
    return numbers;
  }

  const Json& object_;
  const JsonRecords& records_;
};

}  // namespace

std::vector<ImportedSentence> read_sentence_list(const std::filesystem::path& path) {
  const MappedFile file(path);
  const auto name = path.string();
  JsonRecords records(file.text(), name);
  std::vector<ImportedSentence> sentences;
  while (const auto record = records.next()) {
    const auto object = Json::parse(*record, nullptr, false);
    if (object.is_discarded()) records.fail("not valid JSON; write one object per line");
    sentences.push_back(SentenceParser(object, records).parse());
  }
  if (sentences.empty()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds no sentences; write one object per line", name));
  }
  return sentences;
}

}  // namespace isogloss
