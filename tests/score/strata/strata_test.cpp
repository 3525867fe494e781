#include "isogloss/score/strata/strata.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

namespace isogloss {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;

std::int32_t uniform(std::mt19937& random, std::int32_t low, std::int32_t high) {
  return std::uniform_int_distribution<std::int32_t>(low, high)(random);
}

std::vector<std::size_t> identity(std::size_t n) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

RowTraits permuted(const RowTraits& traits, const std::vector<std::size_t>& order) {
  const auto permute = [&](const std::vector<std::int32_t>& column) {
    std::vector<std::int32_t> result;
    for (const auto row : order) result.push_back(column[row]);
    return result;
  };
  RowTraits result;
  for (const auto& n_tokens : traits.n_tokens) result.n_tokens.push_back(permute(n_tokens));
  if (traits.document.empty()) return result;
  std::map<std::int32_t, std::int32_t> numbers;  // again in order of appearance
  for (const auto document : permute(traits.document)) {
    const auto next = static_cast<std::int32_t>(numbers.size());
    result.document.push_back(numbers.try_emplace(document, next).first->second);
  }
  return result;
}

/// Lengths that tie often; documents (if any) of very unequal size, some of a few rows.
RowTraits random_traits(std::mt19937& random, std::int32_t n_rows, std::int32_t n_documents) {
  RowTraits traits;
  traits.n_tokens.resize(3);
  for (std::int32_t row = 0; row < n_rows; ++row) {
    const auto length = uniform(random, 3, 40);
    for (auto& n_tokens : traits.n_tokens) n_tokens.push_back(length + uniform(random, 0, 8));
    if (n_documents == 0) continue;
    traits.document.push_back(uniform(random, 0, uniform(random, 0, n_documents - 1)));
  }
  return permuted(traits, identity(static_cast<std::size_t>(n_rows)));
}

/// The partition as a set of sets of rows, whatever the strata are called.
std::set<std::set<std::size_t>> partition(const Strata& strata,
                                          const std::vector<std::size_t>& name_of_row) {
  std::vector<std::set<std::size_t>> rows(strata.size.size());
  for (std::size_t row = 0; row < strata.of_row.size(); ++row) {
    rows[static_cast<std::size_t>(strata.of_row[row])].insert(name_of_row[row]);
  }
  return {rows.begin(), rows.end()};
}

void expect_partition(const Strata& strata, std::int32_t n_rows) {
  ASSERT_EQ(strata.n_rows(), n_rows);
  std::vector<std::int32_t> size(strata.size.size());
  for (const auto stratum : strata.of_row) {
    ASSERT_GE(stratum, 0);
    ASSERT_LT(stratum, strata.n_strata());
    ++size[static_cast<std::size_t>(stratum)];
  }
  EXPECT_EQ(size, strata.size);
  EXPECT_THAT(strata.size, Each(Ge(std::min(n_rows, 10))));
}

TEST(MakeStrata, PartitionsIntoStrataOfTenRowsAtLeast) {
  std::mt19937 random(1);
  for (const std::int32_t n_rows : {1, 7, 10, 19, 20, 37, 100, 333, 2000}) {
    for (const std::int32_t n_documents : {0, 1, 3, 20}) {
      for (int repeat = 0; repeat < 5; ++repeat) {
        const auto traits = random_traits(random, n_rows, n_documents);
        for (const auto model :
             {NullModel::kPlain, NullModel::kLength, NullModel::kLengthDocument}) {
          expect_partition(make_strata(traits, model), n_rows);
        }
      }
    }
  }
}

TEST(MakeStrata, OrderOfSamplesOnlyRenames) {
  std::mt19937 random(2);
  for (const std::int32_t n_rows : {8, 25, 90, 400}) {
    for (const std::int32_t n_documents : {0, 2, 30}) {
      for (int repeat = 0; repeat < 20; ++repeat) {
        const auto traits = random_traits(random, n_rows, n_documents);
        auto order = identity(static_cast<std::size_t>(n_rows));
        std::shuffle(order.begin(), order.end(), random);
        for (const auto model : {NullModel::kLength, NullModel::kLengthDocument}) {
          EXPECT_EQ(partition(make_strata(traits, model), identity(order.size())),
                    partition(make_strata(permuted(traits, order), model), order));
        }
      }
    }
  }
}

TEST(MakeStrata, WithoutDocumentsIsLengthOnly) {
  std::mt19937 random(3);
  const auto traits = random_traits(random, 150, 0);
  const auto with = make_strata(traits, NullModel::kLengthDocument);
  const auto without = make_strata(traits, NullModel::kLength);
  EXPECT_EQ(with.of_row, without.of_row);
  EXPECT_EQ(without.n_strata(), 10);
}

TEST(MakeStrata, LengthIgnoresDocuments) {
  std::mt19937 random(4);
  auto traits = random_traits(random, 150, 4);
  const auto with = make_strata(traits, NullModel::kLength);
  traits.document.clear();
  EXPECT_EQ(with.of_row, make_strata(traits, NullModel::kLength).of_row);
}

TEST(MakeStrata, DecilesOfDistinctLengthsAreTenths) {
  RowTraits traits;
  traits.n_tokens.resize(1);
  for (std::int32_t row = 0; row < 200; ++row) traits.n_tokens[0].push_back((row * 37) % 200);
  const auto strata = make_strata(traits, NullModel::kLength);
  ASSERT_EQ(strata.n_strata(), 10);
  EXPECT_THAT(strata.size, Each(20));
  EXPECT_DOUBLE_EQ(strata.effective_number(), 10);
  for (std::size_t row = 0; row < 200; ++row) {
    EXPECT_EQ(strata.of_row[row], traits.n_tokens[0][row] / 20) << row;
  }
}

TEST(MakeStrata, RanksCountNotLengths) {
  // Any increasing function of one language's lengths leaves the strata as they are.
  std::mt19937 random(5);
  auto traits = random_traits(random, 120, 0);
  const auto strata = make_strata(traits, NullModel::kLength);
  for (auto& n : traits.n_tokens[1]) n = n * n + 1000;
  EXPECT_EQ(make_strata(traits, NullModel::kLength).of_row, strata.of_row);
}

TEST(MakeStrata, EquallyLongRowsAreOneStratum) {
  const RowTraits traits{{std::vector<std::int32_t>(80, 9), std::vector<std::int32_t>(80, 4)}, {}};
  EXPECT_THAT(make_strata(traits, NullModel::kLength).size, ElementsAre(80));
}

TEST(MakeStrata, SmallDecilesTakeTheNextLongerOne) {
  // 45 distinct lengths: deciles of 4 or 5 rows, so two or three make a stratum and the last join.
  RowTraits traits;
  traits.n_tokens.resize(1);
  for (std::int32_t row = 0; row < 45; ++row) traits.n_tokens[0].push_back(row);
  const auto strata = make_strata(traits, NullModel::kLength);
  // ⌊10·(R − ½)/45⌋ of R = 1 … 45 gives 4,5,4,5,4,5,4,5,4,5 rows (R = 5 is the first of decile 1):
  // 4+5+4, 5+4+5, 4+5+4 and the 5 left over.
  EXPECT_THAT(strata.size, ElementsAre(13, 14, 18));
  EXPECT_TRUE(std::is_sorted(strata.of_row.begin(), strata.of_row.end()));
}

TEST(MakeStrata, SmallDocumentsMergeWithEachOtherNotWithLargeOnes) {
  // 30 rows of document 0, then five documents of 5 rows.
  RowTraits traits;
  traits.n_tokens.resize(1);
  for (std::int32_t row = 0; row < 55; ++row) {
    traits.n_tokens[0].push_back((row * 17) % 55);
    traits.document.push_back(row < 30 ? 0 : 1 + (row - 30) / 5);
  }
  const auto strata = make_strata(traits, NullModel::kLengthDocument);
  std::set<std::int32_t> of_large(strata.of_row.begin(), strata.of_row.begin() + 30);
  for (std::size_t row = 30; row < 55; ++row) {
    EXPECT_FALSE(of_large.contains(strata.of_row[row])) << row;
  }
}

TEST(MakeStrata, ALoneLeftoverJoinsTheStratumNearestInLength) {
  // Document 0 holds short sentences, document 1 long ones, document 2 two as long.
  RowTraits traits{{{}}, {}};
  for (std::int32_t row = 0; row < 12; ++row) {
    traits.n_tokens[0].push_back(10);
    traits.document.push_back(0);
  }
  for (std::int32_t row = 0; row < 12; ++row) {
    traits.n_tokens[0].push_back(50);
    traits.document.push_back(1);
  }
  for (std::int32_t row = 0; row < 2; ++row) {
    traits.n_tokens[0].push_back(50);
    traits.document.push_back(2);
  }
  const auto strata = make_strata(traits, NullModel::kLengthDocument);
  EXPECT_THAT(strata.size, ElementsAre(12, 14));
  EXPECT_EQ(strata.of_row[24], strata.of_row[12]);
}

TEST(MakeStrata, NoRows) { EXPECT_EQ(make_strata({}, NullModel::kLengthDocument).n_rows(), 0); }

TEST(Strata, EffectiveNumberDiscountsUnevenStrata) {
  EXPECT_DOUBLE_EQ(single_stratum(30).effective_number(), 1);
  EXPECT_DOUBLE_EQ((Strata{{0, 1, 2, 3}, {1, 1, 1, 1}}.effective_number()), 4);
  EXPECT_DOUBLE_EQ((Strata{{0, 0, 0, 1}, {3, 1}}.effective_number()), 1.6);
}

}  // namespace
}  // namespace isogloss
