// What Neuronpedia takes: lists as its API validates them, rows of activations as its dumps have
// them.
#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/corpus/text_file.h"
#include "isogloss/exports/format.h"
#include "isogloss/results/scores_file.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

/// Features 39, 36, … are flagged with a flag that explains agreement.
class Neuronpedia : public ::testing::Test {
 protected:
  Neuronpedia() {
    result_.manifest.neuronpedia_id = "gemma-2-2b/20-gemmascope-res-16k";
    result_.manifest.scoring = ScoringOptions{};
    write_manifest(result_.folder, result_.manifest);
    auto table = result_.table();
    const auto n = table.alive.size();
    auto& artefacts = table.artefacts.emplace();
    visit_artefact_columns(artefacts, [&](const ColumnInfo&, auto& column) { column.resize(n); });
    artefacts.top_token.assign(result_.languages().size(), std::vector<std::string>(n));
    artefacts.top_token_share_of.assign(result_.languages().size(), OptionalColumn(n));
    for (std::size_t f = 0; f < flags().size(); ++f) {
      if (!flags()[f]->explains_agreement) continue;
      for (std::size_t feature = 0; feature < n; feature += 3) artefacts.flags[f][feature] = 1;
      break;
    }
    write_scores(result_.folder, table);
    options_.output = result_.folder.root / "out";
  }

  std::string exported(const ExportFormat& format) {
    format.write(result_.folder, options_, RunControl{});
    return std::string(TextFile(options_.output).text());
  }

  json list() { return json::parse(exported(export_format::neuronpedia_list)); }

  std::vector<json> rows() {
    std::vector<json> rows;
    std::istringstream lines(exported(export_format::neuronpedia_activations));
    for (std::string line; std::getline(lines, line);) rows.push_back(json::parse(line));
    return rows;
  }

  std::vector<int> listed() {
    std::vector<int> indices;
    const auto list = this->list();
    for (const auto& feature : list["features"]) indices.push_back(feature["index"]);
    return indices;
  }

  SmallResult result_;
  ExportOptions options_;
};

TEST_F(Neuronpedia, TakesAListOfTheBestFeatures) {
  options_.n_features = 2;
  const auto list = this->list();
  EXPECT_EQ(list["name"], "en, th, zh: 20-gemmascope-res-16k");
  EXPECT_THAT(std::string(list["description"]), HasSubstr("30 sentences"));
  const json expected = json::parse(R"([
    {"modelId": "gemma-2-2b", "layer": "20-gemmascope-res-16k", "index": 38,
     "description": "agreement 0.950 (rank 1); fires together in 1 of 30 sentences"},
    {"modelId": "gemma-2-2b", "layer": "20-gemmascope-res-16k", "index": 37,
     "description": "agreement 0.925 (rank 2); fires together in 1 of 30 sentences"}])");
  EXPECT_EQ(list["features"], expected);
  EXPECT_FALSE(std::string(list["testText"]).empty()) << "Neuronpedia refuses an empty one";
}

TEST_F(Neuronpedia, ChoosesFeaturesByRankAgreementAndFlags) {
  options_.min_agreement = 0.84;
  EXPECT_THAT(listed(), ::testing::ElementsAre(38, 37, 35, 34));
  options_.with_flagged = true;
  EXPECT_THAT(listed(), ::testing::ElementsAre(39, 38, 37, 36, 35, 34));
  options_.n_features = 3;
  EXPECT_THAT(listed(), ::testing::ElementsAre(39, 38, 37));
  options_.min_agreement = 0.99;
  EXPECT_THAT([&] { listed(); }, ::testing::ThrowsMessage<Error>(HasSubstr("--min-agreement")));
}

TEST_F(Neuronpedia, SaysInAListWhatAFlagSays) {
  options_.with_flagged = true;
  options_.n_features = 1;
  const auto explaining =
      std::ranges::find_if(flags(), [](const auto* flag) { return flag->explains_agreement; });
  EXPECT_THAT(std::string(list()["features"][0]["description"]),
              HasSubstr(std::string("; ") + std::string((*explaining)->word)));
}

TEST_F(Neuronpedia, HasARowForEachOfTheStrongestSentences) {
  options_.n_features = 3;
  options_.n_sentences = 4;
  const auto rows = this->rows();
  ASSERT_EQ(rows.size(), 3U * 3U * 4U);
  const auto maxima = result_.maxima();
  std::size_t at = 0;
  for (const int feature : {38, 37, 35}) {
    for (int language = 0; language < 3; ++language) {
      const auto column = maxima.column(language, feature);
      std::vector<float> strongest(column.values.begin(), column.values.end());
      std::ranges::sort(strongest, std::greater{});
      for (int i = 0; i < 4; ++i, ++at) {
        EXPECT_EQ(rows[at]["index"], std::to_string(feature));
        EXPECT_EQ(rows[at]["modelId"], "gemma-2-2b");
        EXPECT_EQ(rows[at]["layer"], "20-gemmascope-res-16k");
        EXPECT_EQ(rows[at]["maxValue"].get<float>(), strongest[static_cast<std::size_t>(i)]);
        EXPECT_THAT(
            std::string(rows[at]["dataIndex"]),
            ::testing::EndsWith(":" + result_.languages()[static_cast<std::size_t>(language)]));
      }
    }
  }
}

TEST_F(Neuronpedia, GivesEveryTokenItsOwnActivation) {
  options_.n_features = 5;
  const auto rows = this->rows();
  std::map<std::string, const SequenceRecord*> sentences;
  for (const auto& record : result_.sequences) {
    sentences[std::to_string(record.sample) + ":" + record.language] = &record;
  }
  std::map<std::string, int> ids;
  for (const auto& row : rows) {
    ++ids[row["id"]];
    const auto& record = *sentences.at(row["dataIndex"]);
    const auto values = row["values"].get<std::vector<float>>();
    ASSERT_EQ(values.size(), record.tokens.size() - 1) << "BOS has no activations";
    ASSERT_EQ(row["tokens"].size(), values.size());
    EXPECT_EQ(row["maxValue"].get<float>(), *std::ranges::max_element(values));
    EXPECT_EQ(row["minValue"].get<float>(), *std::ranges::min_element(values));
    EXPECT_EQ(values[row["maxValueTokenIndex"].get<std::size_t>()], row["maxValue"].get<float>());
    const auto& [offsets, fired, activations] = result_.everything.activations;
    std::vector<float> expected(values.size());
    for (std::size_t r = 0; r < result_.everything.sample.size(); ++r) {
      const auto language = static_cast<std::size_t>(result_.everything.language[r]);
      if (result_.everything.sample[r] != record.sample ||
          result_.languages()[language] != record.language) {
        continue;
      }
      for (auto i = offsets[r]; i < offsets[r + 1]; ++i) {
        if (std::to_string(fired[static_cast<std::size_t>(i)]) != row["index"]) continue;
        expected[static_cast<std::size_t>(result_.everything.position[r] - 1)] =
            activations[static_cast<std::size_t>(i)];
      }
    }
    EXPECT_EQ(values, expected);
  }
  EXPECT_EQ(ids.size(), rows.size()) << "an id stands for one row";
}

TEST_F(Neuronpedia, RefusesPositionsThatNoTokenHas) {
  auto shard = result_.everything;
  shard.position.back() = INT32_MAX;
  write_shard(result_.folder, 0, result_.languages(), shard);
  write_shard(result_.folder, 1, result_.languages(), {});
  options_.n_features = 39;
  options_.n_sentences = 100;
  EXPECT_THAT([&] { rows(); },
              ::testing::ThrowsMessage<Error>(HasSubstr("are not those of its activations")));
}

TEST_F(Neuronpedia, HasTheMembersOfNeuronpediasOwnRows) {
  std::ifstream file(ISOGLOSS_GOLDEN_DIR "/neuronpedia/activation.json");
  const auto golden = json::parse(file);
  const auto row = rows().front();
  for (const auto& item : row.items()) {
    EXPECT_THAT(golden["members"].get<std::vector<std::string>>(), ::testing::Contains(item.key()));
  }
  for (const auto& needed : golden["needed"]) {
    EXPECT_EQ(row.contains(std::string(needed)), needed != "creatorId") << needed;
  }
}

TEST_F(Neuronpedia, NeedsToKnowWhereItHasTheSae) {
  result_.manifest.neuronpedia_id.clear();
  write_manifest(result_.folder, result_.manifest);
  EXPECT_THAT([&] { list(); }, ::testing::ThrowsMessage<Error>(HasSubstr("--neuronpedia")));
  for (const auto* wrong : {"gemma", "/x", "x/", "a/b/c"}) {
    options_.neuronpedia_id = wrong;
    EXPECT_THAT([&] { list(); }, ::testing::ThrowsMessage<Error>(HasSubstr("MODEL/SOURCE")));
  }
  options_.neuronpedia_id = "gpt2-small/9-res-jb";
  EXPECT_EQ(list()["features"][0]["layer"], "9-res-jb");
}

TEST(ExportFormats, AreNamedWhereOneIsUnknown) {
  EXPECT_EQ(find_export_format("neuronpedia-list").name, "neuronpedia-list");
  EXPECT_THAT([] { find_export_format("neuronpedia"); },
              ::testing::ThrowsMessage<Error>(HasSubstr("neuronpedia-list")));
}

}  // namespace
}  // namespace isogloss
