#include "isogloss/store/manifest.h"

#include "isogloss/core/file.h"
#include "isogloss/core/json_depth.h"
#include "isogloss/core/json_text.h"
#include "isogloss/store/limits.h"
#include "isogloss/store/manifest_fields_internal.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int32_t kSchemaVersion = 1;

Json file_json(const HashedFile& file) { return {{"path", file.path}, {"sha256", file.sha256}}; }

Json files_json(const std::vector<HashedFile>& files) {
  Json list = Json::array();
  for (const auto& file : files) list.push_back(file_json(file));
  return list;
}

template <class T>
Json or_null(const std::optional<T>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json inputs_json(const ExtractionInputs& inputs) {
  return {{"isogloss_version", inputs.isogloss_version},
          {"llama_version", inputs.llama_version},
          {"model", file_json(inputs.model)},
          {"model_origin", inputs.model_origin},
          {"sae_path", inputs.sae_path},
          {"sae_origin", inputs.sae_origin},
          {"sae_name", inputs.sae_name},
          {"sae_settings", inputs.sae_settings},
          {"sae", files_json(inputs.sae)},
          {"corpus_path", inputs.corpus_path},
          {"corpus_origin", inputs.corpus_origin},
          {"corpus", files_json(inputs.corpus)},
          {"hook", inputs.hook},
          {"languages", inputs.languages},
          {"n_samples", or_null(inputs.n_samples)},
          {"seed", inputs.seed},
          {"clean", inputs.clean},
          {"truncate", inputs.truncate},
          {"bos", to_string(inputs.bos)},
          {"skip_self_check", inputs.skip_self_check},
          {"imported", inputs.imported},
          {"count_padding", inputs.count_padding},
          {"exact", inputs.exact},
          {"max_tokens_per_batch", inputs.max_tokens_per_batch},
          {"n_threads", inputs.n_threads},
          {"n_gpu_layers", inputs.n_gpu_layers}};
}

Json shards_json(const std::vector<ShardRange>& shards) {
  Json list = Json::array();
  for (const auto& shard : shards) {
    list.push_back(
        {{"first_row", shard.first_row}, {"n_rows", shard.n_rows}, {"n_tokens", shard.n_tokens}});
  }
  return list;
}

Json self_check_json(const std::optional<SelfCheck>& check) {
  if (!check) return nullptr;
  return {{"n_tokens", check->n_tokens},
          {"fvu", check->fvu},
          {"l0", check->l0},
          {"dead_share", check->dead_share}};
}

Json scoring_json(const std::optional<ScoringOptions>& scoring) {
  if (!scoring) return nullptr;
  return {{"shrinkage_lambda", scoring->shrinkage_lambda},
          {"beta", or_null(scoring->beta)},
          {"null_model", to_string(scoring->null_model)},
          {"fdr", to_string(scoring->fdr)},
          {"fdr_level", scoring->fdr_level},
          {"max_permutations", scoring->max_permutations},
          {"max_t_permutations", scoring->max_t_permutations},
          {"n_bootstrap", scoring->n_bootstrap},
          {"seed", scoring->seed},
          {"measures", scoring->measures}};
}

Json manifest_json(const Manifest& manifest) {
  return {{"schema_version", kSchemaVersion},
          {"extraction_complete", manifest.extraction_complete},
          {"inputs", inputs_json(manifest.inputs)},
          {"model",
           {{"architecture", manifest.model_architecture},
            {"name", manifest.model_name},
            {"d_model", manifest.d_model},
            {"first_token", manifest.first_token},
            {"centered", manifest.centered}}},
          {"sae",
           {{"format", manifest.sae_format},
            {"activation", manifest.sae_activation},
            {"normalization", manifest.sae_normalization},
            {"apply_b_dec_to_input", manifest.apply_b_dec_to_input},
            {"n_features", manifest.n_features},
            {"neuronpedia_id", manifest.neuronpedia_id},
            {"expected_l0", manifest.expected_l0}}},
          {"rows",
           {{"read", manifest.n_rows_read},
            {"dropped",
             {{"empty", manifest.dropped.empty},
              {"duplicate", manifest.dropped.duplicate},
              {"identical", manifest.dropped.identical},
              {"length_ratio", manifest.dropped.length_ratio}}},
            {"truncated_sentences", manifest.n_truncated},
            {"kept", manifest.n_sentences}}},
          {"shards", shards_json(manifest.shards)},
          {"self_check", self_check_json(manifest.self_check)},
          {"scoring", scoring_json(manifest.scoring)}};
}

HashedFile read_file(const JsonFields& fields) {
  return {fields.text("path"), fields.text("sha256")};
}

std::vector<HashedFile> read_files(const std::vector<JsonFields>& list) {
  std::vector<HashedFile> files;
  for (const auto& fields : list) files.push_back(read_file(fields));
  return files;
}

ExtractionInputs read_inputs(const JsonFields& fields) {
  ExtractionInputs inputs;
  inputs.isogloss_version = fields.text("isogloss_version");
  inputs.llama_version = fields.text("llama_version");
  inputs.model = read_file(fields.object("model"));
  inputs.sae_path = fields.text("sae_path");
  inputs.sae = read_files(fields.objects("sae"));
  inputs.corpus_path = fields.text("corpus_path");
  inputs.corpus = read_files(fields.objects("corpus"));
  inputs.hook = fields.text("hook");
  inputs.languages = fields.texts("languages");
  if (!fields.is_null("n_samples")) inputs.n_samples = fields.integer<std::int64_t>("n_samples");
  inputs.seed = fields.integer<std::uint64_t>("seed");
  inputs.clean = fields.boolean("clean");
  inputs.truncate = fields.boolean("truncate");
  if (fields.has("bos")) {  // absent in older folders
    const auto bos = bos_rule_from(fields.text("bos"));
    if (!bos) fields.reject("bos", "tokenizer, always or never");
    inputs.bos = *bos;
  }
  inputs.skip_self_check = fields.boolean("skip_self_check");
  if (fields.has("model_origin")) {  // absent in older folders
    inputs.model_origin = fields.text("model_origin");
    inputs.sae_origin = fields.text("sae_origin");
    inputs.corpus_origin = fields.text("corpus_origin");
    inputs.sae_name = fields.text("sae_name");
    inputs.sae_settings = fields.text("sae_settings");
  }
  if (fields.has("imported")) inputs.imported = fields.text("imported");
  if (fields.has("count_padding")) inputs.count_padding = fields.boolean("count_padding");
  if (fields.has("exact")) inputs.exact = fields.boolean("exact");  // absent in older folders
  inputs.max_tokens_per_batch = fields.integer<std::int32_t>("max_tokens_per_batch");
  inputs.n_threads = fields.integer<std::int32_t>("n_threads");
  inputs.n_gpu_layers = fields.integer<std::int32_t>("n_gpu_layers");
  return inputs;
}

void read_model_and_sae(const JsonFields& fields, Manifest& manifest) {
  const auto model = fields.object("model");
  manifest.model_architecture = model.text("architecture");
  manifest.model_name = model.text("name");
  manifest.d_model = model.integer<std::int32_t>("d_model");
  if (model.has("first_token")) manifest.first_token = model.text("first_token");
  if (model.has("centered")) manifest.centered = model.boolean("centered");
  const auto sae = fields.object("sae");
  manifest.sae_format = sae.text("format");
  manifest.sae_activation = sae.text("activation");
  manifest.sae_normalization = sae.text("normalization");
  manifest.apply_b_dec_to_input = sae.boolean("apply_b_dec_to_input");
  manifest.n_features = sae.integer<std::int32_t>("n_features");
  if (manifest.n_features > kMostFeatures) {
    sae.reject("n_features", fmt::format("at most {}", kMostFeatures));
  }
  manifest.neuronpedia_id = sae.text("neuronpedia_id");
  if (sae.has("expected_l0")) manifest.expected_l0 = sae.number("expected_l0", 0);
}

void read_rows(const JsonFields& rows, Manifest& manifest) {
  manifest.n_rows_read = rows.integer<std::int64_t>("read");
  const auto dropped = rows.object("dropped");
  manifest.dropped.empty = dropped.integer<std::int64_t>("empty");
  manifest.dropped.duplicate = dropped.integer<std::int64_t>("duplicate");
  manifest.dropped.identical = dropped.integer<std::int64_t>("identical");
  manifest.dropped.length_ratio = dropped.integer<std::int64_t>("length_ratio");
  manifest.n_truncated = rows.integer<std::int64_t>("truncated_sentences");
  manifest.n_sentences = rows.integer<std::int32_t>("kept");
}

std::vector<ShardRange> read_shards(const std::vector<JsonFields>& list) {
  std::vector<ShardRange> shards;
  std::int32_t next_row = 0;
  for (const auto& fields : list) {
    const ShardRange shard{fields.integer<std::int32_t>("first_row"),
                           fields.integer<std::int32_t>("n_rows"),
                           fields.integer<std::int64_t>("n_tokens")};
    if (shard.first_row != next_row) {
      fields.reject("first_row", fmt::format("{}, where the shard before ends", next_row));
    }
    if (shard.n_rows > std::numeric_limits<std::int32_t>::max() - next_row) {
      fields.reject("n_rows", "smaller");
    }
    next_row += shard.n_rows;
    shards.push_back(shard);
  }
  return shards;
}

ScoringOptions read_scoring(const JsonFields& fields) {
  ScoringOptions options;
  options.shrinkage_lambda = fields.number("shrinkage_lambda", 0);
  if (!fields.is_null("beta")) {
    options.beta = fields.number("beta", std::numeric_limits<double>::lowest());
  }
  const auto null_model = null_model_from(fields.text("null_model"));
  if (!null_model) fields.reject("null_model", "plain, length or length-document");
  options.null_model = *null_model;
  const auto fdr = fdr_procedure_from(fields.text("fdr"));
  if (!fdr) fields.reject("fdr", "bh or by");
  options.fdr = *fdr;
  options.fdr_level = fields.number("fdr_level", 0);
  options.max_permutations = fields.integer<std::int32_t>("max_permutations");
  options.max_t_permutations = fields.integer<std::int32_t>("max_t_permutations");
  options.n_bootstrap = fields.integer<std::int32_t>("n_bootstrap");
  options.seed = fields.integer<std::uint64_t>("seed");
  options.measures = fields.texts("measures");
  return options;
}

void read_results(const JsonFields& fields, Manifest& manifest) {
  if (!fields.is_null("self_check")) {
    const auto check = fields.object("self_check");
    manifest.self_check =
        SelfCheck{check.integer<std::int64_t>("n_tokens"), check.number_or_nan("fvu"),
                  check.number_or_nan("l0"), check.number_or_nan("dead_share")};
  }
  if (!fields.is_null("scoring")) manifest.scoring = read_scoring(fields.object("scoring"));
}

Manifest parse_manifest(const std::filesystem::path& path, std::string_view text) {
  if (nests_too_deep(text)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: lists or objects stand in one another more than {} deep; restore "
                            "the file or extract into another folder",
                            path.string(), kMaxJsonDepth));
  }
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: not JSON from byte {} on; restore the file or extract into another "
                    "folder",
                    path.string(), error.byte));
  } catch (const Json::out_of_range&) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds a number too large to be one; restore the file or extract "
                            "into another folder",
                            path.string()));
  }
  const JsonFields fields(path, json);
  if (fields.integer<std::int32_t>("schema_version") != kSchemaVersion) {
    fields.reject("schema_version", fmt::format("{}, the one this program reads", kSchemaVersion));
  }
  Manifest manifest;
  manifest.extraction_complete = fields.boolean("extraction_complete");
  manifest.inputs = read_inputs(fields.object("inputs"));
  read_model_and_sae(fields, manifest);
  read_rows(fields.object("rows"), manifest);
  manifest.shards = read_shards(fields.objects("shards"));
  read_results(fields, manifest);
  return manifest;
}

}  // namespace

void write_manifest(const ResultFolder& folder, const Manifest& manifest) {
  write_file_atomically(folder.manifest(), json_text(manifest_json(manifest), 2) + "\n");
}

std::optional<Manifest> read_manifest(const ResultFolder& folder) {
  if (!std::filesystem::exists(folder.manifest())) return std::nullopt;
  return parse_manifest(folder.manifest(), MappedFile(folder.manifest()).text());
}

}  // namespace isogloss
