#include "isogloss/validation/sentence_permutation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

#include "tests/score/maxima_builder.h"

namespace isogloss {
namespace {

using ::testing::ElementsAre;
using testing::make_maxima;
using testing::random_column;

MaximaWithTraits random_observed(std::int32_t n_rows, std::uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<std::vector<testing::DenseColumn>> features;
  for (const double density : {0.0, 0.02, 0.3, 1.0}) {
    features.push_back({random_column(random, n_rows, density), random_column(random, n_rows, 0.2),
                        random_column(random, n_rows, density)});
  }
  MaximaWithTraits observed{make_maxima({"a", "b", "c"}, n_rows, features), {}};
  for (auto& sample : observed.maxima.samples) sample = 5 * sample + 2;
  for (auto& language : observed.maxima.by_language) {
    std::iota(language.positions.begin(), language.positions.end(), 1);
  }
  for (std::int32_t l = 0; l < 3; ++l) {
    observed.traits.n_tokens.emplace_back();
    for (std::int32_t row = 0; row < n_rows; ++row) {
      observed.traits.n_tokens.back().push_back(100 * l + row);
    }
  }
  for (std::int32_t row = 0; row < n_rows; ++row) observed.traits.document.push_back(row / 7);
  return observed;
}

void expect_well_formed(const Maxima& maxima) {
  ASSERT_EQ(maxima.by_language.size(), maxima.languages.size());
  for (const auto& language : maxima.by_language) {
    ASSERT_EQ(language.offsets.size(), static_cast<std::size_t>(maxima.n_features) + 1);
    EXPECT_EQ(language.offsets.front(), 0);
    EXPECT_TRUE(std::is_sorted(language.offsets.begin(), language.offsets.end()));
    EXPECT_EQ(language.offsets.back(), std::ssize(language.rows));
    EXPECT_EQ(language.values.size(), language.rows.size());
    EXPECT_EQ(language.positions.size(), language.rows.size());
  }
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    for (std::int32_t f = 0; f < maxima.n_features; ++f) {
      const auto column = maxima.column(l, f);
      for (std::size_t i = 0; i < column.size(); ++i) {
        EXPECT_GT(column.values[i], 0);
        EXPECT_TRUE(column.rows[i] >= 0 && column.rows[i] < maxima.n_rows());
        EXPECT_TRUE(i == 0 || column.rows[i - 1] < column.rows[i]);
      }
    }
  }
}

/// (feature, row) → (value, position)
using Entries = std::map<std::pair<std::int32_t, std::int32_t>, std::pair<float, std::int32_t>>;

Entries entries(const Maxima& maxima, std::int32_t language) {
  Entries result;
  for (std::int32_t f = 0; f < maxima.n_features; ++f) {
    const auto column = maxima.column(language, f);
    for (std::size_t i = 0; i < column.size(); ++i) {
      result[{f, column.rows[i]}] = {column.values[i], column.positions[i]};
    }
  }
  return result;
}

TEST(SelectRows, KeepsTheRowsAndRenumbersThem) {
  const auto observed = random_observed(50, 1);
  const std::vector<std::int32_t> rows{0, 3, 4, 20, 49};
  const auto selected = select_rows(observed, rows);
  expect_well_formed(selected.maxima);
  EXPECT_EQ(selected.maxima.n_features, 4);
  EXPECT_THAT(selected.maxima.samples, ElementsAre(2, 17, 22, 102, 247));
  EXPECT_THAT(selected.traits.n_tokens[2], ElementsAre(200, 203, 204, 220, 249));
  EXPECT_THAT(selected.traits.document, ElementsAre(0, 0, 0, 2, 7));
  for (std::int32_t l = 0; l < 3; ++l) {
    Entries expected;
    for (const auto& [place, entry] : entries(observed.maxima, l)) {
      const auto found = std::find(rows.begin(), rows.end(), place.second);
      if (found == rows.end()) continue;
      expected[{place.first, static_cast<std::int32_t>(found - rows.begin())}] = entry;
    }
    EXPECT_EQ(entries(selected.maxima, l), expected);
  }
}

TEST(SelectRows, AllRowsAreTheSameAndNoneAreEmpty) {
  const auto observed = random_observed(20, 2);
  std::vector<std::int32_t> all(20);
  std::iota(all.begin(), all.end(), 0);
  const auto same = select_rows(observed, all);
  for (std::int32_t l = 0; l < 3; ++l) {
    EXPECT_EQ(entries(same.maxima, l), entries(observed.maxima, l));
  }
  const auto none = select_rows(observed, {});
  expect_well_formed(none.maxima);
  EXPECT_EQ(none.maxima.n_rows(), 0);
}

/// Where each row of `language` went, told by the positions, which are all different; −1 for rows
/// on which nothing fires. Fails if a row's entries went to different places or two rows to one.
std::vector<std::int32_t> moves(const MaximaWithTraits& before, const MaximaWithTraits& after,
                                std::int32_t language) {
  std::map<std::int32_t, std::int32_t> row_of_position;
  for (const auto& [place, entry] : entries(after.maxima, language)) {
    row_of_position[entry.second] = place.second;
  }
  std::vector<std::int32_t> to(static_cast<std::size_t>(before.maxima.n_rows()), -1);
  std::map<std::int32_t, std::int32_t> from;
  for (const auto& [place, entry] : entries(before.maxima, language)) {
    auto& row = to[static_cast<std::size_t>(place.second)];
    const auto went_to = row_of_position.at(entry.second);
    EXPECT_TRUE(row == -1 || row == went_to);
    row = went_to;
    EXPECT_EQ(from.emplace(row, place.second).first->second, place.second);
  }
  return to;
}

TEST(RePair, MovesWholeSentencesOfAllLanguagesButTheFirst) {
  const auto observed = random_observed(60, 3);
  Random random(7, 0);
  const auto paired = permute_sentences(observed, single_stratum(60), random);
  expect_well_formed(paired.maxima);
  EXPECT_EQ(paired.traits.n_tokens, observed.traits.n_tokens) << "rows keep their strata";
  EXPECT_EQ(paired.traits.document, observed.traits.document);
  EXPECT_EQ(entries(paired.maxima, 0), entries(observed.maxima, 0));
  for (std::int32_t l = 1; l < 3; ++l) {
    const auto to = moves(observed, paired, l);
    Entries expected;
    for (const auto& [place, entry] : entries(observed.maxima, l)) {
      expected[{place.first, to[static_cast<std::size_t>(place.second)]}] = entry;
    }
    EXPECT_EQ(entries(paired.maxima, l), expected);
  }
  const auto first = moves(observed, paired, 1);
  const auto second = moves(observed, paired, 2);
  std::size_t n_apart = 0;
  for (std::size_t row = 0; row < 60; ++row)
    n_apart += first[row] >= 0 && first[row] != second[row];
  EXPECT_GT(n_apart, 15u) << "each language has a permutation of its own";
}

TEST(RePair, StaysWithinStrata) {
  const auto observed = random_observed(30, 4);
  Strata strata{{}, {10, 20}};
  for (std::int32_t row = 0; row < 30; ++row) strata.of_row.push_back(row % 3 == 0 ? 0 : 1);
  Random random(1, 0);
  const auto paired = permute_sentences(observed, strata, random);
  expect_well_formed(paired.maxima);
  const auto to = moves(observed, paired, 2);  // a feature fires on every row
  std::size_t n_moved = 0;
  for (std::size_t row = 0; row < 30; ++row) {
    ASSERT_GE(to[row], 0);
    EXPECT_EQ(strata.of_row[row], strata.of_row[static_cast<std::size_t>(to[row])]);
    n_moved += to[row] == static_cast<std::int32_t>(row) ? 0 : 1;
  }
  EXPECT_GT(n_moved, 15u);
}

TEST(WithValues, DropsZeros) {
  const auto observed = random_observed(40, 5);
  std::vector<std::vector<float>> values;
  for (const auto& language : observed.maxima.by_language) {
    values.push_back(language.values);
    for (std::size_t i = 0; i < values.back().size(); ++i) {
      values.back()[i] = i % 3 == 0 ? 0 : 2 * values.back()[i];
    }
  }
  const auto changed = with_values(observed.maxima, values);
  expect_well_formed(changed);
  std::size_t i = 0;
  Entries expected;
  for (const auto& [place, entry] : entries(observed.maxima, 2)) {
    if (i++ % 3 != 0) expected[place] = {2 * entry.first, entry.second};
  }
  EXPECT_EQ(entries(changed, 2), expected);
}

}  // namespace
}  // namespace isogloss
