#include "isogloss/results/vocabulary_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "isogloss/core/parquet_columns.h"

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
    fields.push_back(list_field_of<std::string>(names.tokens));
    fields.push_back(list_field_of<std::int32_t>(names.ids));
    fields.push_back(list_field_of<float>(names.effects));
  }
  return arrow::schema(fields);
}

using TokenList = std::vector<TokenEffect> LogitEffects::*;

/// One list column: for each feature, `member` of each token in `list`.
template <class T>
std::shared_ptr<arrow::Array> list_array(std::span<const FeatureVocabulary> features,
                                         TokenList list, T TokenEffect::*member,
                                         const fs::path& path) {
  return list_array_of<T>(
      features.size(),
      [&](std::size_t row, const auto& items) {
        for (const auto& token : features[row].effect.*list) items(token.*member);
      },
      path);
}

void read_lists(const TableColumns& columns, const ListNames& names, TokenList list,
                std::vector<FeatureVocabulary>& features) {
  const auto tokens = columns.lists<arrow::StringArray>(names.tokens);
  const auto ids = columns.lists<arrow::Int32Array>(names.ids);
  const auto effects = columns.lists<arrow::FloatArray>(names.effects);
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    const auto n = tokens.size(row);
    if (ids.size(row) != n || effects.size(row) != n) {
      columns.fail(fmt::format("row {} has lists of different lengths for one token each", row));
    }
    auto& into = features[i].effect.*list;
    for (std::int32_t item = 0; item < n; ++item) {
      const auto effect = effects.items.Value(effects.begin(row) + item);
      if (!std::isfinite(effect)) {
        columns.fail(fmt::format("row {} has an effect of {}", row, effect));
      }
      into.push_back({ids.items.Value(ids.begin(row) + item),
                      tokens.items.GetString(tokens.begin(row) + item), effect});
    }
  }
}

}  // namespace

void write_vocabulary(const ResultFolder& folder, std::span<const FeatureVocabulary> features) {
  const auto path = folder.vocabulary();
  arrow::ArrayVector arrays = {array_of(features, &FeatureVocabulary::feature, path)};
  for (const auto list : {&LogitEffects::promoted, &LogitEffects::suppressed}) {
    arrays.push_back(list_array(features, list, &TokenEffect::piece, path));
    arrays.push_back(list_array(features, list, &TokenEffect::id, path));
    arrays.push_back(list_array(features, list, &TokenEffect::effect, path));
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
  const TableColumns columns(*table, path, "delete it, isogloss report makes it again");
  columns.for_each<std::int32_t>(kFeature, [&](std::size_t row, std::int32_t feature) {
    features[row].feature = feature;
    if (row > 0 && feature <= features[row - 1].feature) {
      columns.fail(fmt::format("rows do not go by feature from row {} on", row));
    }
  });
  read_lists(columns, kPromoted, &LogitEffects::promoted, features);
  read_lists(columns, kSuppressed, &LogitEffects::suppressed, features);
  return features;
}

const FeatureVocabulary* find_vocabulary(std::span<const FeatureVocabulary> features,
                                         std::int32_t feature) {
  const auto found = std::ranges::lower_bound(features, feature, {}, &FeatureVocabulary::feature);
  return found == features.end() || found->feature != feature ? nullptr : &*found;
}

}  // namespace isogloss
