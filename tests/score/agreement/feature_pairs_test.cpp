#include "isogloss/score/agreement/feature_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "isogloss/numeric/hypergeometric.h"
#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/agreement/prepared_column.h"
#include "tests/score/agreement_oracle.h"
#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using testing::AgreementOracle;
using testing::DenseColumn;
using testing::make_maxima;
using testing::OwnedColumn;
using testing::random_column;
using testing::shares;

std::vector<PairScores> pairs_of(const std::vector<DenseColumn>& columns, const Strata& strata) {
  std::vector<std::string> names;
  for (std::size_t l = 0; l < columns.size(); ++l) names.push_back(std::to_string(l));
  const auto maxima = make_maxima(names, strata.n_rows(), {columns});
  return feature_pairs(0, prepare_feature(maxima, 0, strata), strata);
}

/// Rows in blocks of `size` rows, the last block taking the rest.
Strata blocks(std::int32_t n_rows, std::int32_t size) {
  Strata strata;
  for (std::int32_t row = 0; row < n_rows; ++row) {
    const auto block = std::min(row / size, n_rows / size - 1);
    if (block == strata.n_strata()) strata.size.push_back(0);
    ++strata.size.back();
    strata.of_row.push_back(block);
  }
  return strata;
}

TEST(ExpectedOverlap, EqualsItsDefinitionWithinStrata) {
  std::mt19937 random(1);
  for (const std::int32_t n : {3, 20, 101}) {
    for (const double density : {0.1, 0.5, 1.0}) {
      for (const std::int32_t size : {1, 3, 10}) {
        auto a = random_column(random, n, density);
        auto b = random_column(random, n, density);
        a[0] = b[1] = 1.5F;
        const auto strata = blocks(n, std::min(size, n));
        const AgreementOracle oracle({a, b}, strata);
        EXPECT_NEAR(expected_overlap(OwnedColumn(a).view(), OwnedColumn(b).view(), strata),
                    static_cast<double>(oracle.expected_stratified), 1e-14);
      }
    }
  }
}

TEST(ExpectedOverlap, OneStratumIsThePlainNullAndSingletonsForceTheOverlap) {
  std::mt19937 random(2);
  const OwnedColumn a(random_column(random, 70, 0.4));
  const OwnedColumn b(random_column(random, 70, 0.6));
  const auto pair = pair_agreement(a.view(), b.view(), 70);
  EXPECT_EQ(expected_overlap(a.view(), b.view(), single_stratum(70)), pair.expected);
  EXPECT_NEAR(expected_overlap(a.view(), b.view(), blocks(70, 1)), pair.overlap, 1e-14);
  const OwnedColumn silent(DenseColumn(70, 0));
  EXPECT_EQ(expected_overlap(a.view(), silent.view(), blocks(70, 7)), 0);
}

TEST(FeaturePairs, OnlyPairsThatBothFireInOrder) {
  const DenseColumn on = {1, 0, 2, 0};
  const DenseColumn off(4, 0);
  const auto pairs = pairs_of({on, off, on, on}, single_stratum(4));
  ASSERT_EQ(pairs.size(), 3U);
  const std::vector<std::pair<int, int>> expected = {{0, 2}, {0, 3}, {2, 3}};
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(pairs[i].language_a, expected[i].first);
    EXPECT_EQ(pairs[i].language_b, expected[i].second);
    EXPECT_EQ(pairs[i].feature, 0);
  }
  EXPECT_TRUE(pairs_of({on, off, off}, single_stratum(4)).empty());
}

TEST(FeaturePairs, AgreesWithTheFunctionsOfTwoColumns) {
  std::mt19937 random(3);
  for (int repeat = 0; repeat < 20; ++repeat) {
    std::vector<DenseColumn> columns;
    for (int l = 0; l < 4; ++l) columns.push_back(random_column(random, 90, 0.1 + 0.2 * l));
    const auto strata = blocks(90, 11);
    for (const auto& pair : pairs_of(columns, strata)) {
      const OwnedColumn a(columns[static_cast<std::size_t>(pair.language_a)]);
      const OwnedColumn b(columns[static_cast<std::size_t>(pair.language_b)]);
      const auto plain = pair_agreement(a.view(), b.view(), 90);
      EXPECT_EQ(pair.overlap, plain.overlap);
      EXPECT_EQ(pair.overlap_expected, plain.expected);
      EXPECT_EQ(pair.agreement_raw, plain.kappa);
      EXPECT_EQ(pair.cofire, plain.cofire);
      EXPECT_EQ(pair.overlap_expected_stratified, expected_overlap(a.view(), b.view(), strata));
      EXPECT_EQ(pair.agreement_stratified_raw,
                chance_corrected(pair.overlap, pair.overlap_expected_stratified));
      const double inverse = 1 / effective_rows(a.view()) + 1 / effective_rows(b.view());
      EXPECT_NEAR(pair.n_eff, 2 / inverse, 1e-12);
      EXPECT_EQ(pair.p_cofire,
                hypergeometric_tail(plain.cofire, std::ssize(a.rows), std::ssize(b.rows), 90));
    }
  }
}

/// The largest Σ min(p_s, q_π(s)) over all permutations within strata of a few rows.
double best_pairing(const DenseColumn& a, const DenseColumn& b, const Strata& strata) {
  const auto p = shares(a);
  const auto q = shares(b);
  long double total = 0;
  for (std::int32_t g = 0; g < strata.n_strata(); ++g) {
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < p.size(); ++row) {
      if (strata.of_row[row] == g) rows.push_back(row);
    }
    auto order = rows;
    long double best = 0;
    do {
      long double sum = 0;
      for (std::size_t i = 0; i < rows.size(); ++i) sum += std::min(p[rows[i]], q[order[i]]);
      best = std::max(best, sum);
    } while (std::next_permutation(order.begin(), order.end()));
    total += best;
  }
  return static_cast<double>(total);
}

TEST(FeaturePairs, AttainableIsTheBestOfAllPairings) {
  std::mt19937 random(4);
  for (int repeat = 0; repeat < 25; ++repeat) {
    auto a = random_column(random, 7, 0.6);
    auto b = random_column(random, 7, 0.6);
    a[0] = b[1] = 1;
    for (const auto& strata : {single_stratum(7), blocks(7, 3)}) {
      const auto pair = pairs_of({a, b}, strata).at(0);
      const double plain = best_pairing(a, b, single_stratum(7));
      EXPECT_NEAR(*pair.attainable, (plain - pair.overlap_expected) / (1 - pair.overlap_expected),
                  1e-13);
      const double within = best_pairing(a, b, strata);
      EXPECT_NEAR(
          *pair.attainable_stratified,
          (within - pair.overlap_expected_stratified) / (1 - pair.overlap_expected_stratified),
          1e-13);
      EXPECT_GE(*pair.attainable, *pair.agreement_raw - 1e-13);
      EXPECT_GE(*pair.attainable_stratified, *pair.agreement_stratified_raw - 1e-13);
    }
  }
}

TEST(FeaturePairs, NestedSupportsAreContainedAndKappaIsAllThatIsAttainable) {
  DenseColumn narrow(500, 0);
  DenseColumn wide(500, 0);
  std::fill_n(narrow.begin(), 5, 1.0F);
  std::fill_n(wide.begin(), 50, 1.0F);
  const auto pair = pairs_of({narrow, wide}, single_stratum(500)).at(0);
  EXPECT_EQ(pair.containment, 1);
  EXPECT_NEAR(*pair.attainable, *pair.agreement_raw, 1e-14);
  EXPECT_NEAR(*pair.agreement_raw, (0.1 - 0.01) / 0.99, 1e-14);
}

TEST(FeaturePairs, StratifiedKappaOfALengthArtefactIsChance) {
  // Fires at random on half of the long sentences, never on short ones, in both languages.
  std::mt19937 random(5);
  double plain = 0;
  double stratified = 0;
  constexpr int kFeatures = 300;
  for (int f = 0; f < kFeatures; ++f) {
    std::vector<DenseColumn> columns;
    for (int l = 0; l < 2; ++l) {
      auto column = random_column(random, 200, 0.5);
      std::fill_n(column.begin(), 160, 0.0F);
      column[199] += 1e-3F;
      columns.push_back(column);
    }
    const auto pair = pairs_of(columns, blocks(200, 40)).at(0);
    plain += *pair.agreement_raw / kFeatures;
    stratified += *pair.agreement_stratified_raw / kFeatures;
  }
  EXPECT_GT(plain, 0.15);
  EXPECT_NEAR(stratified, 0, 0.02);
}

TEST(FeaturePairs, StratifiedTailIsTheConvolutionsOfItsCounts) {
  // Strata of four rows. First: 2 and 1 fire, together once. Second: 1 and 2, not together.
  const auto strata = blocks(8, 4);
  const auto pair = pairs_of({{1, 1, 0, 0, 1, 0, 0, 0}, {1, 0, 0, 0, 0, 1, 1, 0}}, strata).at(0);
  EXPECT_EQ(pair.cofire, 1);
  EXPECT_DOUBLE_EQ(pair.p_cofire_stratified, 1 - 0.5 * 0.5);  // each meets with probability ½
  EXPECT_DOUBLE_EQ(pair.p_cofire, hypergeometric_tail(1, 3, 3, 8));
  EXPECT_DOUBLE_EQ(pair.containment, 1.0 / 3);
}

TEST(FeaturePairs, UndefinedWhereTheNullOverlapsWholly) {
  // Both fire alike on the whole of one stratum: within strata nothing can differ.
  const DenseColumn column = {2, 2, 2, 0, 0, 0, 0};
  const auto pair = pairs_of({column, column}, Strata{{0, 0, 0, 1, 1, 1, 1}, {3, 4}}).at(0);
  EXPECT_NEAR(*pair.agreement_raw, 1, 1e-14);
  EXPECT_NEAR(pair.overlap_expected_stratified, 1, 1e-14);
  EXPECT_FALSE(pair.agreement_stratified_raw.has_value());
  EXPECT_FALSE(pair.attainable_stratified.has_value());
  EXPECT_TRUE(pair.attainable.has_value());
  EXPECT_EQ(pair.p_cofire_stratified, 1);
}

TEST(FeaturePairs, NamesOfStrataDoNotMatter) {
  std::mt19937 random(6);
  const auto strata = blocks(60, 12);
  auto renamed = strata;
  for (auto& stratum : renamed.of_row) stratum = strata.n_strata() - 1 - stratum;
  std::reverse(renamed.size.begin(), renamed.size.end());
  for (int repeat = 0; repeat < 10; ++repeat) {
    const std::vector<DenseColumn> columns = {random_column(random, 60, 0.5),
                                              random_column(random, 60, 0.5)};
    const auto one = pairs_of(columns, strata).at(0);
    const auto other = pairs_of(columns, renamed).at(0);
    EXPECT_NEAR(one.overlap_expected_stratified, other.overlap_expected_stratified, 1e-15);
    EXPECT_NEAR(*one.attainable_stratified, *other.attainable_stratified, 1e-13);
    EXPECT_NEAR(one.p_cofire_stratified / other.p_cofire_stratified, 1, 1e-13);
  }
}

}  // namespace
}  // namespace isogloss
