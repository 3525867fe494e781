#include <fmt/format.h>

#include "isogloss/core/parquet.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/stats/profile_file.h"

namespace isogloss {
namespace {

constexpr const char* kVersionKey = "isogloss.profile_version";

std::shared_ptr<arrow::Schema> part_scores_schema() {
  return arrow::schema({arrow::field("feature", arrow::int32()),
                        arrow::field("agreement_unshared", arrow::float64()),
                        arrow::field("noise_ceiling", arrow::float64()),
                        arrow::field("agreement_length", arrow::float64())},
                       arrow::key_value_metadata({{kVersionKey, std::to_string(kProfileVersion)}}));
}

std::shared_ptr<arrow::Array> array_of(const OptionalColumn& column,
                                       const std::filesystem::path& path) {
  arrow::DoubleBuilder builder;
  for (const auto& value : column) {
    check_arrow(value ? builder.Append(*value) : builder.AppendNull(), path, "write");
  }
  return take_arrow(builder.Finish(), path, "write");
}

OptionalColumn column_of(const arrow::Table& rows, const char* name) {
  const auto& array = static_cast<const arrow::DoubleArray&>(*rows.GetColumnByName(name)->chunk(0));
  OptionalColumn column(static_cast<std::size_t>(array.length()));
  for (std::int64_t row = 0; row < array.length(); ++row) {
    if (array.IsValid(row)) column[static_cast<std::size_t>(row)] = array.Value(row);
  }
  return column;
}

}  // namespace

void write_part_scores(const ResultFolder& folder, const PartScores& scores) {
  const auto path = folder.part_scores();
  arrow::Int32Builder features;
  for (std::size_t f = 0; f < scores.noise_ceiling.size(); ++f) {
    check_arrow(features.Append(static_cast<std::int32_t>(f)), path, "write");
  }
  ParquetWriter writer(path, part_scores_schema());
  writer.append(*arrow::Table::Make(
      part_scores_schema(),
      {take_arrow(features.Finish(), path, "write"), array_of(scores.agreement_unshared, path),
       array_of(scores.noise_ceiling, path), array_of(scores.agreement_length, path)}));
  writer.finish();
}

std::optional<PartScores> read_part_scores(const ResultFolder& folder, std::int32_t n_features) {
  const auto path = folder.part_scores();
  if (!std::filesystem::exists(path)) return std::nullopt;
  auto reader = open_parquet(path);
  std::shared_ptr<arrow::Schema> found;
  check_arrow(reader->GetSchema(&found), path, "read the schema");
  const auto version = found->metadata() ? found->metadata()->Get(kVersionKey).ValueOr("") : "";
  if (version != std::to_string(kProfileVersion)) return std::nullopt;
  reader = open_parquet(path, *part_scores_schema());
  auto rows = take_arrow(reader->ReadTable(), path, "read");
  if (rows->num_rows() != n_features) return std::nullopt;
  rows = take_arrow(rows->CombineChunks(), path, "read");
  if (n_features == 0) return PartScores{};
  return PartScores{column_of(*rows, "agreement_unshared"), column_of(*rows, "noise_ceiling"),
                    column_of(*rows, "agreement_length")};
}

}  // namespace isogloss
