#include "isogloss/page/page.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>

#include "isogloss/core/file.h"
#include "isogloss/page/page_template.h"
#include "isogloss/results/explanations_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "tests/page/page_support.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::UnorderedElementsAreArray;

std::vector<int> base64_bytes(const std::string& text) {
  static const std::string kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<int> bytes;
  int bits = 0;
  int n_bits = 0;
  for (const char character : text) {
    if (character == '=') break;
    bits = (bits << 6 | static_cast<int>(kAlphabet.find(character))) & 0xFFFF;
    n_bits += 6;
    if (n_bits < 8) continue;
    n_bits -= 8;
    bytes.push_back(bits >> n_bits & 0xFF);
  }
  return bytes;
}

TEST(WriteReport, TellsOfTheRun) {
  SmallResult result;
  result.manifest.neuronpedia_id = "gemma-2-2b/20-gemmascope-res-16k";
  result.manifest.dropped.duplicate = 7;
  const auto data = json::parse(data_of(write_page(result)));
  EXPECT_THAT(keys(data), UnorderedElementsAreArray({"run", "series", "columns", "flag_details",
                                                     "languages", "pairs", "peaks", "vocabulary",
                                                     "explanations", "evidence", "sequences"}));
  const auto& run = data["run"];
  EXPECT_EQ(run["languages"], (json{"en", "th", "zh"}));
  EXPECT_EQ(run["n_samples"], 30);
  EXPECT_EQ(run["n_tokens"], std::ssize(result.everything.sample));
  EXPECT_EQ(run["first"], 1);
  EXPECT_EQ(run["n_features"], 40);
  EXPECT_EQ(run["n_dead"], 1);
  EXPECT_EQ(run["dropped"]["duplicate"], 7);
  EXPECT_EQ(run["self_check"]["fvu"], nullptr);
  EXPECT_EQ(run["neuronpedia"], "https://www.neuronpedia.org/gemma-2-2b/20-gemmascope-res-16k");
  EXPECT_THAT(run["notices"][0].get<std::string>(), testing::HasSubstr("Gemma Terms of Use"));
}

TEST(WriteReport, TellsWhatTheShownFeaturesSay) {
  const SmallResult result;
  EXPECT_EQ(json::parse(data_of(write_page(result)))["vocabulary"], json::object());
  const LogitEffects effect = {{{7, "▁water", 3.25F}, {9, "</script>", 1.0F / 3}},
                               {{8, ",", -2.5F}}};
  // Feature 0 is dead and stands on no page.
  const std::vector<FeatureVocabulary> known = {{0, effect}, {7, effect}};
  write_vocabulary(result.folder, known);
  const auto text = data_of(write_page(result));
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(json::parse(text)["vocabulary"],
            json::parse(R"({"7": {"promoted": [["▁water", 3.25], ["</script>", 0.333333]],
                                  "suppressed": [[",", -2.5]]}})"));
}

TEST(WriteReport, HasTheExplanationsOfTheShownFeatures) {
  const SmallResult result;
  // Feature 0 is dead and stands on no page.
  write_explanations(result.folder,
                     {.source = "gemma-2-2b/20-gemmascope-res-16k",
                      .files = {},
                      .rows = {{0, "nothing", "", ""},
                               {7, "</script> tags", "oai_token-act-pair", "gpt-4o-mini"},
                               {7, "water", "", ""}}});
  const auto text = data_of(write_page(result));
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_EQ(json::parse(text)["explanations"],
            json::parse(R"({"source": "gemma-2-2b/20-gemmascope-res-16k",
                            "of": {"7": [["</script> tags", "gpt-4o-mini"], ["water", ""]]}})"));
}

TEST(WriteReport, DrawsSeriesOnRanksFromOneToTheLast) {
  const SmallResult result;
  const auto data = json::parse(data_of(write_page(result)));
  ASSERT_THAT(keys(data["series"]), UnorderedElementsAreArray({"global", "en", "th", "zh"}));
  const auto& line = data["series"]["th"][0];
  EXPECT_EQ(line["name"], "mean");
  EXPECT_EQ(line["value"].get<double>(), 12.3457);
  const auto ranks = line["ranks"].get<std::vector<int>>();
  EXPECT_EQ(ranks.front(), 1);
  EXPECT_EQ(ranks.back(), 40);
  ASSERT_EQ(line["shares"].size(), ranks.size());
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    EXPECT_NEAR(line["shares"][i].get<double>(), 1.0 / ranks[i], 1e-6);
    if (i > 0) {
      EXPECT_GT(ranks[i], ranks[i - 1]);
    }
  }
}

TEST(WriteReport, HasABytePerFiringTokenAndEverySentenceItNames) {
  const SmallResult result;
  const auto table = result.table();
  const auto data = json::parse(data_of(write_page(result)));
  ASSERT_EQ(data["evidence"].size(), 39U);  // all but the dead one
  for (const auto& [feature, languages] : data["evidence"].items()) {
    const auto at = std::stoul(feature);
    const auto feature_max = std::max({table.max[0][at], table.max[1][at], table.max[2][at]});
    int largest = 0;
    for (const auto& [language, rows] : languages.items()) {
      for (const auto& row : rows) {
        const auto bytes = base64_bytes(row["v"].get<std::string>());
        ASSERT_EQ(bytes.size(), row["p"].size());
        int row_largest = 0;
        for (const int byte : bytes) {
          EXPECT_GE(byte, 1);
          row_largest = std::max(row_largest, byte);
        }
        EXPECT_NEAR(row_largest, 255 * row["m"].get<double>() / feature_max, 1.01);
        largest = std::max(largest, row_largest);
        const auto& sequence = data["sequences"][std::to_string(row["s"].get<int>())];
        ASSERT_TRUE(sequence["in"].contains(language));
        EXPECT_TRUE(sequence.contains("id"));
      }
    }
    EXPECT_EQ(largest, 255);
  }
}

TEST(WriteReport, JoinsTheTokensOfACharacter) {
  const SmallResult result;
  const auto data = json::parse(data_of(write_page(result)));
  bool some_split = false;
  for (const auto& [sample, sequence] : data["sequences"].items()) {
    for (const auto& language : result.languages()) {
      const auto& sentence = sequence["in"][language];
      std::string joined;
      for (const auto& segment : sentence["t"]) joined += segment.get<std::string>();
      EXPECT_EQ(joined, sentence["text"].get<std::string>());
      if (!sentence.contains("n")) continue;
      some_split = true;
      EXPECT_EQ(sentence["n"].size(), sentence["t"].size());
    }
  }
  EXPECT_TRUE(some_split);
}

TEST(WriteReport, TellsTheLanguageIdFromASentencesId) {
  const SmallResult result({.languages = {"en", "id"}});
  const auto data = json::parse(data_of(write_page(result)));
  const auto& sequence = data["sequences"].front();
  EXPECT_THAT(sequence["id"].get<std::string>(), testing::StartsWith("line "));
  EXPECT_TRUE(sequence["in"]["id"]["text"].is_string());
}

TEST(WriteReport, LetsNoSentenceEndTheScript) {
  const SmallResult result;
  const auto text = data_of(write_page(result));
  EXPECT_EQ(text.find('<'), std::string::npos);
  EXPECT_NE(text.find("\\u003c/script>"), std::string::npos);
}

TEST(WriteReport, LoadsNothingFromOutside) {
  const SmallResult result;
  const auto page = write_page(result);
  const std::string head(report_template().head);
  EXPECT_THAT(head, testing::HasSubstr("default-src 'none'"));
  EXPECT_FALSE(std::regex_search(head, std::regex("(src|href)\\s*=\\s*[\"']?(https?:)?//")));
  for (const char* marker : {"{{css}}", "{{script}}", "{{plotly}}", "{{data}}", "{{body}}"}) {
    EXPECT_EQ(page.find(marker), std::string::npos) << marker;
  }
}

TEST(WriteReport, GivesEqualBytesForEqualFolders) {
  const SmallResult result;
  EXPECT_EQ(write_page(result), write_page(result));
  EXPECT_FALSE(std::filesystem::exists(part_path(result.folder.report())));
}

// 500 long sentences in eight languages, on each of which most features fire.
TEST(WriteReport, StaysUnderFifteenMegabytes) {
  SmallResultShape shape;
  shape.languages = {"en", "es", "fr", "de", "ar", "zh", "ja", "ru"};
  shape.n_rows = 500;
  shape.n_features = 700;
  shape.max_words = 40;
  shape.density = 0.05;
  const SmallResult result(shape);
  const auto page = write_page(result);
  EXPECT_LT(page.size(), 15'000'000U);
  const auto data = json::parse(data_of(page));
  EXPECT_GE(data["evidence"].size(), 500U);
  for (const auto& languages : data["evidence"]) {
    for (const auto& rows : languages) EXPECT_GE(rows.size(), 1U);
  }
}

}  // namespace
}  // namespace isogloss
