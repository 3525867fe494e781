#include "isogloss/inputs/inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "isogloss/core/error.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/sae/sae.h"
#include "tests/hub/fake_hub.h"
#include "tests/support/program.h"
#include "tests/support/tiny_inputs.h"

namespace isogloss {
namespace {

using ::testing::AllOf;
using testing::content_of;
using testing::FakeHub;
using ::testing::HasSubstr;
using testing::large;

namespace fs = std::filesystem;

class InputsTest : public ::testing::Test {
 protected:
  void expect_refusal(const std::function<void()>& action,
                      const ::testing::Matcher<std::string>& message) {
    try {
      action();
      ADD_FAILURE() << "nothing thrown";
    } catch (const Error& error) {
      EXPECT_THAT(std::string(error.what()), message);
      EXPECT_THAT(std::string(error.what()), ::testing::Not(HasSubstr("isogloss-names-")));
    }
  }

  /// The names of the files in the cache's snapshots.
  std::vector<std::string> fetched() const {
    std::vector<std::string> names;
    for (const auto& file : fs::recursive_directory_iterator(hub_.cache)) {
      if (file.is_symlink()) names.push_back(file.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  FakeHub hub_;
};

TEST_F(InputsTest, APathIsLeftAlone) {
  EXPECT_EQ(fetch_model("some/model.gguf", ModelParts::kRefuse, {}).path, "some/model.gguf");
  EXPECT_EQ(fetch_sae("layer_2", "", {}).origin, "");
  EXPECT_EQ(fetch_corpus("c.tsv", {}, "", {}).path, "c.tsv");
  EXPECT_TRUE(hub_.requests().empty());
}

TEST_F(InputsTest, TheOnlyModelOfARepositoryIsTaken) {
  hub_.add("models/o/m-GGUF", "m-Q8_0.gguf", large());
  hub_.add("models/o/m-GGUF", "mmproj-m.gguf", large());
  hub_.add("models/o/m-GGUF", "README.md", "about");
  const auto model = fetch_model("hf:o/m-GGUF", ModelParts::kRefuse, {});
  EXPECT_EQ(content_of(model.path), large());
  EXPECT_EQ(model.path.filename(), "m-Q8_0.gguf");
  EXPECT_EQ(model.origin,
            "hf:o/m-GGUF/m-Q8_0.gguf@" + model.path.parent_path().filename().string());
  EXPECT_THAT(fetched(), ::testing::ElementsAre("m-Q8_0.gguf"));
}

TEST_F(InputsTest, OfSeveralModelsOneMustBeNamed) {
  hub_.add("models/o/m-GGUF", "m-Q8_0.gguf", large(20'000'000));
  hub_.add("models/o/m-GGUF", "q4/m-Q4_0.gguf", large(10'000'000));
  expect_refusal([] { fetch_model("hf:o/m-GGUF", ModelParts::kRefuse, {}); },
                 AllOf(HasSubstr("holds 2 models: m-Q8_0.gguf (0.02 GB), q4/m-Q4_0.gguf (0.01 GB)"),
                       HasSubstr("--model hf:o/m-GGUF/m-Q8_0.gguf")));
  expect_refusal([] { fetch_model("hf:o/m-GGUF/m-Q5_0.gguf", ModelParts::kRefuse, {}); },
                 HasSubstr("the repository holds m-Q8_0.gguf"));
  EXPECT_EQ(fetch_model("hf:o/m-GGUF/q4/m-Q4_0.gguf@v1", ModelParts::kRefuse, {}).path.filename(),
            "m-Q4_0.gguf");
}

TEST_F(InputsTest, AllPartsOfAModelAreFetched) {
  for (const char* part : {"00001", "00002"}) {
    hub_.add("models/o/m", std::string("m-") + part + "-of-00002.gguf", large() + part);
  }
  hub_.add("models/o/lacking", "m-00002-of-00002.gguf", large());
  expect_refusal([] { fetch_model("hf:o/m", ModelParts::kRefuse, {}); },
                 AllOf(HasSubstr("cut in 2 parts"), HasSubstr("llama-gguf-split")));
  EXPECT_FALSE(fs::exists(hub_.cache / "models--o--m" / "snapshots"));
  EXPECT_EQ(fetch_model("hf:o/m", ModelParts::kFetch, {}).path.filename(), "m-00001-of-00002.gguf");
  EXPECT_EQ(fetched().size(), 2U);
  expect_refusal([] { fetch_model("hf:o/lacking", ModelParts::kRefuse, {}); },
                 HasSubstr("1 of the model's 2 parts"));
}

TEST_F(InputsTest, ARepositoryWithoutAModelIsSaid) {
  hub_.add("models/o/m", "README.md", "about");
  expect_refusal([] { fetch_model("hf:o/m", ModelParts::kRefuse, {}); }, HasSubstr("no GGUF file"));
  expect_refusal([] { fetch_model("hf:gpt2", ModelParts::kRefuse, {}); },
                 HasSubstr("hf:openai-community/gpt2"));
  expect_refusal([] { fetch_model("hf:o/m@", ModelParts::kRefuse, {}); },
                 HasSubstr("name the owner"));
}

TEST_F(InputsTest, WeightsAreConvertedIfTheConverterIsThere) {
  hub_.add("models/o/m", "config.json", "{}");
  hub_.add("models/o/m", "model.safetensors", large());
  hub_.add("models/o/m", "code.py", "print()");
  const testing::Variable cache("XDG_CACHE_HOME", (hub_.folder / "cache").c_str());
  expect_refusal([] { fetch_model("hf:o/m", ModelParts::kRefuse, {}); },
                 HasSubstr("python3 tools/setup/convert_model.py"));
  EXPECT_FALSE(fs::exists(hub_.cache / "models--o--m" / "snapshots"));

  // In the converter's place, a program that copies the weights.
  const auto converter = hub_.folder / "cache" / "isogloss" / "converter";
  fs::create_directories(converter / "bin");
  fs::create_symlink("/bin/sh", converter / "bin" / "python");
  std::ofstream(converter / "complete") << "key";
  std::ofstream(converter / "convert_model.py") << "echo no; exit 1";
  expect_refusal([] { fetch_model("hf:o/m", ModelParts::kRefuse, {}); },
                 HasSubstr("cannot convert it: no"));
  std::ofstream(converter / "convert_model.py")
      << "mkdir -p $(dirname $2) && cp $1/model.safetensors $2";
  const auto model = fetch_model("hf:o/m", ModelParts::kRefuse, {});
  EXPECT_EQ(content_of(model.path), large());
  EXPECT_EQ(model.path.filename(), "m.gguf");
  EXPECT_THAT(fetched(), ::testing::ElementsAre("config.json", "model.safetensors"));

  fs::remove_all(converter);  // not needed any more for this commit
  EXPECT_EQ(fetch_model("hf:o/m", ModelParts::kRefuse, {}).path, model.path);
}

TEST_F(InputsTest, OfAnSaeItsOwnFilesAreFetched) {
  const auto local = hub_.folder / "sae";
  test::write_tiny_sae(local, 4);
  for (const auto& file : fs::directory_iterator(local)) {
    hub_.add("models/o/saes", "layer_1/width_8/" + file.path().filename().string(),
             content_of(file.path()));
    hub_.add("models/o/saes", "layer_2/width_8/" + file.path().filename().string(),
             content_of(file.path()));
  }
  hub_.add("models/o/saes", "layer_1/width_8/notes.txt", "notes");
  const auto sae = fetch_sae("hf:o/saes/layer_1/width_8", "", {});
  EXPECT_EQ(load_sae(sae.path).d_in, 4);
  EXPECT_THAT(sae.origin, HasSubstr("hf:o/saes/layer_1/width_8@"));
  EXPECT_EQ(fetched().size(), 2U);
  expect_refusal([] { fetch_sae("hf:o/saes/layer_3/width_8", "", {}); },
                 HasSubstr("similar: layer_1/width_8, layer_2/width_8"));
  expect_refusal([] { fetch_sae("hf:o/saes/sae", "", {}); },
                 HasSubstr("its folders: layer_1, layer_2"));
  expect_refusal([] { fetch_sae("hf:o/saes", "", {}); }, HasSubstr("hf:o/saes: not an SAE"));
}

TEST_F(InputsTest, OfACorpusOneSplitIsFetched) {
  for (const char* split : {"train", "test"}) {
    for (const char* part : {"0", "1"}) {
      hub_.add(
          "datasets/o/books", std::string("en-es/") + split + "-0000" + part + "-of-00002.jsonl",
          std::string(R"({"translation": {"en": ")") + split + part + R"(", "es": "x"}})" + "\n");
    }
  }
  hub_.add("datasets/o/books", "en-fr/train-00000-of-00001.jsonl",
           R"({"translation": {"en": "a", "fr": "b"}})");
  hub_.add("datasets/o/books", "README.md", "about");
  const auto corpus = fetch_corpus("hf:o/books/en-es", {}, "", {});
  EXPECT_THAT(fetched(),
              ::testing::ElementsAre("train-00000-of-00002.jsonl", "train-00001-of-00002.jsonl"));
  const auto rows =
      read_corpus(corpus.path, {.languages = {}, .n_samples = {}, .clean = false}).rows;
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[1].text[0], "train1");
  EXPECT_EQ(fetch_corpus("hf:datasets/o/books/en-es", {}, "test", {}).path, corpus.path);
  EXPECT_EQ(fetched().size(), 4U);
  expect_refusal([] { fetch_corpus("hf:o/books/en-de", {}, "", {}); }, HasSubstr("similar: en-es"));
}

TEST_F(InputsTest, OfFilesPerLanguageThoseAskedForAreFetched) {
  for (const char* language : {"eng_Latn", "spa_Latn", "fra_Latn"}) {
    hub_.add("datasets/o/flores", std::string("dev/") + language + ".dev", "one\n");
  }
  fetch_corpus("hf:o/flores/dev", {"eng_Latn", "fra_Latn"}, "", {});
  EXPECT_THAT(fetched(), ::testing::ElementsAre("eng_Latn.dev", "fra_Latn.dev"));
}

TEST_F(InputsTest, ARunSaysWhatItWasRunOn) {
  const auto local = hub_.folder / "local";
  const auto words = test::tiny_run(local, hub_.folder / "out", 4);
  hub_.add("models/o/m", "m.gguf", content_of(test::tiny_model()));
  const auto value = [&](const std::string& option) {
    return *std::next(std::ranges::find(words, option));
  };
  hub_.add("datasets/o/c", "c.tsv", content_of(value("--corpus")));
  for (const auto& file : fs::directory_iterator(value("--sae"))) {
    hub_.add("models/o/s", "s/" + file.path().filename().string(), content_of(file.path()));
  }
  auto named = words;
  for (std::size_t i = 0; i + 1 < named.size(); ++i) {
    if (named[i] == "--model") named[i + 1] = "hf:o/m";
    if (named[i] == "--sae") named[i + 1] = "hf:o/s/s";
    if (named[i] == "--corpus") named[i + 1] = "hf:o/c/c.tsv";
  }
  const auto outcome = test::run_program(named, hub_.folder);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto inputs =
      nlohmann::json::parse(content_of(hub_.folder / "out" / "manifest.json"))["inputs"];
  EXPECT_THAT(inputs["model_origin"].get<std::string>(),
              ::testing::MatchesRegex("hf:o/m/m.gguf@[0-9a-f]+"));
  EXPECT_THAT(inputs["sae_origin"].get<std::string>(),
              ::testing::MatchesRegex("hf:o/s/s@[0-9a-f]+"));
  EXPECT_THAT(inputs["corpus_origin"].get<std::string>(),
              ::testing::MatchesRegex("hf:o/c/c.tsv@[0-9a-f]+"));
}

TEST_F(InputsTest, PullPrintsWhereThingsAre) {
  hub_.add("datasets/o/c", "c.tsv", "en\tes\na\tb\n");
  const auto outcome =
      test::run_program({"pull", "--corpus", "hf:o/c/c.tsv", "--json"}, hub_.folder);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.err;
  const auto pulled = nlohmann::json::parse(outcome.out);
  EXPECT_EQ(content_of(pulled[0]["path"].get<std::string>()), "en\tes\na\tb\n");
  EXPECT_EQ(test::run_program({"pull"}, hub_.folder).exit_code, 2);
  EXPECT_EQ(test::run_program({"pull", "--corpus", "c.tsv"}, hub_.folder).exit_code, 2);
}

}  // namespace
}  // namespace isogloss
