#include "isogloss/results/layers_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <nlohmann/json.hpp>

#include "isogloss/core/file.h"
#include "isogloss/core/parquet.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

/// Five features: three live, one of which has no κ, one of a single language, one dead.
ScoredLayer made_up_layer() {
  ScoredLayer layer;
  layer.layer = 7;
  layer.folder = {"parent/blocks.7.hook_resid_post"};
  layer.manifest.inputs.hook = "blocks.7.hook_resid_post";
  layer.manifest.inputs.sae_path = "saes/width_16k/average_l0_71/params.npz";
  layer.manifest.inputs.languages = {"en", "es"};
  layer.manifest.inputs.model.path = "models/tiny.gguf";
  layer.manifest.n_features = 5;
  layer.manifest.self_check = SelfCheck{100, 0.25, 12.5, 0.2};
  layer.scores.alive = {1, 1, 1, 0, 0};
  layer.scores.n_languages_active = {2, 2, 2, 1, 0};
  layer.scores.agreement = {0.75, 0.3, 0, 0, 0};
  layer.scores.agreement_raw = {0.8, 0.4, std::nullopt, std::nullopt, std::nullopt};
  layer.scores.q_cofire = {0.01, 0.05, 0.9, std::nullopt, std::nullopt};
  layer.scores.agreement_stratified = {0.5, 0.4, 0, 0, 0.9};
  layer.scores.agreement_stratified_raw = {0.6, 0.2, std::nullopt, std::nullopt, 1.0};
  layer.scores.q_agreement = {0.01, 0.04, std::nullopt, std::nullopt, 0.01};
  return layer;
}

template <class T>
T value_of(const LayerRow& row, const std::string& name) {
  const auto& columns = layer_columns();
  const auto found = std::ranges::find(columns, name, &LayerColumn::name);
  EXPECT_NE(found, columns.end()) << name;
  return std::get<T>(row[static_cast<std::size_t>(found - columns.begin())]);
}

using Number = std::optional<double>;

TEST(Layers, RowOfAFolder) {
  const auto row = layer_row(made_up_layer());
  EXPECT_EQ(value_of<std::string>(row, "folder"), "blocks.7.hook_resid_post");
  EXPECT_EQ(value_of<std::int32_t>(row, "layer"), 7);
  EXPECT_EQ(value_of<std::int32_t>(row, "n_features"), 5);
  EXPECT_EQ(value_of<std::int32_t>(row, "alive"), 3);
  EXPECT_EQ(value_of<std::int32_t>(row, "dead"), 1);
  EXPECT_EQ(value_of<Number>(row, "l0"), 12.5);
  EXPECT_EQ(value_of<Number>(row, "fvu"), 0.25);
}

TEST(Layers, ComparesTheDefaultRanksScoresAndThePlainOnes) {
  const auto row = layer_row(made_up_layer());
  EXPECT_DOUBLE_EQ(*value_of<Number>(row, "mean_agreement_stratified_raw"), 0.4);
  EXPECT_EQ(value_of<std::int32_t>(row, "n_agreement_stratified_over_30"), 3);
  EXPECT_EQ(value_of<std::int32_t>(row, "n_agreement_stratified_over_50"), 1) << "over, not at";
  EXPECT_DOUBLE_EQ(*value_of<Number>(row, "share_q_agreement_under_5"), 2.0 / 3);
  EXPECT_DOUBLE_EQ(*value_of<Number>(row, "mean_agreement_raw"), 0.6);
  EXPECT_EQ(value_of<std::int32_t>(row, "n_agreement_over_30"), 1) << "over, not at";
  EXPECT_EQ(value_of<std::int32_t>(row, "n_agreement_over_50"), 1);
  EXPECT_DOUBLE_EQ(*value_of<Number>(row, "share_q_cofire_under_5"), 1.0 / 3) << "under, not at";
}

TEST(Layers, WithoutPermutationsTheirShareIsAbsent) {
  auto layer = made_up_layer();
  layer.scores.q_agreement.assign(5, std::nullopt);
  EXPECT_EQ(value_of<Number>(layer_row(layer), "share_q_agreement_under_5"), std::nullopt);
}

TEST(Layers, WhatIsNotKnownIsAbsent) {
  auto layer = made_up_layer();
  layer.manifest.self_check->fvu = std::numeric_limits<double>::quiet_NaN();
  layer.scores.alive = {0, 0, 0, 0, 0};
  auto row = layer_row(layer);
  EXPECT_EQ(value_of<Number>(row, "fvu"), std::nullopt);
  for (const char* name : {"mean_agreement_stratified_raw", "share_q_agreement_under_5",
                           "mean_agreement_raw", "share_q_cofire_under_5"}) {
    EXPECT_EQ(value_of<Number>(row, name), std::nullopt) << name;
  }
  layer.manifest.self_check.reset();
  row = layer_row(layer);
  EXPECT_EQ(value_of<Number>(row, "l0"), std::nullopt);
}

TEST(Layers, FilesHoldTheRows) {
  const SmallResult somewhere;
  const LayersFolder parent{somewhere.folder.root};
  auto layer = made_up_layer();
  std::vector<LayerRow> rows = {layer_row(layer)};
  layer.manifest.self_check.reset();
  rows.push_back(layer_row(layer));
  write_layers_files(parent, rows);

  const MappedFile json_file(parent.json());
  const auto json = nlohmann::json::parse(json_file.text());
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["alive"], 3);
  EXPECT_EQ(json[0]["l0"], 12.5);
  EXPECT_TRUE(json[1]["l0"].is_null());

  const auto reader = open_parquet(parent.parquet());
  const auto table = read_row_group(*reader, 0, {"layer", "l0", "sae"}, parent.parquet());
  EXPECT_EQ(table->num_rows(), 2);
  EXPECT_EQ(table->GetColumnByName("l0")->null_count(), 1);
  EXPECT_EQ(table->schema()->GetFieldByName("layer")->type()->ToString(), "int32");
}

}  // namespace
}  // namespace isogloss
