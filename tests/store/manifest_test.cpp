#include "isogloss/store/manifest.h"

#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Manifest full_manifest() {
  Manifest manifest;
  manifest.extraction_complete = true;
  manifest.inputs = {.isogloss_version = "0.1.0",
                     .llama_version = "0.5.0 (b1)",
                     .model = {"m/модель.gguf", "aa"},
                     .sae = {{"sae/cfg.json", "bb"}, {"sae/sae_weights.safetensors", "cc"}},
                     .corpus = {{"c.tsv", "dd"}},
                     .corpus_path = "c.tsv",
                     .sae_path = "sae",
                     .hook = "blocks.12.hook_resid_post",
                     .languages = {"en", "es"},
                     .n_samples = 500,
                     .seed = 18446744073709551615u,
                     .clean = false,
                     .truncate = true,
                     .bos = BosRule::kAlways,
                     .skip_self_check = true,
                     .imported = "gomez2024",
                     .count_padding = true,
                     .exact = true,
                     .max_tokens_per_batch = 512,
                     .n_threads = 2,
                     .n_gpu_layers = 99};
  manifest.model_architecture = "gemma3";
  manifest.first_token = "<|endoftext|>";
  manifest.centered = true;
  manifest.model_name = "Gemma 3 270M";
  manifest.d_model = 640;
  manifest.n_features = 16384;
  manifest.sae_format = "sae_lens";
  manifest.sae_activation = "jumprelu";
  manifest.sae_normalization = "none";
  manifest.apply_b_dec_to_input = true;
  manifest.neuronpedia_id = "gemma-3-270m/12";
  manifest.n_rows_read = 5000000000;
  manifest.dropped = {1, 2, 3, 4};
  manifest.n_truncated = 5;
  manifest.n_sentences = 12;
  manifest.shards = {{0, 7, 900}, {7, 5, 6000000000}};
  manifest.self_check = SelfCheck{4096, 0.1, 61.25, 1.0 / 3};
  manifest.scoring = ScoringOptions{.shrinkage_lambda = 5,
                                    .beta = -1e-9,
                                    .null_model = NullModel::kLength,
                                    .fdr = FdrProcedure::kBenjaminiYekutieli,
                                    .fdr_level = 0.01,
                                    .max_permutations = 7,
                                    .max_t_permutations = 8,
                                    .n_bootstrap = 9,
                                    .seed = 10,
                                    .measures = {"jaccard", "phi"}};
  return manifest;
}

class ManifestTest : public StoreTest {
 protected:
  const Json& full_json() {
    if (full_json_.is_null()) {
      write_manifest(folder_, full_manifest());
      full_json_ = Json::parse(read_bytes(folder_.manifest()));
    }
    return full_json_;
  }

  /// Writes a full manifest after `change` to its JSON; returns the error of reading it.
  template <class Change>
  std::string error_after(const Change& change) {
    Json json = full_json();
    change(json);
    write_bytes(folder_.manifest(), json.dump());
    const auto error = error_of([&] { read_manifest(folder_); });
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr(folder_.manifest().string()));
    return error.what();
  }

 private:
  Json full_json_;
};

TEST_F(ManifestTest, EveryFieldComesBack) {
  const auto written = full_manifest();
  write_manifest(folder_, written);
  const auto found = read_manifest(folder_).value();
  EXPECT_EQ(found.extraction_complete, written.extraction_complete);
  EXPECT_EQ(found.inputs, written.inputs);
  EXPECT_EQ(found.model_architecture, written.model_architecture);
  EXPECT_EQ(found.first_token, written.first_token);
  EXPECT_EQ(found.centered, written.centered);
  EXPECT_EQ(found.model_name, written.model_name);
  EXPECT_EQ(found.d_model, written.d_model);
  EXPECT_EQ(found.n_features, written.n_features);
  EXPECT_EQ(found.sae_format, written.sae_format);
  EXPECT_EQ(found.sae_activation, written.sae_activation);
  EXPECT_EQ(found.sae_normalization, written.sae_normalization);
  EXPECT_EQ(found.apply_b_dec_to_input, written.apply_b_dec_to_input);
  EXPECT_EQ(found.neuronpedia_id, written.neuronpedia_id);
  EXPECT_EQ(found.n_rows_read, written.n_rows_read);
  EXPECT_EQ(found.dropped.empty, 1);
  EXPECT_EQ(found.dropped.duplicate, 2);
  EXPECT_EQ(found.dropped.identical, 3);
  EXPECT_EQ(found.dropped.length_ratio, 4);
  EXPECT_EQ(found.n_truncated, written.n_truncated);
  EXPECT_EQ(found.n_sentences, written.n_sentences);
  EXPECT_EQ(found.shards, written.shards);
  EXPECT_EQ(found.self_check->n_tokens, 4096);
  EXPECT_EQ(found.self_check->fvu, 0.1);
  EXPECT_EQ(found.self_check->l0, 61.25);
  EXPECT_EQ(found.self_check->dead_share, 1.0 / 3);
  EXPECT_EQ(found.scoring, written.scoring);
}

TEST_F(ManifestTest, AbsentPartsStayAbsentAndBytesRepeat) {
  const Manifest bare;
  write_manifest(folder_, bare);
  const auto bytes = read_bytes(folder_.manifest());
  const auto found = read_manifest(folder_).value();
  EXPECT_FALSE(found.inputs.n_samples || found.self_check || found.scoring);
  write_manifest(folder_, found);
  EXPECT_EQ(read_bytes(folder_.manifest()), bytes);
  EXPECT_THAT(bytes, testing::StartsWith("{\n  \"schema_version\": 1,"));
}

TEST_F(ManifestTest, WhatJsonCannotHoldIsStillWritten) {
  auto manifest = full_manifest();
  manifest.inputs.model.path = "bad\xFFname";
  manifest.self_check->fvu = std::nan("");
  write_manifest(folder_, manifest);
  const auto found = read_manifest(folder_).value();
  EXPECT_EQ(found.inputs.model.path, "bad\uFFFDname");
  EXPECT_TRUE(std::isnan(found.self_check->fvu));
}

TEST_F(ManifestTest, NoManifestIsNoError) { EXPECT_FALSE(read_manifest(folder_).has_value()); }

TEST_F(ManifestTest, TruncatedJsonIsRefusedAtEveryLength) {
  write_manifest(folder_, full_manifest());
  const auto whole = read_bytes(folder_.manifest());
  for (std::size_t length = 0; length + 2 < whole.size(); ++length) {
    write_bytes(folder_.manifest(), whole.substr(0, length));
    EXPECT_EQ(error_of([&] { read_manifest(folder_); }).code(), ErrorCode::kBadInput);
  }
}

TEST_F(ManifestTest, NumbersBeyondEveryTypeAreRefused) {
  write_bytes(folder_.manifest(), R"({"schema_version": 1e999})");
  const auto error = error_of([&] { read_manifest(folder_); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("number too large"));
}

/// Fields that folders of an earlier version lack.
const std::set<std::string> kLaterFields = {"exact",         "bos",         "imported",
                                            "count_padding", "first_token", "centered",
                                            "model_origin",  "expected_l0"};

TEST_F(ManifestTest, FieldsThatEarlierFoldersLackHaveTheValuesOfTheirTime) {
  auto json = full_json();
  for (const auto* part : {"inputs", "model"}) {
    for (const auto& name : kLaterFields) json[part].erase(name);
  }
  write_bytes(folder_.manifest(), json.dump());
  const auto found = read_manifest(folder_).value();
  EXPECT_EQ(found.inputs.bos, BosRule::kTokenizer);
  EXPECT_EQ(found.inputs.imported, "");
  EXPECT_FALSE(found.inputs.count_padding);
  EXPECT_EQ(found.first_token, "");
  EXPECT_FALSE(found.centered);
}

TEST_F(ManifestTest, EveryMissingFieldIsNamed) {
  const auto flat = full_json().flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const Json::json_pointer place(pointer);
    if (std::isdigit(static_cast<unsigned char>(place.back().front()))) continue;
    if (kLaterFields.contains(place.back())) continue;
    const auto message =
        error_after([&](Json& json) { json[place.parent_pointer()].erase(place.back()); });
    EXPECT_THAT(message, HasSubstr(place.back() + " must be there"));
  }
}

TEST_F(ManifestTest, EveryFieldOfAnotherTypeIsNamed) {
  const auto flat = full_json().flatten();
  for (const auto& [pointer, value] : flat.items()) {
    const Json::json_pointer place(pointer);
    const auto message = error_after([&](Json& json) { json[place] = Json::array({1, 2}); });
    EXPECT_THAT(message, HasSubstr(" must be ")) << pointer;
  }
}

TEST_F(ManifestTest, ValuesOutOfRangeAreNamedWithTheirPlace) {
  EXPECT_THAT(error_after([](Json& json) { json["schema_version"] = 2; }),
              HasSubstr("schema_version must be 1"));
  EXPECT_THAT(error_after([](Json& json) { json["model"]["d_model"] = -1; }),
              HasSubstr("model.d_model must be an integer from 0"));
  EXPECT_THAT(error_after([](Json& json) { json["sae"]["n_features"] = 3000000000; }),
              HasSubstr("sae.n_features must be an integer from 0 to 2147483647"));
  EXPECT_THAT(error_after([](Json& json) { json["sae"]["n_features"] = 16777217; }),
              HasSubstr("sae.n_features must be at most 16777216"));
  EXPECT_THAT(error_after([](Json& json) { json["shards"][1]["first_row"] = 6; }),
              HasSubstr("shards[1].first_row must be 7"));
  EXPECT_THAT(error_after([](Json& json) { json["shards"][1]["n_rows"] = 2147483647; }),
              HasSubstr("shards[1].n_rows"));
  EXPECT_THAT(error_after([](Json& json) { json["scoring"]["null_model"] = "none"; }),
              HasSubstr("scoring.null_model must be plain, length or length-document"));
  EXPECT_THAT(error_after([](Json& json) { json["scoring"]["shrinkage_lambda"] = -0.5; }),
              HasSubstr("scoring.shrinkage_lambda must be a number of at least 0"));
  EXPECT_THAT(error_after([](Json& json) { json["inputs"]["languages"][0] = 4; }),
              HasSubstr("inputs.languages must be a list of strings"));
}

TEST(DifferingFieldsTest, ComparesContentNotPaths) {
  const auto a = full_manifest().inputs;
  auto b = a;
  b.model.path = b.sae[0].path = b.corpus[0].path = b.corpus_path = b.sae_path = "elsewhere";
  EXPECT_THAT(differing_fields(a, b), IsEmpty());
  b.model.sha256 = b.sae[1].sha256 = b.corpus[0].sha256 = "other";
  EXPECT_THAT(differing_fields(a, b), ElementsAre("model", "sae", "corpus"));
}

TEST(DifferingFieldsTest, NamesEveryOption) {
  const auto a = full_manifest().inputs;
  auto b = a;
  b.isogloss_version = b.llama_version = b.hook = "other";
  b.languages = {"es", "en"};
  b.n_samples = 501;
  b.seed = 1;
  b.clean = true;
  b.truncate = b.skip_self_check = b.count_padding = b.exact = false;
  b.bos = BosRule::kNever;
  b.imported = "";
  b.max_tokens_per_batch = b.n_threads = b.n_gpu_layers = 1;
  EXPECT_THAT(differing_fields(a, b),
              ElementsAre("isogloss_version", "llama_version", "hook", "languages", "n_samples",
                          "seed", "clean", "truncate", "bos", "imported", "count_padding",
                          "skip_self_check", "exact", "max_tokens_per_batch", "n_gpu_layers"));
}

TEST(DifferingFieldsTest, TheSeedCountsOnlyForADraw) {
  auto a = full_manifest().inputs;
  a.n_samples = std::nullopt;
  auto b = a;
  b.seed = 7;
  EXPECT_THAT(differing_fields(a, b), IsEmpty());
}

TEST_F(ManifestTest, RefusesWhatNestsTooDeep) {
  const std::string deep = std::string(3'000'000, '[') + std::string(3'000'000, ']');
  std::ofstream(folder_.manifest()) << "{\"inputs\": " << deep << "}";
  EXPECT_THAT(error_of([&] { read_manifest(folder_); }).what(), HasSubstr("more than 100 deep"));
}

TEST_F(ManifestTest, OnlyAWholeExtractionIsComplete) {
  EXPECT_THAT(error_of([&] { require_complete(folder_); }).what(), HasSubstr("manifest.json"));
  auto manifest = full_manifest();
  manifest.extraction_complete = false;
  write_manifest(folder_, manifest);
  EXPECT_THAT(error_of([&] { require_complete(folder_); }).what(), HasSubstr("not finished"));
  manifest.extraction_complete = true;
  write_manifest(folder_, manifest);
  EXPECT_THAT(error_of([&] { require_complete(folder_); }).what(), HasSubstr("sequences.parquet"));
  write_samples({0});
  write_shard(folder_, 0, languages_, {});
  EXPECT_THAT(error_of([&] { require_complete(folder_); }).what(), HasSubstr("part-00001.parquet"));
  write_shard(folder_, 1, languages_, {});
  EXPECT_EQ(require_complete(folder_).n_sentences, 12);
}

}  // namespace
}  // namespace isogloss
