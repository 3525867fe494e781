#include "isogloss/results/vocabulary_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFeature = "feature";

/// The three columns of one list of tokens.
struct ListNames {
  const char* tokens;
  const char* ids;
  const char* effects;
};
constexpr ListNames kPromoted = {"promoted", "promoted_ids", "promoted_effects"};
constexpr ListNames kSuppressed = {"suppressed", "suppressed_ids", "suppressed_effects"};

std::shared_ptr<arrow::Schema> vocabulary_schema() {
  arrow::FieldVector fields = {arrow::field(kFeature, arrow::int32())};
  for (const auto& names : {kPromoted, kSuppressed}) {
    fields.push_back(arrow::field(names.tokens, arrow::list(arrow::utf8())));
    fields.push_back(arrow::field(names.ids, arrow::list(arrow::int32())));
    fields.push_back(arrow::field(names.effects, arrow::list(arrow::float32())));
  }
  return arrow::schema(fields);
}

using TokenList = std::vector<TokenEffect> VocabularyEffect::*;

/// One list column: `member` of each token of `list` of each feature.
template <class Builder, class T>
std::shared_ptr<arrow::Array> list_array(std::span<const FeatureVocabulary> features,
                                         TokenList list, T TokenEffect::*member,
                                         const fs::path& path) {
  auto items = std::make_shared<Builder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), items);
  for (const auto& feature : features) {
    check_arrow(lists.Append(), path, "write");
    for (const auto& token : feature.effect.*list) {
      check_arrow(items->Append(token.*member), path, "write");
    }
  }
  return take_arrow(lists.Finish(), path, "write");
}

[[noreturn]] void fail(const fs::path& path, const std::string& problem) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; delete it, isogloss report makes it again",
                                                path.string(), problem));
}

/// A column of the one row group; none of its values is null.
template <class Array>
const Array& column(const arrow::Table& table, const char* name, const fs::path& path) {
  const auto& chunk = *table.GetColumnByName(name)->chunk(0);
  if (chunk.null_count() != 0) fail(path, fmt::format("column {} holds nulls", name));
  return static_cast<const Array&>(chunk);
}

template <class Array>
struct Items {
  const arrow::ListArray& lists;
  const Array& values;
};

template <class Array>
Items<Array> list_column(const arrow::Table& table, const char* name, const fs::path& path) {
  const auto& lists = column<arrow::ListArray>(table, name, path);
  if (lists.values()->null_count() != 0) {
    fail(path, fmt::format("a list in column {} holds nulls", name));
  }
  return {lists, static_cast<const Array&>(*lists.values())};
}

void read_lists(const arrow::Table& table, const ListNames& names, TokenList list,
                std::vector<FeatureVocabulary>& features, const fs::path& path) {
  const auto tokens = list_column<arrow::StringArray>(table, names.tokens, path);
  const auto ids = list_column<arrow::Int32Array>(table, names.ids, path);
  const auto effects = list_column<arrow::FloatArray>(table, names.effects, path);
  for (std::int64_t row = 0; row < table.num_rows(); ++row) {
    const auto n = tokens.lists.value_length(row);
    if (ids.lists.value_length(row) != n || effects.lists.value_length(row) != n) {
      fail(path, fmt::format("row {} has lists of different lengths for one token each", row));
    }
    auto& into = features[static_cast<std::size_t>(row)].effect.*list;
    for (std::int32_t i = 0; i < n; ++i) {
      const auto effect = effects.values.Value(effects.lists.value_offset(row) + i);
      if (!std::isfinite(effect))
        fail(path, fmt::format("row {} has an effect of {}", row, effect));
      into.push_back({ids.values.Value(ids.lists.value_offset(row) + i),
                      tokens.values.GetString(tokens.lists.value_offset(row) + i), effect});
    }
  }
}

}  // namespace

void write_vocabulary(const ResultFolder& folder, std::span<const FeatureVocabulary> features) {
  const auto path = folder.vocabulary();
  arrow::Int32Builder numbers;
  for (const auto& feature : features) check_arrow(numbers.Append(feature.feature), path, "write");
  arrow::ArrayVector arrays = {take_arrow(numbers.Finish(), path, "write")};
  for (const auto list : {&VocabularyEffect::promoted, &VocabularyEffect::suppressed}) {
    arrays.push_back(list_array<arrow::StringBuilder>(features, list, &TokenEffect::token, path));
    arrays.push_back(list_array<arrow::Int32Builder>(features, list, &TokenEffect::id, path));
    arrays.push_back(list_array<arrow::FloatBuilder>(features, list, &TokenEffect::effect, path));
  }
  const auto schema = vocabulary_schema();
  ParquetWriter writer(path, schema);
  writer.append(*arrow::Table::Make(schema, arrays, static_cast<std::int64_t>(features.size())));
  writer.finish();
}

std::vector<FeatureVocabulary> read_vocabulary(const ResultFolder& folder) {
  const auto path = folder.vocabulary();
  if (!fs::exists(path)) return {};
  const auto reader = open_parquet(path, *vocabulary_schema());
  auto table = take_arrow(reader->ReadTable(), path, "read");
  table = take_arrow(table->CombineChunks(), path, "read");
  if (table->num_rows() == 0) return {};
  std::vector<FeatureVocabulary> features(static_cast<std::size_t>(table->num_rows()));
  const auto& numbers = column<arrow::Int32Array>(*table, kFeature, path);
  for (std::size_t row = 0; row < features.size(); ++row) {
    features[row].feature = numbers.Value(static_cast<std::int64_t>(row));
    if (row > 0 && features[row].feature <= features[row - 1].feature) {
      fail(path, fmt::format("rows do not go by feature from row {} on", row));
    }
  }
  read_lists(*table, kPromoted, &VocabularyEffect::promoted, features, path);
  read_lists(*table, kSuppressed, &VocabularyEffect::suppressed, features, path);
  return features;
}

const FeatureVocabulary* find_vocabulary(std::span<const FeatureVocabulary> features,
                                         std::int32_t feature) {
  const auto found = std::ranges::lower_bound(features, feature, {}, &FeatureVocabulary::feature);
  return found == features.end() || found->feature != feature ? nullptr : &*found;
}

}  // namespace isogloss
