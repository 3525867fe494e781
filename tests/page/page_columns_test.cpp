// What the page is given of scores, languages, pairs and peaks.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <set>

#include "isogloss/page/page.h"
#include "isogloss/score/agreement/language_similarity.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/score/score_columns.h"
#include "tests/page/page_support.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::UnorderedElementsAreArray;

void raise(Artefacts& artefacts, const FlagDefinition& flag, std::size_t feature) {
  for (std::size_t i = 0; i < flags().size(); ++i) {
    if (flags()[i] == &flag) artefacts.flags[i][feature] = 1;
  }
}

ScoreTable with_everything(const SmallResult& result) {
  auto table = result.table();
  const auto n = static_cast<std::size_t>(table.n_features());
  auto& artefacts = table.artefacts.emplace();
  artefacts.top_token.assign(3, std::vector<std::string>(n, "x"));
  artefacts.top_token_share_of.assign(3, OptionalColumn(n, 0.25));
  visit_artefact_columns(artefacts, [&](const ColumnInfo&, auto& column) { column.resize(n); });
  artefacts.noise_ceiling[3] = 1.0 / 3;
  raise(artefacts, flag::dense, 5);
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
       {"shared_mass", "agreement_unshared", "agreement_length", "length_correlation",
        "punctuation_share", "edge_share", "density", "top_token_share", "language_share"}) {
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
  ASSERT_EQ(run["flags"].size(), flags().size());
  EXPECT_EQ(run["flags"][4]["name"], "flag_dense");
  EXPECT_EQ(run["flags"][4]["explains"], true);
  std::set<std::string> explained;
  for (const auto& column : run["columns"]) {
    explained.insert(column["key"]);
    EXPECT_EQ(column["tip"].get<std::string>().find_first_of("{}") != std::string::npos,
              column.contains("language"))
        << column;
    if (column["key"] == "phi") {
      EXPECT_EQ(column["tip"], "Correlation of firing (Matthews'). Yule 1912; Matthews 1975.");
    }
  }
  for (const auto& [name, values] : columns.items()) {
    EXPECT_TRUE(explained.contains(name) || name.starts_with("flag_")) << name;
  }
}

TEST(WriteReport, TellsWhatChanceIs) {
  const SmallResult result;
  write_pairs(result);
  auto table = with_everything(result);
  table.effective_strata = 12.345678;
  table.intervals_by_document = true;
  write_report(result.folder, result.manifest, table, made_up_statistics(result), result.maxima(),
               {});
  const auto scoring = json::parse(data_of(read_page(result)))["run"]["scoring"];
  EXPECT_EQ(scoring["effective_strata"], 12.3457);
  EXPECT_EQ(scoring["intervals_over"], "documents");
}

TEST(WriteReport, SaysWhatFlagsLeaveOpen) {
  const SmallResult result;
  write_pairs(result);
  auto table = with_everything(result);
  for (auto& of_language : table.active) of_language[7] = 5;
  table.active[1][7] = 4;  // too few sentences to say so
  table.artefacts->top_token[1][7] = "rare";
  table.artefacts->top_token_share_of[1][7] = 1.0;
  table.artefacts->top_token[2][7] = " water";
  table.artefacts->top_token_share_of[2][7] = 0.75;
  raise(*table.artefacts, flag::one_token, 7);
  raise(*table.artefacts, flag::language, 3);
  write_report(result.folder, result.manifest, table, made_up_statistics(result), result.maxima(),
               {});
  const auto data = json::parse(data_of(read_page(result)));
  EXPECT_EQ(data["flag_details"]["flag_one_token"], (json{{"7", {"zh", "▁water", 0.75}}}));
  EXPECT_EQ(data["flag_details"]["flag_language"]["3"].size(), 1U);
}

TEST(WriteReport, TellsWhatLanguagesShare) {
  const SmallResult result;
  const auto pairs = write_pairs(result);
  const auto data = json::parse(data_of(write_page(result)));
  const auto& languages = data["languages"];
  SharedFeatures shared(3, 40, 3);
  shared.add(pairs);
  const auto expected = shared.similarity();
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
    if (pair.agreement_stratified_raw) {
      EXPECT_NEAR(shown.get<double>(), *pair.agreement_stratified_raw, 5.001e-4);
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
  const auto profile = profile_features(result.folder, maxima,
                                        read_row_traits(result.folder, result.languages()), {})
                           .tokens;
  const auto peaks = json::parse(data_of(write_page(result)))["peaks"];
  ASSERT_EQ(peaks.size(), 39U);
  const auto expected = profile.by_language[2].peaks_of(7);
  const auto& shown = peaks["7"]["zh"];
  ASSERT_FALSE(shown.empty());
  EXPECT_NEAR(shown[0][1].get<double>(), expected[0].share, 5.001e-4);
  EXPECT_EQ(shown[0][0].get<std::string>().find(' '), std::string::npos);
}

}  // namespace
}  // namespace isogloss
