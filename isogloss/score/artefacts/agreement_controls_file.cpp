#include "isogloss/core/parquet_columns.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/stats/profile_file.h"

namespace isogloss {
namespace {

constexpr const char* kVersionKey = "isogloss.profile_version";

std::shared_ptr<arrow::Schema> controls_schema() {
  return arrow::schema({arrow::field("feature", arrow::int32()),
                        arrow::field("agreement_unshared", arrow::float64()),
                        arrow::field("noise_ceiling", arrow::float64()),
                        arrow::field("agreement_length", arrow::float64())},
                       arrow::key_value_metadata({{kVersionKey, std::to_string(kProfileVersion)}}));
}

}  // namespace

void write_agreement_controls(const ResultFolder& folder, const AgreementControls& scores) {
  const auto path = folder.agreement_controls();
  const auto feature = [](std::size_t f) { return static_cast<std::int32_t>(f); };
  ParquetWriter writer(path, controls_schema());
  writer.append(*arrow::Table::Make(
      controls_schema(),
      {array_of<std::int32_t>(scores.noise_ceiling.size(), feature, path),
       array_of(scores.agreement_unshared, path), array_of(scores.noise_ceiling, path),
       array_of(scores.agreement_length, path)}));
  writer.finish();
}

std::optional<AgreementControls> read_agreement_controls(const ResultFolder& folder,
                                                         std::int32_t n_features) {
  const auto path = folder.agreement_controls();
  if (!std::filesystem::exists(path)) return std::nullopt;
  auto reader = open_parquet(path);
  std::shared_ptr<arrow::Schema> found;
  check_arrow(reader->GetSchema(&found), path, "read the schema");
  const auto version = found->metadata() ? found->metadata()->Get(kVersionKey).ValueOr("") : "";
  if (version != std::to_string(kProfileVersion)) return std::nullopt;
  reader = open_parquet(path, *controls_schema());
  auto rows = take_arrow(reader->ReadTable(), path, "read");
  if (rows->num_rows() != n_features) return std::nullopt;
  rows = take_arrow(rows->CombineChunks(), path, "read");
  if (n_features == 0) return AgreementControls{};
  const TableColumns columns(*rows, path, "delete the file and score again");
  using Value = std::optional<double>;
  return AgreementControls{columns.vector<Value>("agreement_unshared"),
                           columns.vector<Value>("noise_ceiling"),
                           columns.vector<Value>("agreement_length")};
}

}  // namespace isogloss
