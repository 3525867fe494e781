#include "isogloss/score/artefacts/agreement_controls.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "isogloss/core/error.h"
#include "isogloss/score/agreement/agreement.h"
#include "tests/score/maxima_builder.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::make_maxima;
using testing::OwnedColumn;

/// Parts in which nothing fires beside the maxima, all on even tokens, none shared.
std::vector<PartMaxima> plain_parts(const Maxima& maxima) {
  std::vector<PartMaxima> parts;
  for (const auto& language : maxima.by_language) {
    auto& part = parts.emplace_back();
    part.other_half.assign(language.values.size(), 0);
    part.odd_peaks.assign(language.values.size() / 64 + 1, 0);
  }
  return parts;
}

double kappa(const DenseColumn& a, const DenseColumn& b) {
  return pair_agreement(OwnedColumn(a).view(), OwnedColumn(b).view(),
                        static_cast<std::int32_t>(a.size()))
      .kappa.value();
}

TEST(AgreementUnshared, IsAgreementWhereNothingIsShared) {
  const DenseColumn a = {1, 2, 0, 3, 0, 0};
  const DenseColumn b = {2, 2, 1, 0, 0, 0};
  const auto maxima = make_maxima({"en", "es"}, 6, {{a, b}});
  EXPECT_EQ(agreement_controls(maxima, plain_parts(maxima), single_stratum(maxima.n_rows()), {})
                .agreement_unshared[0],
            kappa(a, b));
}

TEST(AgreementUnshared, TakesTheMaximaWithoutSharedWords) {
  const DenseColumn a = {1, 2, 0, 3, 0, 0};
  const DenseColumn b = {2, 2, 1, 0, 0, 0};
  const DenseColumn silent(6);
  // The second feature's English entries begin behind the first's.
  const auto maxima = make_maxima({"en", "es"}, 6, {{a, silent}, {a, b}});
  auto parts = plain_parts(maxima);
  parts[0].unshared = {{3, 0}, {4, 0.5F}};
  parts[1].unshared = {{2, 0.25F}};
  const auto scores = agreement_controls(maxima, parts, single_stratum(maxima.n_rows()), {});
  EXPECT_FALSE(scores.agreement_unshared[0]);
  EXPECT_EQ(scores.agreement_unshared[1], kappa({0, 0.5F, 0, 3, 0, 0}, {2, 2, 0.25F, 0, 0, 0}));
}

TEST(AgreementUnshared, CountsAPairThatFallsSilentAsNothing) {
  const DenseColumn a = {1, 0, 0, 0, 0};
  const DenseColumn b = {1, 0, 2, 0, 0};
  const auto maxima = make_maxima({"en", "es", "de"}, 5, {{a, b, b}});
  auto parts = plain_parts(maxima);
  parts[0].unshared = {{0, 0}};
  const auto scores = agreement_controls(maxima, parts, single_stratum(maxima.n_rows()), {});
  EXPECT_DOUBLE_EQ(*scores.agreement_unshared[0], (0 + 0 + kappa(b, b)) / 3);
}

TEST(AgreementUnshared, IsAbsentWhereAgreementIs) {
  const DenseColumn everywhere = {2, 2, 2};
  const auto maxima = make_maxima({"en", "es"}, 3, {{everywhere, everywhere}});
  EXPECT_FALSE(agreement_controls(maxima, plain_parts(maxima), single_stratum(maxima.n_rows()), {})
                   .agreement_unshared[0]);
}

TEST(NoiseCeiling, IsAgreementOfTheTwoHalves) {
  const DenseColumn a = {4, 2, 0, 3, 5};
  const DenseColumn once = {0, 0, 1, 0, 0};
  const auto maxima = make_maxima({"en", "es"}, 5, {{a, once}});
  auto parts = plain_parts(maxima);
  parts[0].other_half = {1, 0, 2, 5};
  parts[0].odd_peaks = {0b0110};
  // Spanish fires once: its other half is silent and says nothing.
  EXPECT_EQ(agreement_controls(maxima, parts, single_stratum(maxima.n_rows()), {}).noise_ceiling[0],
            kappa({4, 0, 0, 2, 5}, {1, 2, 0, 3, 5}));
}

TEST(NoiseCeiling, IsTheMeanOverLanguages) {
  const DenseColumn en = {1, 2, 0, 0};
  const DenseColumn es = {0, 0, 1, 1};
  const auto maxima = make_maxima({"en", "es"}, 4, {{en, es}});
  auto parts = plain_parts(maxima);
  parts[0].other_half = {1, 2};
  parts[1].other_half = {0, 1};
  EXPECT_DOUBLE_EQ(
      *agreement_controls(maxima, parts, single_stratum(maxima.n_rows()), {}).noise_ceiling[0],
      (1 + kappa({0, 0, 1, 1}, {0, 0, 0, 1})) / 2);
}

/// One feature in three languages: of every row its maximum, the same without shared words, that of
/// the other half, and whether the maximum is on an odd token.
struct DenseParts {
  struct Row {
    float value;
    float unshared;
    float other_half;
    bool odd;
  };
  std::vector<std::vector<Row>> of_language;

  DenseParts() : of_language(3) {
    std::mt19937 random(4);
    for (auto& rows : of_language) {
      for (const float value : testing::random_column(random, 70, 0.6)) {
        const bool is_shared = random() % 4 == 0;
        rows.push_back({value, is_shared ? value / 4 : value,
                        value * static_cast<float>(random() % 3) / 2, random() % 2 == 0});
      }
    }
  }

  AgreementControls score() const {
    std::vector<DenseColumn> columns;
    std::vector<PartMaxima> parts;
    for (const auto& rows : of_language) {
      auto& column = columns.emplace_back();
      auto& part = parts.emplace_back();
      part.odd_peaks.assign(2, 0);
      for (const auto& row : rows) {
        column.push_back(row.value);
        if (row.value == 0) continue;
        const auto entry = part.other_half.size();
        part.other_half.push_back(row.other_half);
        if (row.odd) part.odd_peaks[entry / 64] |= std::uint64_t{1} << entry % 64;
        if (row.unshared != row.value) {
          part.unshared.push_back({static_cast<std::uint32_t>(entry), row.unshared});
        }
      }
    }
    return agreement_controls(make_maxima({"a", "b", "c"}, 70, {columns}), parts,
                              single_stratum(70), {});
  }
};

TEST(AgreementControls, SeeNeitherTheOrderOfSentencesOrLanguagesNorTheScale) {
  const DenseParts plain;
  const auto expected = plain.score();
  const auto expect_same = [&](const DenseParts& changed) {
    const auto scores = changed.score();
    EXPECT_NEAR(*scores.agreement_unshared[0], *expected.agreement_unshared[0], 1e-14);
    EXPECT_NEAR(*scores.noise_ceiling[0], *expected.noise_ceiling[0], 1e-14);
  };
  auto changed = plain;
  for (auto& rows : changed.of_language) std::shuffle(rows.begin(), rows.end(), std::mt19937(5));
  expect_same(changed);
  changed = plain;
  std::ranges::reverse(changed.of_language);
  expect_same(changed);
  changed = plain;
  for (auto& row : changed.of_language[1]) {
    row = {8 * row.value, 8 * row.unshared, 8 * row.other_half, row.odd};
  }
  expect_same(changed);
}

RowTraits traits_of(const SmallResult& result) {
  return read_row_traits(result.folder, result.languages());
}

TEST(Profiles, AtLikeLengthAgreeAsUnderTheNullOfLength) {
  const SmallResult result({.n_rows = 60});
  const auto maxima = result.maxima();
  auto traits = traits_of(result);
  for (std::size_t row = 0; row < 60; ++row) traits.document.push_back(row < 30 ? 0 : 1);
  const auto by_length =
      score_features({maxima, &traits},
                     {.null_model = NullModel::kLength, .max_permutations = 0, .n_bootstrap = 0},
                     {})
          .agreement_stratified_raw;
  EXPECT_EQ(profile_features(result.folder, maxima, traits, {}).parts.agreement_length, by_length);
}

TEST(Profiles, AreReadBackAsComputed) {
  const SmallResult result;
  const auto maxima = result.maxima();
  const auto read = [&] {
    return read_profiles(result.folder, maxima.n_features, maxima.n_rows(), maxima.languages);
  };
  EXPECT_FALSE(read());
  const auto computed = profile_features(result.folder, maxima, traits_of(result), {});
  EXPECT_THAT(computed.parts.noise_ceiling, ::testing::Contains(::testing::Ne(std::nullopt)));
  const auto found = read();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->parts.agreement_unshared, computed.parts.agreement_unshared);
  EXPECT_EQ(found->parts.noise_ceiling, computed.parts.noise_ceiling);
  EXPECT_EQ(found->parts.agreement_length, computed.parts.agreement_length);
  EXPECT_EQ(found->tokens.by_language[0].shared_mass, computed.tokens.by_language[0].shared_mass);
  std::filesystem::remove(result.folder.agreement_controls());
  EXPECT_FALSE(read());
}

TEST(PartScoresFile, OfAnotherRunCountsAsNoneADamagedOneIsNamed) {
  const SmallResult result;
  profile_features(result.folder, result.maxima(), traits_of(result), {});
  EXPECT_TRUE(read_agreement_controls(result.folder, result.manifest.n_features));
  EXPECT_FALSE(read_agreement_controls(result.folder, result.manifest.n_features + 1));
  std::ofstream(result.folder.agreement_controls()) << "no Parquet";
  try {
    read_agreement_controls(result.folder, result.manifest.n_features);
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("agreement_controls.parquet"));
  }
}

}  // namespace
}  // namespace isogloss
