// What holds of every row of formats.inc.
#include "isogloss/sae/format.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <map>

#include "sae_fixtures.h"

namespace isogloss {
namespace {

using testing::HasSubstr;

/// An SAE in every format, by the format's name.
const std::map<std::string_view, std::filesystem::path> kExamples = {
    {"sae_lens", ISOGLOSS_GOLDEN_DIR "/sae/jumprelu-sub-none"},
    {"gemma_scope", ISOGLOSS_GOLDEN_DIR "/sae/gemma_scope"},
    {"gemma_scope_2",
     ISOGLOSS_GOLDEN_DIR "/sae/gemma_scope_2/resid_post/layer_5_width_16k_l0_small"},
    {"sparsify", ISOGLOSS_GOLDEN_DIR "/sae/sparsify/topk/layers.3"},
    {"llama_scope", ISOGLOSS_GOLDEN_DIR "/sae/llama_scope/unit"},
    {"llama_scope_r1", ISOGLOSS_GOLDEN_DIR "/sae/llama_scope_r1/unit"},
};

TEST(SaeFormats, KnowTheirOwnFilesAndNoOthers) {
  EXPECT_EQ(kExamples.size(), sae_formats().size());
  for (const auto* format : sae_formats()) {
    ASSERT_TRUE(kExamples.contains(format->name)) << "add an example of " << format->name;
    const auto& folder = kExamples.at(format->name);
    EXPECT_TRUE(is_sae(folder));
    EXPECT_EQ(load_sae(folder).format, format->name);
    for (const auto* other : sae_formats()) {
      const auto is_there = [&](auto name) { return std::filesystem::exists(folder / name); };
      EXPECT_EQ(std::ranges::all_of(other->file_names, is_there), other == format) << other->name;
    }
  }
}

TEST(SaeFormats, HaveFilesToReadAndToHash) {
  for (const auto* format : sae_formats()) {
    const auto& folder = kExamples.at(format->name);
    const auto files = sae_files(folder);
    std::vector<std::string_view> names(format->file_names.begin(), format->file_names.end());
    names.insert(names.end(), format->optional_file_names.begin(),
                 format->optional_file_names.end());
    ASSERT_EQ(files.size(), names.size());
    for (std::size_t i = 0; i < files.size(); ++i) {
      EXPECT_EQ(files[i], folder / names[i]);
      EXPECT_TRUE(std::filesystem::is_regular_file(files[i])) << files[i];
      // A file in the folder stands for all of them.
      EXPECT_TRUE(is_sae(files[i]));
      EXPECT_EQ(sae_files(files[i]), files);
      EXPECT_EQ(sae_folder(files[i]), folder);
    }
  }
  EXPECT_EQ(sae_folder("saes/mine.npz"), "saes/mine.npz");
}

TEST(SaeFormats, AreNamedWhereNoneFits) {
  const TemporaryFolder folder;
  const auto text = folder.write("notes.txt", "x");
  EXPECT_FALSE(is_sae(text));
  EXPECT_FALSE(is_sae(folder.path()));
  for (const auto* format : sae_formats()) {
    const std::string accepted(format->accepted);
    EXPECT_THAT(accepted_saes(), HasSubstr(accepted));
    for (const auto& path : {text, folder.path()}) {
      expect_error([&] { load_sae(path); }, ErrorCode::kBadInput, {accepted.c_str()});
    }
    expect_error([&] { load_sae(folder.path() / "none"); }, ErrorCode::kEnvironment,
                 {accepted.c_str()});
  }
}

TEST(SaeFormats, AreForcedByName) {
  const auto params = kExamples.at("gemma_scope") / "params.npz";
  const TemporaryFolder folder;
  const auto renamed = folder.write("weights.bin", read_text(params));
  EXPECT_FALSE(is_sae(renamed));
  EXPECT_EQ(load_sae(renamed, "gemma_scope").format, "gemma_scope");
  EXPECT_EQ(sae_files(renamed, "gemma_scope"), (std::vector{renamed}));
  expect_error([&] { load_sae(renamed, "gemma_scope_2"); }, ErrorCode::kBadInput, {"weights.bin"});
  expect_error([&] { load_sae(renamed, "sparsify"); }, ErrorCode::kBadInput, {"sae.safetensors"});
  expect_error([&] { load_sae(renamed, "npz"); }, ErrorCode::kUsage, {"npz", "sae_lens"});
}

TEST(SaeFormats, AreAskedForWhereAFolderHoldsTwo) {
  const TemporaryFolder folder;
  for (const auto* format : {"gemma_scope", "gemma_scope_2"}) {
    for (const auto& file : sae_files(kExamples.at(format))) {
      folder.write(file.filename().string(), read_text(file));
    }
  }
  expect_error([&] { load_sae(folder.path()); }, ErrorCode::kBadInput,
               {"gemma_scope", "gemma_scope_2", "--sae-format"});
  EXPECT_EQ(load_sae(folder.path(), "gemma_scope_2").format, "gemma_scope_2");
  EXPECT_EQ(load_sae(folder.path() / "params.npz").format, "gemma_scope");
}

// The formats are the rows of the first table of docs/sae-formats.md, in the same order.
TEST(SaeFormats, AreThoseOfTheDocumentation) {
  std::vector<std::string> documented;
  std::ifstream document(ISOGLOSS_SOURCE_DIR "/docs/sae-formats.md");
  for (std::string line; std::getline(document, line) && !line.starts_with("## ");) {
    if (line.starts_with("| `")) documented.push_back(line.substr(3, line.find('`', 3) - 3));
  }
  std::vector<std::string> declared;
  for (const auto* format : sae_formats()) declared.emplace_back(format->name);
  EXPECT_EQ(documented, declared);
}

}  // namespace
}  // namespace isogloss
