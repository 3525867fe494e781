#include "isogloss/validation/mexa.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using ::testing::ElementsAre;
using testing::make_maxima;

/// Accuracy with the first features in order, unweighted.
std::vector<double> accuracies(const Maxima& maxima, const std::vector<std::size_t>& counts) {
  FeatureOrder order;
  for (std::int32_t f = 0; f < maxima.n_features; ++f) order.features.push_back(f);
  return mexa(maxima, 0, 1, order, counts);
}

TEST(Mexa, FindsEverySentenceByAFeatureOfItsOwn) {
  const auto maxima = make_maxima(
      {"a", "b"}, 3, {{{1, 0, 0}, {5, 0, 0}}, {{0, 1, 0}, {0, 2, 0}}, {{0, 0, 1}, {0, 0, 3}}});
  EXPECT_THAT(accuracies(maxima, {1, 2, 3}), ElementsAre(1.0 / 3, 2.0 / 3, 1));
}

TEST(Mexa, ATieIsAFailureWhateverTheLengths) {
  // All cosines of rows 0 and 1 are 1, but for rounding: a feature alone says nothing of strength.
  const auto maxima = make_maxima(
      {"a", "b"}, 3,
      {{{1, 3, 0}, {0.1F, 0.7F, 0}}, {{0.3F, 0.9F, 0}, {0.03F, 0.21F, 0}}, {{0, 0, 1}, {0, 0, 1}}});
  EXPECT_THAT(accuracies(maxima, {1, 2, 3}), ElementsAre(0, 0, 1.0 / 3));
}

TEST(Mexa, ASilentSentenceIsNotFound) {
  const auto maxima = make_maxima({"a", "b"}, 2, {{{1, 0}, {1, 0}}});
  EXPECT_THAT(accuracies(maxima, {1}), ElementsAre(0.5));
}

TEST(Mexa, MustBeNearestBothWays) {
  // Sentence 0 of a is nearest to 0 of b, which is nearer to sentence 1 of a.
  const auto maxima = make_maxima({"a", "b"}, 2, {{{1, 1}, {1, 0}}, {{1, 0}, {0, 1}}});
  // cosines: (0,0) .71, (0,1) .71, (1,0) 1, (1,1) 0
  EXPECT_THAT(accuracies(maxima, {2}), ElementsAre(0));
}

TEST(Mexa, OneSentenceIsFoundIfItHasAnythingInCommon) {
  EXPECT_THAT(accuracies(make_maxima({"a", "b"}, 1, {{{1}, {2}}}), {1}), ElementsAre(1));
  EXPECT_THAT(accuracies(make_maxima({"a", "b"}, 1, {{{1}, {0}}}), {1}), ElementsAre(0));
}

TEST(Mexa, WithoutFeaturesNothingIsFound) {
  EXPECT_THAT(accuracies(make_maxima({"a", "b"}, 2, {{{1, 0}, {1, 0}}}), {0, 1}),
              ElementsAre(0, 0.5));
}

Maxima golden_maxima(const nlohmann::json& expected) {
  const auto n_rows = expected.at("n_rows").get<std::int32_t>();
  const auto dense = [&](const nlohmann::json& entries) {
    DenseColumn column(static_cast<std::size_t>(n_rows));
    for (const auto& entry : entries) {
      column[entry.at(0).get<std::size_t>()] = entry.at(1).get<float>();
    }
    return column;
  };
  std::vector<std::vector<DenseColumn>> features;
  for (std::size_t f = 0; f < expected.at("a").size(); ++f) {
    features.push_back({dense(expected.at("a")[f]), dense(expected.at("b")[f])});
  }
  return make_maxima({"a", "b"}, n_rows, features);
}

TEST(Mexa, EqualsItsDefinitionOnDenseMatrices) {
  const auto golden = nlohmann::json::parse(std::ifstream(ISOGLOSS_GOLDEN_DIR "/validation.json"));
  for (const char* name : {"mexa_small", "mexa"}) {
    const auto& expected = golden.at(name);
    const auto maxima = golden_maxima(expected);
    const auto counts = expected.at("counts").get<std::vector<std::size_t>>();
    FeatureOrder order{expected.at("order").get<std::vector<std::int32_t>>(), {}};
    EXPECT_EQ(mexa(maxima, 0, 1, order, counts),
              expected.at("unweighted").get<std::vector<double>>());
    // Transposed, rows and columns change places: the same accuracy.
    EXPECT_EQ(mexa(maxima, 1, 0, order, counts),
              expected.at("unweighted").get<std::vector<double>>());
    order.weights = expected.at("weights").get<std::vector<double>>();
    const auto weighted = expected.at("weighted").get<std::vector<double>>();
    EXPECT_EQ(mexa(maxima, 0, 1, order, counts), weighted);
    const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
    EXPECT_EQ(mexa(maxima, 0, 1, order, counts), weighted);
  }
}

}  // namespace
}  // namespace isogloss
