// What `isogloss explain` keeps, and where it is shown.
#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "isogloss/core/error.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/results/vocabulary_file.h"
#include "tests/support/small_result.h"

namespace isogloss::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Explain : public ::testing::Test {
 protected:
  Explain() {
    result_.manifest.neuronpedia_id = "m/0-res";
    write_manifest(result_.folder, result_.manifest);
    write_scores(result_.folder, result_.table());
    const std::vector<FeatureVocabulary> known = {{7, {}}, {8, {}}};
    write_vocabulary(result_.folder, known);
    arguments_.folder = result_.folder.root;
    arguments_.explain.dumps = {result_.folder.root / "batch-0.jsonl"};
    std::ofstream(arguments_.explain.dumps.front())
        << R"({"modelId":"m","layer":"0-res","index":"7","description":"wa\u001b[2Jter",)"
        << R"("explanationModelName":"gpt"})"
        << "\n"
        << R"({"modelId":"m","layer":"0-res","index":"7","description":"rivers"})"
        << "\n";
  }

  std::string printed(void (*command)(const Arguments&, const RunControl&)) {
    ::testing::internal::CaptureStdout();
    command(arguments_, RunControl{});
    return ::testing::internal::GetCapturedStdout();
  }

  std::string shown(std::int32_t feature) {
    arguments_.feature = feature;
    return printed(&show_feature);
  }

  SmallResult result_;
  Arguments arguments_;
};

TEST_F(Explain, PutsExplanationsBesideTheFeature) {
  EXPECT_THAT(shown(7), Not(HasSubstr("explained")));
  EXPECT_THAT(printed(&explain_features), HasSubstr("2 explanations of 1 feature, from m/0-res"));
  EXPECT_THAT(shown(7),
              ::testing::AllOf(HasSubstr("explained"), HasSubstr("ter (gpt)"),
                               HasSubstr("rivers (Neuronpedia)"), Not(HasSubstr("\x1b"))));
  EXPECT_THAT(shown(8), Not(HasSubstr("explained")));
  arguments_.json = true;
  const auto json = nlohmann::json::parse(shown(7));
  EXPECT_EQ(json["explanations"][1],
            nlohmann::json::parse(R"({"description": "rivers", "method": "", "model": ""})"));
  EXPECT_EQ(nlohmann::json::parse(shown(8))["explanations"], nlohmann::json::array());
}

TEST_F(Explain, NothingInTheManifestDrivesTheTerminal) {
  result_.manifest.inputs.hook += "\x1b[2J";
  result_.manifest.neuronpedia_id = "m/\x1b[2J";
  write_manifest(result_.folder, result_.manifest);
  EXPECT_THAT(shown(7), ::testing::AllOf(HasSubstr("neuronpedia.org/m/"), HasSubstr("feature 7 at"),
                                         Not(HasSubstr("\x1b"))));
}

TEST_F(Explain, LeavesWhatWasThereIfItFails) {
  printed(&explain_features);
  std::ofstream(arguments_.explain.dumps.front(), std::ios::app) << "{}\n";
  EXPECT_THAT([&] { printed(&explain_features); },
              ::testing::ThrowsMessage<Error>(HasSubstr("batch-0.jsonl:3:")));
  ::testing::internal::GetCapturedStdout();
  EXPECT_THAT(shown(7), HasSubstr("rivers"));
}

}  // namespace
}  // namespace isogloss::cli
