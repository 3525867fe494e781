#include "isogloss/report/page.h"

#include <gmock/gmock.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "isogloss/report/page_template.h"
#include "isogloss/report/pairs_file.h"
#include "isogloss/report/score_columns.h"
#include "isogloss/report/vocabulary_file.h"
#include "isogloss/score/language_similarity.h"
#include "isogloss/score/part_scores.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::UnorderedElementsAreArray;

std::vector<GroupStatistics> made_up_statistics(const SmallResult& result) {
  std::vector<GroupStatistics> groups;
  std::vector<std::string> names = {"global"};
  names.insert(names.end(), result.languages().begin(), result.languages().end());
  for (const auto& name : names) {
    std::vector<double> shares;
    for (std::int32_t i = 0; i < result.manifest.n_features; ++i) shares.push_back(1.0 / (1 + i));
    groups.push_back({name, {{"mean", 12.3456789, shares}, {"q_0.5", 9, shares}}});
  }
  return groups;
}

/// pairs.parquet as scoring writes it; returns its rows.
std::vector<PairScores> write_pairs(const SmallResult& result) {
  std::vector<PairScores> all;
  PairsWriter writer(result.folder, result.languages());
  const auto maxima = result.maxima();
  const auto take = [&](std::span<const PairScores> pairs) {
    writer.append(pairs);
    all.insert(all.end(), pairs.begin(), pairs.end());
  };
  score_features({.maxima = maxima, .take_pairs = take}, {.max_permutations = 0, .n_bootstrap = 0},
                 RunControl{});
  writer.finish();
  return all;
}

std::string read_page(const SmallResult& result) {
  std::ifstream file(result.folder.report(), std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string write_page(const SmallResult& result) {
  if (!std::filesystem::exists(result.folder.pairs_parquet())) write_pairs(result);
  write_report(result.folder, result.manifest, result.table(), made_up_statistics(result),
               result.maxima(), {});
  return read_page(result);
}

/// What stands in the place of the data.
std::string data_of(const std::string& page) {
  const auto frame = report_template();
  EXPECT_TRUE(page.starts_with(frame.head));
  EXPECT_TRUE(page.ends_with(frame.end));
  const auto data = page.substr(frame.head.size(), page.size() - frame.size());
  EXPECT_EQ(page, frame.filled(data));
  return data;
}

std::vector<std::string> keys(const json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

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
  EXPECT_THAT(keys(data),
              UnorderedElementsAreArray({"run", "series", "columns", "languages", "pairs", "peaks",
                                         "vocabulary", "evidence", "sequences"}));
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

ScoreTable with_everything(const SmallResult& result) {
  auto table = result.table();
  const auto n = static_cast<std::size_t>(table.n_features());
  auto& artefacts = table.artefacts.emplace();
  artefacts.top_token.assign(3, std::vector<std::string>(n, "x"));
  artefacts.top_token_share_of.assign(3, OptionalColumn(n, 0.25));
  visit_artefact_columns(artefacts, [&](const std::string&, auto& column) { column.resize(n); });
  artefacts.noise_ceiling[3] = 1.0 / 3;
  artefacts.flags[static_cast<std::size_t>(ArtefactFlag::kDense)][5] = 1;
  table.measures.push_back({"phi", OptionalColumn(n, 0.5)});
  return table;
}

TEST(WriteReport, HasTheColumnsOfTheScores) {
  const SmallResult result;
  write_pairs(result);
  const auto table = with_everything(result);
  write_report(result.folder, result.manifest, table, made_up_statistics(result), result.maxima(),
               {});
  const auto data = json::parse(data_of(read_page(result)));
  const auto& columns = data["columns"];
  std::set<std::string> wanted = {"feature", "n_languages_sharing"};
  visit_score_columns(table, [&](const std::string& name, const auto&) { wanted.insert(name); });
  for (const std::string language : {"en", "th", "zh"}) {  // in "peaks", of what is shown
    wanted.erase("top_token_" + language);
    wanted.erase("top_token_share_" + language);
  }
  wanted.erase("p_agreement_max_t");  // nothing in it
  for (const auto* empty :
       {"shared_mass", "agreement_unshared", "length_correlation", "punctuation_share",
        "edge_share", "density", "top_token_share", "language_share"}) {
    wanted.erase(empty);
  }
  EXPECT_THAT(keys(columns), UnorderedElementsAreArray(wanted));
  for (const auto& column : columns) EXPECT_EQ(column.size(), 40U);
  EXPECT_EQ(columns["bi_loss"][0], nullptr);
  EXPECT_EQ(columns["alive"][0], 0);
  EXPECT_EQ(columns["noise_ceiling"][3], 0.333333);
  EXPECT_EQ(columns["flag_dense"][5], 1);
  EXPECT_EQ(columns["phi"][7], 0.5);
  EXPECT_NEAR(columns["max_th"][7].get<double>(), table.max[1][7], 1e-5 * table.max[1][7]);

  const auto& run = data["run"];
  ASSERT_EQ(run["flags"].size(), kNumArtefactFlags);
  EXPECT_EQ(run["flags"][4]["name"], "flag_dense");
  EXPECT_EQ(run["flags"][4]["explains"], true);
  ASSERT_EQ(run["measures"].size(), 1U);
  EXPECT_EQ(run["measures"][0]["source"], "Yule 1912; Matthews 1975");
}

TEST(WriteReport, TellsWhatLanguagesShare) {
  const SmallResult result;
  const auto pairs = write_pairs(result);
  const auto data = json::parse(data_of(write_page(result)));
  const auto& languages = data["languages"];
  const auto expected = language_similarity(pairs, 3, 3);
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = 0; b < 3; ++b) {
      EXPECT_NEAR(languages["similarity"][a][b].get<double>(), *expected.similarity[3 * a + b],
                  1e-6);
      EXPECT_EQ(languages["n_features"][a][b], expected.n_features[3 * a + b]);
    }
  }
  ASSERT_EQ(languages["merges"].size(), 2U);
  EXPECT_EQ(languages["merges"][1][3], 3);
  EXPECT_EQ(languages["firing"][0], 1) << "the dead one";
  for (const auto* counts : {"firing", "sharing"}) {
    const auto tally = languages[counts].get<std::vector<int>>();
    ASSERT_EQ(tally.size(), 4U);
    EXPECT_EQ(tally[0] + tally[1] + tally[2] + tally[3], 40);
  }
  EXPECT_EQ(languages["specific"],
            (json{{"en", json::array()}, {"th", json::array()}, {"zh", json::array()}}));

  ASSERT_EQ(data["pairs"].size(), 39U);
  for (const auto& pair : pairs) {
    const auto at = static_cast<std::size_t>(pair.language_a + pair.language_b - 1);
    const auto& shown = data["pairs"][std::to_string(pair.feature)][at];
    if (pair.kappa_stratified) {
      EXPECT_NEAR(shown.get<double>(), *pair.kappa_stratified, 5.001e-4);
    } else {
      EXPECT_EQ(shown, nullptr);
    }
  }
}

TEST(WriteReport, LeavesTheMatrixOfTwoLanguagesToTheScore) {
  const SmallResult result({.languages = {"en", "es"}});
  const auto data = json::parse(data_of(write_page(result)));
  EXPECT_EQ(data["pairs"], json::object());
  EXPECT_EQ(data["languages"]["sharing"][1], 0) << "a language shares nothing alone";
}

TEST(WriteReport, NamesTheTokensOnWhichFeaturesPeak) {
  const SmallResult result;
  EXPECT_EQ(json::parse(data_of(write_page(result)))["peaks"], json::object());
  const auto maxima = result.maxima();
  const auto profile = profile_features(result.folder, maxima, {}).tokens;
  const auto peaks = json::parse(data_of(write_page(result)))["peaks"];
  ASSERT_EQ(peaks.size(), 39U);
  const auto expected = profile.by_language[2].peaks_of(7);
  const auto& shown = peaks["7"]["zh"];
  ASSERT_FALSE(shown.empty());
  EXPECT_NEAR(shown[0][1].get<double>(), expected[0].share, 5.001e-4);
  EXPECT_EQ(shown[0][0].get<std::string>().find(' '), std::string::npos);
}

TEST(WriteReport, TellsWhatTheShownFeaturesSay) {
  const SmallResult result;
  EXPECT_EQ(json::parse(data_of(write_page(result)))["vocabulary"], json::object());
  const VocabularyEffect effect = {{{7, "▁water", 3.25F}, {9, "</script>", 1.0F / 3}},
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
  EXPECT_FALSE(std::filesystem::exists(result.folder.root / "report.html.part"));
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
