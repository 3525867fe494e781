// The folder for Hugging Face's datasets. tools/check_hf_export.py opens one with the package
// itself.
#include <gmock/gmock.h>

#include <atomic>
#include <fstream>
#include <sstream>

#include "isogloss/core/error.h"
#include "isogloss/exports/dataset_card.h"
#include "isogloss/exports/format.h"
#include "isogloss/results/scores_file.h"
#include "tests/support/small_result.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;

std::string bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Paths relative to `folder`, sorted.
std::vector<std::string> files_in(const fs::path& folder) {
  std::vector<std::string> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file()) files.push_back(fs::relative(entry.path(), folder).string());
  }
  std::ranges::sort(files);
  return files;
}

class HuggingFace : public ::testing::Test {
 protected:
  HuggingFace() : root_(result_.folder.root) {
    auto& manifest = result_.manifest;
    manifest.model_name = "Tiny \"M\"";
    manifest.inputs.model = {"/home/ana/models/tiny.gguf", "aa"};
    manifest.inputs.model_origin = "hf:owner/tiny/tiny.gguf@0123";
    manifest.inputs.sae_name = "tiny-saes/layer_3";
    manifest.inputs.sae_path = "/home/ana/saes/layer_3/";
    manifest.inputs.sae = {{"saes/layer_3/cfg.json", "bb"}, {"../ana/weights.safetensors", "cc"}};
    manifest.inputs.corpus_path = "/home/ana/corpus.tsv";
    manifest.inputs.corpus = {{"/home/ana/corpus.tsv", "dd"}};
    manifest.scoring = ScoringOptions{.measures = {"phi"}};
    write_manifest(result_.folder, manifest);
    write_scores(result_.folder, result_.table());
    std::ofstream(result_.folder.statistics()) << "{}";
    std::ofstream(root_ / "explanations.parquet") << "as it is";
    std::ofstream(root_ / "report.html") << "<html>";
    std::ofstream(root_ / "activations" / "part-00009.parquet.part") << "unfinished";
    options_.output = root_ / "out";
  }

  void write() const { export_format::huggingface.write(result_.folder, options_, {}); }

  void expect_refused(const char* part) const {
    try {
      write();
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput);
      EXPECT_THAT(error.what(), HasSubstr(part));
    }
  }

  SmallResult result_;
  fs::path root_;
  ExportOptions options_;
};

TEST_F(HuggingFace, HoldsTheTablesAsTheyAreAndACard) {
  write();
  EXPECT_EQ(
      files_in(options_.output),
      (std::vector<std::string>{
          "README.md", "activations/part-00000.parquet", "activations/part-00001.parquet",
          "explanations.parquet", "manifest.json", "maxima/part-00000.parquet",
          "maxima/part-00001.parquet", "scores.parquet", "sequences.parquet", "statistics.json"}));
  for (const auto* file : {"activations/part-00001.parquet", "maxima/part-00000.parquet",
                           "scores.parquet", "sequences.parquet"}) {
    EXPECT_EQ(bytes(options_.output / file), bytes(root_ / file));
  }
  EXPECT_FALSE(fs::exists(root_ / "out.part"));
}

TEST_F(HuggingFace, HeadsTheCardWithWhatDatasetsReads) {
  write();
  const auto card = bytes(options_.output / "README.md");
  const std::string header =
      "---\n"
      "pretty_name: \"SAE features of Tiny \\\"M\\\" at " +
      result_.manifest.inputs.hook +
      " in 3 languages\"\n"
      "language: [\"en\", \"th\", \"zh\"]\n"
      "tags: [sparse-autoencoder, interpretability, multilingual, isogloss]\n"
      "configs:\n"
      "- config_name: scores\n"
      "  data_files: \"scores.parquet\"\n"
      "  default: true\n"
      "- config_name: explanations\n"
      "  data_files: \"explanations.parquet\"\n"
      "- config_name: sequences\n"
      "  data_files: \"sequences.parquet\"\n"
      "- config_name: activations\n"
      "  data_files: \"activations/*.parquet\"\n"
      "- config_name: maxima\n"
      "  data_files: \"maxima/*.parquet\"\n"
      "---\n";
  EXPECT_EQ(card.substr(0, header.size()), header);
  EXPECT_THAT(card, HasSubstr("- model `hf:owner/tiny/tiny.gguf@0123`\n"
                              "- model `tiny.gguf`, SHA-256 `aa`\n"
                              "- published SAE `tiny-saes/layer_3`\n"));
  EXPECT_THAT(card, HasSubstr("`flag_support`, few sentences: rests on fewer than five sentences"));
  EXPECT_THAT(card, HasSubstr("| `agreement_stratified` | double | Agreement beyond chance"));
  EXPECT_THAT(card, HasSubstr("| `phi` | double, may be null |"));
  EXPECT_THAT(card, Not(HasSubstr("`jaccard`")));
  EXPECT_THAT(card, HasSubstr("null model length-document, λ = 3"));
  EXPECT_THAT(card, HasSubstr("## Licence"));
}

TEST_F(HuggingFace, TellsNothingOfTheMachine) {
  write();
  for (const auto* file : {"README.md", "manifest.json", "statistics.json"}) {
    EXPECT_THAT(bytes(options_.output / file), Not(HasSubstr("ana/"))) << file;
  }
  const auto inputs = read_manifest({options_.output})->inputs;
  EXPECT_EQ(inputs.sae_path, "layer_3");
  EXPECT_EQ(inputs.sae[0].path, "saes/layer_3/cfg.json");
  EXPECT_EQ(inputs.sae[1].path, "weights.safetensors");
  EXPECT_EQ(inputs.corpus_path, "corpus.tsv");
  EXPECT_EQ(inputs.corpus[0].sha256, "dd");
}

TEST_F(HuggingFace, StaysAResultFolder) {
  write();
  const auto manifest = require_scored({options_.output});
  EXPECT_EQ(manifest.n_features, result_.manifest.n_features);
  EXPECT_EQ(read_scores({options_.output}).agreement, result_.table().agreement);
}

TEST_F(HuggingFace, OverwritesNothing) {
  fs::create_directories(options_.output);
  write();  // an empty folder is free
  const auto card = bytes(options_.output / "README.md");
  expect_refused("is there already; give another --output");
  EXPECT_EQ(bytes(options_.output / "README.md"), card);
  options_.output = root_ / "file/";
  std::ofstream(root_ / "file") << "text";
  expect_refused("is there already");
  options_.output = root_ / "other";
  fs::create_directories(root_ / "other.part");
  expect_refused("left by an export that was interrupted");
}

TEST_F(HuggingFace, LeavesNothingIfItIsStoppedOrFails) {
  std::atomic<bool> stop{true};
  RunControl control;
  control.stop = &stop;
  EXPECT_THROW(export_format::huggingface.write(result_.folder, options_, control), Error);
  EXPECT_FALSE(fs::exists(options_.output));
  EXPECT_FALSE(fs::exists(root_ / "out.part"));
  fs::remove(result_.folder.statistics());
  EXPECT_THROW(write(), Error);
  EXPECT_FALSE(fs::exists(root_ / "out.part"));
}

TEST_F(HuggingFace, NeedsScores) {
  result_.manifest.scoring = std::nullopt;
  write_manifest(result_.folder, result_.manifest);
  expect_refused("isogloss score");
}

TEST(LanguageTag, IsAsBcp47WritesIt) {
  EXPECT_EQ(language_tag("en"), "en");
  EXPECT_EQ(language_tag("pt_br"), "pt-BR");
  EXPECT_EQ(language_tag("zh-hans"), "zh-Hans");
  EXPECT_EQ(language_tag("eng_Latn"), "eng-Latn");
  EXPECT_EQ(language_tag("sr@latin"), "sr-Latn");
  EXPECT_EQ(language_tag("ca@valencia"), "ca");
  EXPECT_EQ(language_tag("es-419"), "es-419");
}

TEST(DatasetCard, ListsLanguagesOnceAndTheirTagsBeside) {
  Manifest manifest;
  manifest.scoring = ScoringOptions{};
  manifest.inputs.hook = kUnknownHook;
  manifest.inputs.languages = {"no", "pt_br", "pt", "demotic"};
  const auto card = dataset_card(manifest, dataset_parts().first(1));
  EXPECT_THAT(card, HasSubstr("# SAE features in 4 languages\n"));
  EXPECT_THAT(card, HasSubstr("language: [\"no\", \"pt\"]\n"
                              "language_bcp47: [\"no\", \"pt-BR\", \"pt\", \"demotic\"]\n"));
}

}  // namespace
}  // namespace isogloss
