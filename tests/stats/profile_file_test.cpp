#include "isogloss/stats/profile_file.h"

#include <gmock/gmock.h>

#include <fstream>

#include "isogloss/core/error.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

std::optional<TokenProfile> read(const SmallResult& result, const Maxima& maxima) {
  return read_token_profile(result.folder, maxima.n_features, maxima.n_rows(), maxima.languages);
}

std::string text_of(const TokenProfile& profile, const TokenShare& token) {
  return token.token < 0 ? "" : profile.texts[static_cast<std::size_t>(token.token)];
}

void expect_tokens(const TokenProfile& a, const std::vector<TokenShare>& of_a,
                   const TokenProfile& b, const std::vector<TokenShare>& of_b) {
  ASSERT_EQ(of_a.size(), of_b.size());
  for (std::size_t i = 0; i < of_a.size(); ++i) {
    EXPECT_EQ(text_of(a, of_a[i]), text_of(b, of_b[i]));
    EXPECT_EQ(of_a[i].share, of_b[i].share);
  }
}

TEST(ProfileFile, ReadsBackWhatWasWritten) {
  const SmallResult result;
  const auto maxima = result.maxima();
  EXPECT_FALSE(read(result, maxima));
  const auto written = compute_token_profile(result.folder, maxima, {}).profile;
  write_token_profile(result.folder, written);
  const auto found = read(result, maxima);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->n_features, written.n_features);
  EXPECT_EQ(found->n_rows, written.n_rows);
  EXPECT_EQ(found->languages, written.languages);
  for (std::size_t l = 0; l < written.languages.size(); ++l) {
    const auto& a = written.by_language[l];
    const auto& b = found->by_language[l];
    EXPECT_EQ(a.totals.n_tokens, b.totals.n_tokens);
    EXPECT_EQ(a.totals.firing, b.totals.firing);
    EXPECT_EQ(a.totals.mass, b.totals.mass);
    EXPECT_EQ(a.shared_mass, b.shared_mass);
    EXPECT_EQ(a.n_peaks, b.n_peaks);
    EXPECT_EQ(a.punctuation_peaks, b.punctuation_peaks);
    EXPECT_EQ(a.edge_peaks, b.edge_peaks);
    expect_tokens(written, a.top_token, *found, b.top_token);
    expect_tokens(written, a.peaks, *found, b.peaks);
  }
}

TEST(ProfileFile, OfAnotherRunCountsAsNone) {
  const SmallResult result;
  auto maxima = result.maxima();
  write_token_profile(result.folder, compute_token_profile(result.folder, maxima, {}).profile);
  maxima.languages = {"en", "zh", "th"};
  EXPECT_FALSE(read(result, maxima));
  maxima = result.maxima();
  maxima.samples.pop_back();
  EXPECT_FALSE(read(result, maxima));
  maxima = result.maxima();
  ++maxima.n_features;
  EXPECT_FALSE(read(result, maxima));
}

TEST(ProfileFile, SaysWhatIsWrongWithADamagedOne) {
  const SmallResult result;
  std::ofstream(result.folder.profile()) << "PAR1 and nothing of the kind";
  try {
    read(result, result.maxima());
    ADD_FAILURE() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), testing::HasSubstr("profile.parquet"));
  }
}

TEST(ProfileFile, HoldsARunInWhichNothingFires) {
  const SmallResult result({.density = 0});
  const auto maxima = result.maxima();
  write_token_profile(result.folder, compute_token_profile(result.folder, maxima, {}).profile);
  const auto found = read(result, maxima);
  ASSERT_TRUE(found);
  EXPECT_GT(found->by_language[0].totals.n_tokens, 0);
}

}  // namespace
}  // namespace isogloss
