#include "isogloss/imports/list_schema.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

bool is_whole_number(const arrow::DataType& type) {
  const auto id = type.id();
  return id == arrow::Type::INT32 || id == arrow::Type::INT64 || id == arrow::Type::INT8 ||
         id == arrow::Type::UINT8 || id == arrow::Type::BOOL;
}

bool is_real_number(const arrow::DataType& type) {
  return type.id() == arrow::Type::FLOAT || type.id() == arrow::Type::DOUBLE;
}

bool is_text(const arrow::DataType& type) { return type.id() == arrow::Type::STRING; }

bool is_id(const arrow::DataType& type) {
  return is_text(type) || (is_whole_number(type) && type.id() != arrow::Type::BOOL);
}

template <bool (*is_item)(const arrow::DataType&)>
bool is_list_of(const arrow::DataType& type) {
  return type.id() == arrow::Type::LIST && is_item(*type.field(0)->type());
}

struct Column {
  const char* name;
  bool (*accepts)(const arrow::DataType&);
  const char* wanted;
};
constexpr Column kNeeded[] = {
    {"id", &is_id, "string or int64"},
    {"tokens", &is_list_of<&is_text>, "list<string>"},
    {"special_tokens_mask", &is_list_of<&is_whole_number>, "list<int64>"},
};
constexpr Column kOptional[] = {
    {"token_ids", &is_list_of<&is_whole_number>, "list<int64>"},
    {"text", &is_text, "string"},
    {"document", &is_text, "string"},
};
constexpr Column kDense[] = {
    {"activations", &is_list_of<&is_list_of<&is_real_number>>, "list<list<float>>"},
};
constexpr Column kSparse[] = {
    {"features", &is_list_of<&is_list_of<&is_whole_number>>, "list<list<int64>>"},
    {"values", &is_list_of<&is_list_of<&is_real_number>>, "list<list<float>>"},
};

class SchemaCheck {
 public:
  SchemaCheck(const arrow::Schema& schema, const std::filesystem::path& path)
      : schema_(schema), path_(path) {}

  void run() {
    const bool is_dense = schema_.GetFieldByName("activations") != nullptr;
    for (const auto& column : kNeeded) expect(column, false);
    for (const auto& column : kOptional) expect(column, true);
    if (is_dense) {
      for (const auto& column : kDense) expect(column, false);
    } else {
      for (const auto& column : kSparse) expect(column, false);
    }
    for (const auto& field : schema_.fields()) {
      if (std::ranges::find(known_, field->name()) != known_.end()) continue;
      fail(fmt::format("holds the column {}, which has no meaning here; leave it out{}",
                       field->name(),
                       field->name().starts_with("__index") ? " (in pandas, index=False)" : ""));
    }
  }

 private:
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", path_.string(), problem));
  }

  void expect(const Column& column, bool is_optional) {
    known_.emplace_back(column.name);
    const auto field = schema_.GetFieldByName(column.name);
    if (field == nullptr && is_optional) return;
    if (field != nullptr && column.accepts(*field->type())) return;
    fail(fmt::format("column {} is {}, wanted is {}; docs/imports.md has an example", column.name,
                     field ? field->type()->ToString() : "missing", column.wanted));
  }

  const arrow::Schema& schema_;
  const std::filesystem::path& path_;
  std::vector<std::string> known_;
};

}  // namespace

void check_list_schema(const arrow::Schema& schema, const std::filesystem::path& path) {
  SchemaCheck(schema, path).run();
}

}  // namespace isogloss
