#include "isogloss/stats/token_profile.h"

#include <gmock/gmock.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <atomic>
#include <map>

#include "isogloss/core/error.h"
#include "isogloss/stats/words.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/segments.h"
#include "isogloss/store/sequences.h"
#include "tests/support/small_result.h"
#include "tests/support/token_folder.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Tokens on which feature 0 fires with value 1, so that masses count them.
SentenceSpec counted(std::string text, const std::vector<std::string>& tokens) {
  SentenceSpec sentence{std::move(text), {}};
  for (const auto& token : tokens) sentence.tokens.push_back({token, {{0, 1.0F}}});
  return sentence;
}

/// Tokens of shared words, by language, of one sample.
std::vector<double> shared_counts(const std::vector<SentenceSpec>& sentences) {
  const std::vector<std::string> all = {"en", "es", "de", "fr", "it"};
  const TokenFolder folder({all.begin(), all.begin() + std::ssize(sentences)}, 1, {sentences});
  const auto profile = compute_token_profile(folder.folder, folder.maxima(), {}).profile;
  std::vector<double> counts;
  for (const auto& language : profile.by_language) counts.push_back(language.shared_mass[0]);
  return counts;
}

TEST(SharedWords, AreWholeWordsWhateverTheirPieces) {
  EXPECT_THAT(
      shared_counts(
          {counted("In Madrid, 1889!", {"In", "▁Mad", "rid", ",", "▁", "1", "8", "8", "9", "!"}),
           counted("En MADRID en 1889", {"En", "▁MA", "DRI", "D", "▁en", "▁1889"})}),
      ElementsAre(6, 4));
  // A piece in common is no word in common.
  EXPECT_THAT(shared_counts({counted("nation", {"nat", "ion"}), counted("nación", {"nac", "ión"})}),
              ElementsAre(0, 0));
  EXPECT_THAT(shared_counts({counted("用Chrome打开", {"用", "Chrome", "打开"}),
                             counted("Open chrome", {"Open", "▁ch", "rome"})}),
              ElementsAre(1, 2));
}

TEST(SharedWords, StandInHalfOfThePartnerSentences) {
  const auto with = counted("x", {"x"});
  const auto without = counted("y", {"y"});
  const auto other = counted("z", {"z"});
  EXPECT_THAT(shared_counts({with, without}), ElementsAre(0, 0));
  EXPECT_THAT(shared_counts({with, with, other}), ElementsAre(1, 1, 0));  // one of two partners
  EXPECT_THAT(shared_counts({with, with, without, other}), ElementsAre(0, 0, 0, 0));  // of three
  EXPECT_THAT(shared_counts({with, with, with, other}), ElementsAre(1, 1, 1, 0));
  EXPECT_THAT(shared_counts({with, with, with, other, other}), ElementsAre(1, 1, 1, 0, 0));
}

TEST(SharedWords, HoldTheBytesOfSplitCharacters) {
  EXPECT_THAT(shared_counts({counted("a Zoë", {"a", "▁Zo", "<0xC3>", "<0xAB>"}),
                             counted("ZOË", {"ZO", "Ë"})}),
              ElementsAre(3, 2));
}

TEST(SharedWords, ATokenBelongsToEachWordItTouches) {
  EXPECT_THAT(shared_counts({counted("to Rome", {"to Ro", "me"}), counted("Rome", {"Rome"})}),
              ElementsAre(2, 1));
}

TEST(SharedWords, EndWhereTheTokensEnd) {
  // Cut to the context's length: the second sentence's "Rome" was never read.
  EXPECT_THAT(shared_counts({counted("Rome", {"Rome"}), counted("to Rome", {"to"})}),
              ElementsAre(0, 0));
}

TEST(SharedWords, OfTextTheTokensDoNotSpellAreReadOffTheTokens) {
  EXPECT_THAT(shared_counts({counted("ROME  is", {"rome", "▁is"}), counted("Rome", {"Rome"})}),
              ElementsAre(1, 1));
}

/// Two features on a sentence in each of two languages; "Rome" is shared.
std::vector<std::vector<SentenceSpec>> rome() {
  return {{{"Rome is so old.",
            {{"Rome", {{0, 4.0F}, {1, 1.0F}}},
             {"▁is", {{0, 2.0F}}},
             {"▁so", {{0, 3.0F}}},
             {"▁old", {{1, 1.0F}}},
             {".", {}}}},
           {"Roma o Rome", {{"Roma", {}}, {"▁o", {}}, {"▁Rome", {{1, 5.0F}}}}}},
          {{"is is", {{"is", {{0, 2.0F}}}, {"▁is", {{0, 2.0F}}}}},
           {"¡x!", {{"¡", {{1, 1.0F}}}, {"x", {}}, {"!", {}}}}}};
}

TEST(TokenProfile, KnowsTheMaximaWithoutSharedWords) {
  const TokenFolder folder({"en", "es"}, 2, rome());
  const auto parts = compute_token_profile(folder.folder, folder.maxima(), {}).parts;
  // English entries: feature 0 in both sentences, feature 1 in the first.
  ASSERT_EQ(parts[0].unshared.size(), 1U);
  EXPECT_EQ(parts[0].unshared[0].entry, 0U);
  EXPECT_EQ(parts[0].unshared[0].value, 3);
  // Spanish: feature 1 fires on nothing but the shared word in the first sentence.
  ASSERT_EQ(parts[1].unshared.size(), 1U);
  EXPECT_EQ(parts[1].unshared[0].entry, 0U);
  EXPECT_EQ(parts[1].unshared[0].value, 0);
}

TEST(TokenProfile, KnowsTheMaximaOfTheOtherHalf) {
  const TokenFolder folder({"en", "es"}, 2, rome());
  const auto parts = compute_token_profile(folder.folder, folder.maxima(), {}).parts;
  EXPECT_THAT(parts[0].other_half, ElementsAre(2, 2, 1));
  EXPECT_THAT(parts[1].other_half, ElementsAre(0, 0));
  EXPECT_FALSE(parts[0].peak_is_odd(0));
  EXPECT_FALSE(parts[1].peak_is_odd(0));  // third token
}

TEST(TokenProfile, CountsTokensMassAndPeaks) {
  const TokenFolder folder({"en", "es"}, 2, rome());
  const auto profile = compute_token_profile(folder.folder, folder.maxima(), {}).profile;
  const auto& en = profile.by_language[0];
  EXPECT_EQ(en.totals.n_tokens, 7);
  EXPECT_THAT(en.totals.firing, ElementsAre(5, 2));
  EXPECT_THAT(en.totals.mass, ElementsAre(13, 2));
  EXPECT_THAT(en.shared_mass, ElementsAre(4, 1));
  EXPECT_THAT(en.n_peaks, ElementsAre(2, 1));
  EXPECT_THAT(en.edge_peaks, ElementsAre(2, 1));
  EXPECT_EQ(profile.texts[static_cast<std::size_t>(en.top_token[0].token)], "Rome");
  EXPECT_DOUBLE_EQ(en.top_token[0].share, 4.0 / 13);  // " is" has 4 too, but a later id
  const auto& es = profile.by_language[1];
  EXPECT_THAT(es.punctuation_peaks, ElementsAre(0, 1));
  EXPECT_EQ(es.top_token[0], TokenShare{});
  EXPECT_EQ(profile.texts[static_cast<std::size_t>(es.peaks_of(1)[0].token)], " Rome");
  EXPECT_EQ(es.peaks_of(1)[0].share, 0.5);
  EXPECT_EQ(es.peaks_of(1)[2], TokenShare{});
}

TEST(TokenProfile, TenthsOfASentence) {
  // 25 tokens: three in the first tenth, three in the last.
  std::vector<std::vector<SentenceSpec>> rows(1, std::vector<SentenceSpec>(2));
  for (std::int32_t i = 0; i < 25; ++i) {
    rows[0][0].text += "a";
    rows[0][0].tokens.push_back({"a", {{i, 1.0F}}});
  }
  rows[0][1] = counted("b", {"b"});
  const TokenFolder folder({"en", "es"}, 25, rows);
  const auto profile = compute_token_profile(folder.folder, folder.maxima(), {}).profile;
  for (std::size_t i = 0; i < 25; ++i) {
    EXPECT_EQ(profile.by_language[0].edge_peaks[i], i < 3 || i >= 22 ? 1 : 0) << i;
  }
}

/// The same from maps, one value at a time.
struct Plain {
  std::int64_t firing = 0;
  double mass = 0;
  double shared_mass = 0;
  std::map<std::int32_t, float> halves[2];  ///< by sample
  std::map<std::int32_t, float> unshared;
  std::map<std::int32_t, double> mass_of;  ///< by token id
};

class SmallProfile : public testing::Test {
 protected:
  SmallProfile() {
    std::map<std::pair<std::int32_t, std::string>, const SequenceRecord*> record_of;
    for (const auto& record : result_.sequences) {
      record_of[{record.sample, record.language}] = &record;
    }
    std::map<std::pair<std::int32_t, std::int32_t>, std::int32_t> n_seen;
    for (std::size_t row = 0; row < result_.everything.sample.size(); ++row) {
      const auto sample = result_.everything.sample[row];
      const auto language = result_.everything.language[row];
      const auto& name = result_.languages()[static_cast<std::size_t>(language)];
      const auto index = n_seen[{sample, language}]++;
      const auto position = static_cast<std::size_t>(result_.everything.position[row]);
      const auto id = record_of[{sample, name}]->token_ids[position];
      const bool shared = is_shared(record_of, sample, name, position);
      const auto& [offsets, features, values] = result_.everything.activations;
      for (auto i = static_cast<std::size_t>(offsets[row]);
           i < static_cast<std::size_t>(offsets[row + 1]); ++i) {
        auto& plain = plain_[{language, features[i]}];
        ++plain.firing;
        plain.mass += values[i];
        plain.mass_of[id] += values[i];
        if (shared) plain.shared_mass += values[i];
        auto& half = plain.halves[index % 2][sample];
        half = std::max(half, values[i]);
        auto& unshared = plain.unshared[sample];
        if (!shared) unshared = std::max(unshared, values[i]);
      }
    }
  }

  template <class Records>
  bool is_shared(Records& record_of, std::int32_t sample, const std::string& language,
                 std::size_t position) const {
    const auto& record = *record_of[{sample, language}];
    const auto ends =
        find_token_ends(record.text, std::span(record.tokens).subspan(1)).value().ends;
    const auto begin = position > 1 ? ends[position - 2] : 0;
    for (const auto& word : find_words(record.text)) {
      if (word.end <= begin || word.begin >= ends[position - 1]) continue;
      std::int32_t n = 0;
      for (const auto& other : result_.languages()) {
        const auto words = find_words(record_of[{sample, other}]->text);
        n += other != language && std::ranges::count(words, word.key, &Word::key) > 0 ? 1 : 0;
      }
      if (n >= 1) return true;  // of two partners
    }
    return false;
  }

  SmallResult result_{{.n_rows = 24, .n_features = 30, .max_words = 6, .density = 0.15}};
  std::map<std::pair<std::int32_t, std::int32_t>, Plain> plain_;
};

TEST_F(SmallProfile, EqualsPlainLoops) {
  const auto maxima = result_.maxima();
  const auto [profile, parts] = compute_token_profile(result_.folder, maxima, {});
  std::size_t n_overridden = 0;
  for (std::int32_t language = 0; language < maxima.n_languages(); ++language) {
    const auto l = static_cast<std::size_t>(language);
    const auto& of_language = profile.by_language[l];
    std::map<std::size_t, float> unshared;
    for (const auto& each : parts[l].unshared) unshared[each.entry] = each.value;
    n_overridden += unshared.size();
    for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
      const auto f = static_cast<std::size_t>(feature);
      auto& plain = plain_[{language, feature}];
      EXPECT_EQ(of_language.totals.firing[f], plain.firing);
      EXPECT_NEAR(of_language.totals.mass[f], plain.mass, 1e-12 * plain.mass);
      EXPECT_NEAR(of_language.shared_mass[f], plain.shared_mass, 1e-12 * plain.mass);
      const auto column = maxima.column(language, feature);
      for (std::size_t i = 0; i < column.size(); ++i) {
        const auto entry = static_cast<std::size_t>(maxima.by_language[l].offsets[f]) + i;
        const auto sample = maxima.samples[static_cast<std::size_t>(column.rows[i])];
        const bool is_odd = parts[l].peak_is_odd(entry);
        EXPECT_EQ(plain.halves[is_odd ? 1 : 0][sample], column.values[i]);
        EXPECT_EQ(plain.halves[is_odd ? 0 : 1][sample], parts[l].other_half[entry]);
        const auto expected = plain.unshared[sample];
        EXPECT_EQ(unshared.contains(entry) ? unshared[entry] : column.values[i], expected);
        EXPECT_EQ(unshared.contains(entry), expected != column.values[i]);
      }
      if (plain.firing == 0) {
        EXPECT_EQ(of_language.top_token[f], TokenShare{});
        continue;
      }
      double heaviest = 0;
      for (const auto& [id, mass] : plain.mass_of) heaviest = std::max(heaviest, mass);
      EXPECT_NEAR(of_language.top_token[f].share, heaviest / plain.mass, 1e-12);
    }
  }
  EXPECT_GT(n_overridden, 50U);
}

TEST_F(SmallProfile, DoesNotDependOnTheThreads) {
  const auto maxima = result_.maxima();
  const auto many = compute_token_profile(result_.folder, maxima, {});
  const tbb::global_control one(tbb::global_control::max_allowed_parallelism, 1);
  const auto single = compute_token_profile(result_.folder, maxima, {});
  EXPECT_EQ(many.profile.texts, single.profile.texts);
  for (std::size_t l = 0; l < many.parts.size(); ++l) {
    const auto& a = many.profile.by_language[l];
    const auto& b = single.profile.by_language[l];
    EXPECT_EQ(a.totals.mass, b.totals.mass);
    EXPECT_EQ(a.shared_mass, b.shared_mass);
    EXPECT_EQ(a.top_token, b.top_token);
    EXPECT_EQ(a.peaks, b.peaks);
    EXPECT_EQ(many.parts[l].other_half, single.parts[l].other_half);
    EXPECT_EQ(many.parts[l].odd_peaks, single.parts[l].odd_peaks);
    EXPECT_TRUE(std::ranges::equal(
        many.parts[l].unshared, single.parts[l].unshared,
        [](const auto& x, const auto& y) { return x.entry == y.entry && x.value == y.value; }));
  }
}

TEST_F(SmallProfile, SaysWhenTheFolderMixesTwoRuns) {
  const auto fails_with = [&](const Maxima& maxima, const char* words) {
    try {
      compute_token_profile(result_.folder, maxima, {});
      ADD_FAILURE() << "nothing was thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput);
      EXPECT_THAT(error.what(), HasSubstr(words));
    }
  };
  auto other_value = result_.maxima();
  other_value.by_language[1].values[5] += 1;
  fails_with(other_value, "has another maximum than its activations");
  auto other_position = result_.maxima();
  other_position.by_language[1].positions[5] = 1 << 20;
  fails_with(other_position, "has another maximum than its activations");
  auto fewer_features = result_.maxima();
  fewer_features.n_features = 10;
  fails_with(fewer_features, "has another maximum than its activations");
  auto other_samples = result_.maxima();
  other_samples.samples.back() += 1;
  fails_with(other_samples, "is not there");

  SequenceWriter writer(result_.folder);
  auto shortened = result_.sequences;
  shortened[4].tokens.resize(1);
  shortened[4].token_ids.resize(1);
  writer.append(shortened);
  writer.finish();
  fails_with(result_.maxima(), "its activations reach position");
}

TEST_F(SmallProfile, StopsWhenAsked) {
  const std::atomic<bool> stop = true;
  RunControl control;
  control.stop = &stop;
  EXPECT_THROW(compute_token_profile(result_.folder, result_.maxima(), control), Error);
}

}  // namespace
}  // namespace isogloss
