// What features of a real run fire on, against plain Python (tools/golden/token_profile.py).

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "isogloss/score/artefacts/artefacts.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/sequences.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::read_golden_json;

class TokenGolden : public ::testing::Test {
 protected:
  ResultFolder folder_{ISOGLOSS_GOLDEN_DIR "/token-profile"};
  json golden_ = read_golden_json("token_profile.json");
  std::vector<std::string> languages_ = golden_.at("languages");
  Maxima maxima_ = read_maxima(folder_, golden_.at("n_features"), languages_);
  ProfiledTokens found_ = compute_token_profile(folder_, maxima_, {});
};

void expect_near(double actual, const json& expected, double scale = 0) {
  const auto value = expected.get<double>();
  EXPECT_NEAR(actual, value, 1e-9 * std::max(std::abs(value), scale));
}

TEST_F(TokenGolden, Profile) {
  std::int32_t n_exact = 0;
  std::int32_t n_bounded = 0;
  for (std::size_t l = 0; l < languages_.size(); ++l) {
    const auto& profile = found_.profile.by_language[l];
    EXPECT_EQ(profile.totals.n_tokens, golden_.at("n_tokens").at(languages_[l]));
    const auto text = [&](const TokenShare& token) {
      return found_.profile.texts.at(static_cast<std::size_t>(token.token));
    };
    const auto& rows = golden_.at("profile_" + languages_[l]);
    for (std::size_t f = 0; f < rows.size(); ++f) {
      SCOPED_TRACE(languages_[l] + " feature " + std::to_string(f));
      ASSERT_EQ(profile.n_peaks[f] > 0, !rows[f].is_null());
      if (rows[f].is_null()) continue;
      EXPECT_EQ(profile.totals.firing[f], rows[f].at("firing_tokens"));
      expect_near(profile.totals.mass[f], rows[f].at("mass"));
      expect_near(profile.shared_mass[f], rows[f].at("shared_mass"));
      EXPECT_EQ(profile.n_peaks[f], rows[f].at("peaks"));
      EXPECT_EQ(profile.punctuation_peaks[f], rows[f].at("punctuation_peaks"));
      EXPECT_EQ(profile.edge_peaks[f], rows[f].at("edge_peaks"));
      const double share = rows[f].at("top_token_share");
      if (rows[f].at("n_tokens_met") <= 128) {
        EXPECT_EQ(text(profile.top_token[f]), rows[f].at("top_token"));
        EXPECT_NEAR(profile.top_token[f].share, share, 1e-9 * share);
        ++n_exact;
      } else {
        EXPECT_LE(profile.top_token[f].share, share);
        EXPECT_GE(profile.top_token[f].share, share - 1.0 / 129);
        ++n_bounded;
      }
      const auto peaks = profile.peaks_of(static_cast<std::int32_t>(f));
      const auto& expected = rows[f].at("peak_tokens");
      for (std::size_t i = 0; i < kPeakTokens; ++i) {
        ASSERT_EQ(peaks[i].token >= 0, i < expected.size());
        if (i >= expected.size()) continue;
        EXPECT_EQ(text(peaks[i]), expected[i][0]);
        expect_near(peaks[i].share, expected[i][1]);
      }
    }
  }
  EXPECT_GT(n_exact, 400);
  EXPECT_GT(n_bounded, 0);
}

TEST_F(TokenGolden, Columns) {
  RowTraits traits;
  traits.n_tokens.resize(languages_.size());
  for (const auto& record : read_sequences(folder_, {})) {
    const auto l = std::ranges::find(languages_, record.language) - languages_.begin();
    traits.n_tokens[static_cast<std::size_t>(l)].push_back(std::ssize(record.token_ids));
  }
  const FeatureProfiles profiles{
      found_.profile,
      agreement_controls(maxima_, found_.parts, make_strata(traits, NullModel::kLength), {})};
  const OptionalColumn none(static_cast<std::size_t>(maxima_.n_features));
  const auto artefacts = find_artefacts(maxima_, traits, profiles, {none, none, none, none});
  std::size_t n_columns = 0;
  visit_artefact_columns(
      artefacts, [&]<class T>(const ColumnInfo& info, const std::vector<T>& column) {
        if constexpr (std::is_same_v<T, std::optional<double>>) {
          SCOPED_TRACE(info.name);
          const auto& expected = golden_.at("columns").at(std::string(info.name));
          ASSERT_EQ(column.size(), expected.size());
          for (std::size_t f = 0; f < column.size(); ++f) {
            ASSERT_EQ(column[f].has_value(), !expected[f].is_null()) << f;
            // κ and the correlation are differences: near 0 they keep the digits of their terms.
            // The top token's share is bounded, not exact, where many tokens fire the feature:
            // checked above.
            if (!column[f]) continue;
            if (info.name == "top_token_share") {
              EXPECT_NEAR(*column[f], expected[f].get<double>(), 1.0 / 129);
            } else {
              EXPECT_NEAR(*column[f], expected[f].get<double>(),
                          1e-9 * std::abs(expected[f].get<double>()) + 1e-13)
                  << f;
            }
          }
          ++n_columns;
        }
      });
  EXPECT_EQ(n_columns, golden_.at("columns").size());
}

}  // namespace
}  // namespace isogloss
