// Explanations as Neuronpedia's dumps have them.
#include "isogloss/evidence/neuronpedia_dump.h"

#include <gmock/gmock.h>

#include <fstream>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

const NeuronpediaSource kSource = {"gemma-2-2b", "20-gemmascope-res-16k"};

/// A row as tests/golden/neuronpedia/ has them, with other members in place of its own.
std::string row(const std::string& members) {
  return R"({"modelId":"gemma-2-2b","layer":"20-gemmascope-res-16k",)" + members + "}\n";
}

std::vector<Explanation> rows_of(const std::string& text) {
  std::vector<Explanation> rows;
  append_explanations(text, "batch-0.jsonl", kSource, 16384, rows);
  return rows;
}

Explanations read(const std::vector<std::filesystem::path>& paths) {
  return read_explanation_dumps(paths, kSource, 16384, RunControl{});
}

const std::filesystem::path kGolden = ISOGLOSS_GOLDEN_DIR "/neuronpedia";

TEST(NeuronpediaDump, IsReadAsItsMakerWritesIt) {
  const auto explanations = read({kGolden});
  EXPECT_EQ(explanations.source, "gemma-2-2b/20-gemmascope-res-16k");
  ASSERT_EQ(explanations.files.size(), 2U);
  EXPECT_EQ(explanations.files[0].name, "batch-0.jsonl.gz");
  EXPECT_EQ(explanations.files[0].sha256,
            sha256_of_file(kGolden / "explanations" / "batch-0.jsonl.gz"));
  const std::vector<Explanation> expected = {
      {0, "references to water and rivers", "oai_token-act-pair", "gpt-4o-mini"},
      {12, "Wörter für „Haus“", "np_max-act-logits", "gemini-2.0-flash"},
      {12, "houses", "", ""},
      {16383, "numbers", "oai_token-act-pair", "gpt-4o-mini"}};
  EXPECT_EQ(explanations.rows, expected);
  EXPECT_EQ(read({kGolden / "explanations", kGolden / "explanations" / "batch-1.jsonl.gz"}).rows,
            expected)
      << "what stands in two files counts once";
}

TEST(NeuronpediaDump, TakesNumbersAndTextsAsTheIndex) {
  const auto rows = rows_of(row(R"("index":7,"description":"a")") + "\n" +
                            row(R"("index":"8","description":" b\n","typeName":null)"));
  EXPECT_EQ(rows, (std::vector<Explanation>{{7, "a", "", ""}, {8, "b", "", ""}}));
}

TEST(NeuronpediaDump, PassesOverBlankDescriptions) {
  EXPECT_TRUE(
      rows_of(row(R"("index":7,"description":null)") + row(R"("index":7,"description":" ")"))
          .empty());
}

TEST(NeuronpediaDump, IsRefusedWithThePlaceAndARemedy) {
  const auto good = row(R"("index":"7","description":"a")");
  const auto expect_refused = [&](const std::string& line, const std::string& said) {
    EXPECT_THAT([&] { rows_of(good + line); }, ThrowsMessage<Error>(::testing::AllOf(
                                                   HasSubstr("batch-0.jsonl:2:"), HasSubstr(said))))
        << line;
  };
  expect_refused("{\"modelId\":", "JSON object");
  expect_refused("[1]", "JSON object");
  expect_refused(row(R"("index":"16384","description":"a")"), "0 to 16383");
  expect_refused(row(R"("index":-1,"description":"a")"), "0 to 16383");
  expect_refused(row(R"("index":"7x","description":"a")"), "0 to 16383");
  expect_refused(row(R"("index":1e99,"description":"a")"), "0 to 16383");
  expect_refused(row(R"("description":"a")"), "index");
  expect_refused(row(R"("index":"7","maxActApprox":3)"), "explanations/");
  expect_refused(row(R"("index":"7","description":5)"), "must be a text");
  expect_refused(R"({"modelId":"gpt2-small","layer":"9-res-jb","index":"7","description":"a"})",
                 "gpt2-small/9-res-jb");
  expect_refused(R"({"index":"7","description":"a"})", "modelId");
}

TEST(NeuronpediaDump, IsNotAFolderOfSomethingElse) {
  EXPECT_THAT([] { read({"/nonexistent/batch-0.jsonl"}); },
              ThrowsMessage<Error>(HasSubstr("no such")));
  const SmallResult result;
  EXPECT_THAT([&] { read({result.folder.root}); }, ThrowsMessage<Error>(HasSubstr(".jsonl.gz")));
  const auto empty = result.folder.root / "batch-0.jsonl";
  std::ofstream(empty) << "\n";
  EXPECT_THAT([&] { read({empty}); }, ThrowsMessage<Error>(HasSubstr("no explanation")));
}

}  // namespace
}  // namespace isogloss
