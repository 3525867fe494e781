#include "isogloss/score/agreement/strict_agreement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "isogloss/score/agreement/agreement.h"
#include "tests/score/agreement_oracle.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::AgreementOracle;
using testing::DenseColumn;
using testing::OwnedColumn;
using testing::random_column;

/// n rows in `n_strata` strata, drawn; every stratum gets a row.
Strata random_strata(std::mt19937& random, std::int32_t n_rows, std::int32_t n_strata) {
  Strata strata{{}, std::vector<std::int32_t>(static_cast<std::size_t>(n_strata))};
  for (std::int32_t row = 0; row < n_rows; ++row) {
    const auto drawn = static_cast<std::int32_t>(random() % static_cast<unsigned>(n_strata));
    strata.of_row.push_back(row < n_strata ? row : drawn);
    ++strata.size[static_cast<std::size_t>(strata.of_row.back())];
  }
  return strata;
}

StrictAgreement strict_of(const std::vector<DenseColumn>& columns, const Strata& strata) {
  const std::vector<OwnedColumn> owned(columns.begin(), columns.end());
  std::vector<PreparedColumn> prepared;
  for (const auto& column : owned) prepared.push_back(prepare_column(column.view(), strata));
  return strict_agreement(prepared, strata);
}

TEST(StrictAgreement, TwoLanguagesAreThePair) {
  std::mt19937 random(1);
  for (const std::int32_t n : {2, 9, 60, 301}) {
    for (int repeat = 0; repeat < 6; ++repeat) {
      auto a = random_column(random, n, 0.4);
      auto b = random_column(random, n, 0.2);
      a[0] = b[1] = 1.5F;  // never silent
      const auto strata = random_strata(random, n, std::min(n, 1 + repeat));
      const OwnedColumn owned_a(a);
      const OwnedColumn owned_b(b);
      const auto pair = pair_agreement(owned_a.view(), owned_b.view(), n);
      const auto strict = strict_of({a, b}, strata);
      EXPECT_NEAR(strict.overlap, pair.overlap, 1e-14);
      EXPECT_NEAR(strict.overlap_expected, pair.expected, 1e-14);
      EXPECT_NEAR(*strict.agreement_raw, *pair.kappa, 1e-12);
      EXPECT_NEAR(strict.overlap_expected_stratified,
                  expected_overlap(owned_a.view(), owned_b.view(), strata), 1e-14);
    }
  }
}

TEST(StrictAgreement, ThreeLanguagesEqualTheSumOverAllTriples) {
  std::mt19937 random(2);
  for (const std::int32_t n : {3, 12, 40}) {
    for (const std::int32_t n_strata : {1, 3}) {
      std::vector<DenseColumn> columns;
      for (std::size_t l = 0; l < 3; ++l) {
        columns.push_back(random_column(random, n, 0.5));
        columns.back()[l] = 2;
      }
      const auto strata = random_strata(random, n, n_strata);
      const auto strict = strict_of(columns, strata);
      const AgreementOracle oracle(columns, strata);
      EXPECT_NEAR(strict.overlap, static_cast<double>(oracle.overlap), 1e-14);
      EXPECT_NEAR(strict.overlap_expected, static_cast<double>(oracle.expected), 1e-13);
      EXPECT_NEAR(strict.overlap_expected_stratified,
                  static_cast<double>(oracle.expected_stratified), 1e-13);
      EXPECT_NEAR(*strict.agreement_raw, static_cast<double>(oracle.kappa()), 1e-12);
      EXPECT_NEAR(*strict.agreement_stratified_raw,
                  static_cast<double>(oracle.agreement_stratified_raw()), 1e-12);
    }
  }
}

TEST(StrictAgreement, ExpectedIsTheMeanOverlapOfRePairingsWithinStrata) {
  std::mt19937 random(3);
  constexpr std::int32_t kRows = 40;
  std::vector<DenseColumn> columns;
  for (int l = 0; l < 4; ++l) columns.push_back(random_column(random, kRows, 0.7));
  Strata strata{{}, {20, 20}};
  for (std::int32_t row = 0; row < kRows; ++row) strata.of_row.push_back(row / 20);
  const double expected = strict_of(columns, strata).overlap_expected_stratified;
  constexpr int kShuffles = 20000;
  double sum = 0;
  double squares = 0;
  for (int i = 0; i < kShuffles; ++i) {
    for (auto& column : columns) {
      std::shuffle(column.begin(), column.begin() + 20, random);
      std::shuffle(column.begin() + 20, column.end(), random);
    }
    const double overlap = strict_of(columns, strata).overlap;
    sum += overlap;
    squares += overlap * overlap;
  }
  const double mean = sum / kShuffles;
  const double standard_error = std::sqrt((squares / kShuffles - mean * mean) / kShuffles);
  EXPECT_NEAR(expected, mean, 4 * standard_error);
  EXPECT_LT(standard_error, 0.01 * expected);
}

TEST(StrictAgreement, OneForAnyNumberOfProportionalLanguages) {
  std::mt19937 random(4);
  const auto a = random_column(random, 50, 0.2);
  std::vector<DenseColumn> columns;
  for (const float scale : {1.0F, 4.0F, 0.5F, 64.0F}) {  // powers of two: shares equal to the bit
    columns.push_back(a);
    for (auto& x : columns.back()) x *= scale;
  }
  const auto strict = strict_of(columns, random_strata(random, 50, 4));
  EXPECT_NEAR(strict.overlap, 1, 1e-14);
  EXPECT_NEAR(*strict.agreement_raw, 1, 1e-13);
  EXPECT_NEAR(*strict.agreement_stratified_raw, 1, 1e-13);
}

TEST(StrictAgreement, NeverAboveThePairs) {
  std::mt19937 random(5);
  const auto strata = single_stratum(60);
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::vector<DenseColumn> columns;
    for (int l = 0; l < 3; ++l) {
      columns.push_back(random_column(random, 60, 0.5));
      columns.back()[0] = 1;
    }
    const auto all = strict_of(columns, strata);
    for (const auto& two : {std::vector{columns[0], columns[1]}, {columns[1], columns[2]}}) {
      const auto pair = strict_of(two, strata);
      EXPECT_LE(all.overlap, pair.overlap + 1e-15);
      EXPECT_LE(all.overlap_expected, pair.overlap_expected + 1e-15);
    }
  }
}

TEST(StrictAgreement, AbsentWhenALanguageIsSilent) {
  const auto strict = strict_of({{1, 2}, {1, 2}, {0, 0}}, single_stratum(2));
  EXPECT_FALSE(strict.agreement_raw.has_value());
  EXPECT_FALSE(strict.agreement_stratified_raw.has_value());
  EXPECT_EQ(strict.overlap, 0);
  EXPECT_EQ(strict.overlap_expected, 0);
}

TEST(StrictAgreement, AbsentWhenEveryPairingOverlapsWholly) {
  for (const std::int32_t n : {1, 3, 49, 500}) {
    const auto size = static_cast<std::size_t>(n);
    std::mt19937 random(6);
    const auto strata = random_strata(random, n, std::min(n, 7));
    const auto strict =
        strict_of({DenseColumn(size, 0.1F), DenseColumn(size, 0.7F), DenseColumn(size, 3)}, strata);
    EXPECT_NEAR(strict.overlap_expected, 1, 1e-12);
    EXPECT_FALSE(strict.agreement_raw.has_value()) << n;
    EXPECT_FALSE(strict.agreement_stratified_raw.has_value()) << n;
  }
}

TEST(StrictAgreement, NoStratumInCommonExpectsNothing) {
  const Strata strata{{0, 0, 1, 1}, {2, 2}};
  const auto strict = strict_of({{1, 1, 0, 0}, {0, 1, 0, 0}, {0, 0, 2, 1}}, strata);
  EXPECT_EQ(strict.overlap_expected_stratified, 0);
  EXPECT_EQ(*strict.agreement_stratified_raw, 0);
  EXPECT_GT(strict.overlap_expected, 0);
}

}  // namespace
}  // namespace isogloss
