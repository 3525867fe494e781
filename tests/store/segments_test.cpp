#include "isogloss/store/segments.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace isogloss {
namespace {

using testing::ElementsAre;
using Tokens = std::vector<std::string>;

// Google's sentencepiece and Hugging Face's tokenizers say what each token stands for
// (tools/golden/segments.py).
TEST(SegmentText, AgreesWithTheTokenizersInManyScripts) {
  std::ifstream file(ISOGLOSS_GOLDEN_DIR "/segments.json");
  const auto golden = nlohmann::json::parse(file);
  ASSERT_GT(golden["cases"].size(), 100U);
  for (const auto& test_case : golden["cases"]) {
    const auto text = test_case["text"].get<std::string>();
    SCOPED_TRACE(test_case["convention"].get<std::string>() + ": " + text);
    std::vector<Segment> expected;
    for (const auto& segment : test_case["segments"]) {
      expected.push_back({segment[0].get<std::string>(), segment[1].get<std::int32_t>()});
    }
    EXPECT_EQ(segment_text(text, test_case["tokens"].get<Tokens>()), expected);
  }
}

TEST(SegmentText, JoinsTheBytesOfACharacter) {
  const Tokens tokens = {"▁a", "<0xF0>", "<0x9F>", "<0x91>", "<0x8D>", "!"};
  EXPECT_THAT(segment_text(" a👍!", tokens),
              ElementsAre(Segment{" a", 1}, Segment{"👍", 4}, Segment{"!", 1}));
}

TEST(SegmentText, DropsTheSpaceThatSentencePieceAdds) {
  EXPECT_THAT(segment_text("the cat", Tokens{"▁the", "▁cat"}),
              ElementsAre(Segment{"the", 1}, Segment{" cat", 1}));
}

TEST(SegmentText, JoinsATokenThatSpellsOnlyTheAddedSpaceToTheNext) {
  EXPECT_THAT(segment_text("人人", Tokens{"▁", "人", "人"}),
              ElementsAre(Segment{"人", 2}, Segment{"人", 1}));
}

TEST(SegmentText, KeepsTheSpaceThatTheSentenceBeginsWith) {
  EXPECT_THAT(segment_text(" the", Tokens{"▁the"}), ElementsAre(Segment{" the", 1}));
}

TEST(SegmentText, ReadsALiteralSpaceSign) {
  EXPECT_THAT(segment_text("a▁ b", Tokens{"a", "▁▁b"}),
              ElementsAre(Segment{"a", 1}, Segment{"▁ b", 1}));
}

TEST(SegmentText, StopsWhereTheTokensStop) {
  EXPECT_THAT(segment_text("one two three", Tokens{"one", "Ġtwo"}),
              ElementsAre(Segment{"one", 1}, Segment{" two", 1}));
}

TEST(SegmentText, CompletesACharacterThatTheLastTokenSplits) {
  EXPECT_THAT(segment_text("a人人", Tokens{"a", "<0xE4>", "<0xBA>"}),
              ElementsAre(Segment{"a", 1}, Segment{"人", 2}));
}

TEST(SegmentText, TakesAddedTokensOfAByteLevelVocabularyPlainly) {
  EXPECT_THAT(
      segment_text("é  <|x y|> z", Tokens{"Ã", "©", "  ", "<|x y|>", "Ġz"}),
      ElementsAre(Segment{"é", 2}, Segment{"  ", 1}, Segment{"<|x y|>", 1}, Segment{" z", 1}));
}

TEST(SegmentText, ShowsTheSpellingWhereNoConventionFits) {
  EXPECT_THAT(segment_text("Häuser", Tokens{"hau", "##ser"}),
              ElementsAre(Segment{"hau", 1}, Segment{"##ser", 1}));
  EXPECT_THAT(segment_text("", Tokens{}), ElementsAre());
}

TEST(SegmentText, SurvivesMalformedByteTokens) {
  EXPECT_THAT(segment_text("<0xZZ>", Tokens{"<0xZZ>"}), ElementsAre(Segment{"<0xZZ>", 1}));
  EXPECT_THAT(segment_text("a", Tokens{"<0xE2>"}), ElementsAre(Segment{"<0xE2>", 1}));
  EXPECT_THAT(segment_text("", Tokens{"<0x41>"}), ElementsAre(Segment{"<0x41>", 1}));
}

TEST(TokenEnds, AreOffsetsIntoTheText) {
  const auto spelt = find_token_ends("the café", Tokens{"▁the", "▁caf", "<0xC3>", "<0xA9>"});
  ASSERT_TRUE(spelt);
  EXPECT_EQ(spelt->spelling, TokenSpelling::kSentencePiece);
  EXPECT_THAT(spelt->ends, ElementsAre(3, 7, 8, 9));
  EXPECT_EQ(find_token_ends("é x", Tokens{"Ã©", "Ġx"})->spelling, TokenSpelling::kByteLevel);
  EXPECT_FALSE(find_token_ends("The cat", Tokens{"the", "▁cat"}));
}

TEST(TokenText, IsWhatTheTokenStandsFor) {
  EXPECT_EQ(token_text("▁the", TokenSpelling::kSentencePiece), " the");
  EXPECT_EQ(token_text("▁▁", TokenSpelling::kSentencePiece), "  ");
  EXPECT_EQ(token_text("<0x0A>", TokenSpelling::kSentencePiece), "\n");
  EXPECT_EQ(token_text("<0xE2>", TokenSpelling::kSentencePiece), "<0xE2>");  // part of a character
  EXPECT_EQ(token_text("Ã©", TokenSpelling::kSentencePiece), "Ã©");
  EXPECT_EQ(token_text("ĠcafÃ©", TokenSpelling::kByteLevel), " café");
  EXPECT_EQ(token_text("ðŁĳ", TokenSpelling::kByteLevel), "ðŁĳ");
  EXPECT_EQ(token_text("<|人|>", TokenSpelling::kByteLevel), "<|人|>");
}

}  // namespace
}  // namespace isogloss
