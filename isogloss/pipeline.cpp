#include "isogloss/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/version.h"
#include "isogloss/extraction.h"
#include "isogloss/interpret.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/report/page.h"
#include "isogloss/report/scores_file.h"
#include "isogloss/score/score_table.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

/// Small enough that an interruption costs little, large enough that a corpus is few files.
constexpr std::int64_t kTokensPerShard = 8192;

std::vector<HashedFile> hashed(const std::vector<std::filesystem::path>& files) {
  std::vector<HashedFile> result;
  for (const auto& file : files) result.push_back({file.string(), cached_sha256_of_file(file)});
  return result;
}

ExtractionInputs describe_inputs(const ExtractOptions& options, const Corpus& corpus) {
  ExtractionInputs inputs;
  inputs.isogloss_version = version();
  inputs.llama_version = llama_version();
  inputs.model = hashed({options.model}).front();
  inputs.sae = hashed(sae_files(options.sae));
  inputs.corpus = hashed(corpus_files(options.corpus, corpus.languages));
  inputs.corpus_path = options.corpus.string();
  inputs.sae_path = options.sae.string();
  inputs.languages = corpus.languages;
  inputs.n_samples = options.corpus_options.n_samples;
  inputs.seed = options.corpus_options.seed;
  inputs.clean = options.corpus_options.clean;
  inputs.truncate = options.truncate;
  inputs.skip_self_check = options.skip_self_check;
  inputs.n_gpu_layers = options.n_gpu_layers;
  inputs.max_tokens_per_batch = options.max_tokens_per_batch > 0
                                    ? options.max_tokens_per_batch
                                    : LlamaOptions{}.max_tokens_per_batch;
  inputs.n_threads =
      options.n_threads > 0
          ? options.n_threads
          : std::max(1, static_cast<std::int32_t>(std::thread::hardware_concurrency()));
  return inputs;
}

std::string resolve_hook(const std::string& asked, const Sae& sae, const std::string& sae_path) {
  if (asked.empty() && sae.hook_name.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: the SAE does not name its hook point; give one, e.g. --hook "
                            "blocks.12.hook_resid_post",
                            sae_path));
  }
  return asked.empty() ? sae.hook_name : asked;
}

/// The manifest of the run `inputs` describe in this folder, or nullopt if the folder is free for a
/// new one. A run of which no shard is finished has nothing to lose and makes way.
std::optional<Manifest> find_run(const ResultFolder& folder, const ExtractionInputs& inputs) {
  auto manifest = read_manifest(folder);
  if (!manifest) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder.root, error)) {
      const auto name = entry.path().filename().string();
      if (name == "sequences.parquet" || name.ends_with(".part")) continue;
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: holds {} but no manifest.json, so it is no result folder; give "
                              "another --output",
                              folder.root.string(), name));
    }
    return std::nullopt;
  }
  const auto differing = differing_fields(manifest->inputs, inputs);
  if (differing.empty()) return manifest;
  if (!manifest->extraction_complete && !shard_is_finished(folder, 0)) return std::nullopt;
  throw Error(ErrorCode::kBadInput, fmt::format("{}: holds another run (it differs in {}); give "
                                                "another --output, or delete that folder",
                                                folder.root.string(), fmt::join(differing, ", ")));
}

void describe_sae(const Sae& sae, Manifest& manifest) {
  manifest.n_features = sae.n_features;
  manifest.sae_format = sae.format;
  manifest.sae_activation = to_string(sae.activation);
  manifest.sae_normalization = to_string(sae.normalization);
  manifest.apply_b_dec_to_input = sae.apply_b_dec_to_input;
  manifest.neuronpedia_id = sae.neuronpedia_id;
}

void describe_corpus(const Corpus& corpus, Manifest& manifest) {
  manifest.n_rows_read = corpus.n_rows_read;
  manifest.dropped = corpus.dropped;
  manifest.n_sentences = static_cast<std::int32_t>(corpus.rows.size());
}

/// Of "global", then of each language, in two passes over the values.
std::vector<ThresholdState::Result> find_thresholds(const ResultFolder& folder,
                                                    const std::vector<std::string>& languages,
                                                    const RunControl& control) {
  std::vector<ThresholdState> states(languages.size() + 1);
  const auto pass = [&] {
    visit_activation_values(folder, languages, [&](std::int32_t language, auto values) {
      control.throw_if_stopped();
      states.front().add(values);
      states[static_cast<std::size_t>(language) + 1].add(values);
    });
  };
  pass();
  for (auto& state : states) state.begin_second_pass();
  pass();
  std::vector<ThresholdState::Result> thresholds;
  for (const auto& state : states) thresholds.push_back(state.finalize());
  return thresholds;
}

}  // namespace

Manifest extract(const ExtractOptions& options, const RunControl& control) {
  const ResultFolder folder{options.output};
  auto sae = load_sae(options.sae);
  const auto corpus = read_corpus(options.corpus, options.corpus_options);
  auto inputs = describe_inputs(options, corpus);
  inputs.hook = resolve_hook(options.hook, sae, inputs.sae_path);

  auto found = find_run(folder, inputs);
  if (found && found->extraction_complete) return *found;
  Manifest manifest = found.value_or(Manifest{});
  manifest.inputs = inputs;

  const auto model = inspect_gguf(options.model);
  if (model.d_model != sae.d_in) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: reads {} numbers a token, but {} has d_model {}; use an SAE of "
                            "this model",
                            inputs.sae_path, sae.d_in, inputs.model.path, model.d_model));
  }
  manifest.model_architecture = model.architecture;
  manifest.model_name = model.name;
  manifest.d_model = model.d_model;
  describe_sae(sae, manifest);
  describe_corpus(corpus, manifest);

  Encoder encoder(sae, inputs.n_threads, inputs.n_gpu_layers > 0);
  release(sae.w_enc);  // the encoder has its own copy
  if (inputs.skip_self_check) {
    release(sae.w_dec);
    control.warning("the self-check is skipped: nothing says that this SAE belongs to this layer");
  }
  const auto source =
      open_llama_source(options.model, parse_hook_point(inputs.hook),
                        {inputs.n_threads, inputs.n_gpu_layers, inputs.max_tokens_per_batch});
  if (!sae.hook_name.empty() && inputs.hook != sae.hook_name) {
    control.warning(
        fmt::format("{}: trained on {}, used on {}", inputs.sae_path, sae.hook_name, inputs.hook));
  }
  if (!found) {
    std::filesystem::create_directories(folder.root);
    const auto lengths =
        tokenize_corpus(*source, corpus, folder, inputs.truncate, manifest.n_truncated, control);
    manifest.shards =
        plan_shards(lengths, static_cast<std::int32_t>(corpus.languages.size()), kTokensPerShard);
    write_manifest(folder, manifest);
  }
  std::filesystem::create_directories(folder.activations());
  std::filesystem::create_directories(folder.maxima());
  extract_shards(*source, sae, encoder, corpus, folder, manifest, control);
  manifest.extraction_complete = true;
  write_manifest(folder, manifest);
  return manifest;
}

Manifest score(const ResultFolder& folder, const ScoringOptions& options,
               const RunControl& control) {
  auto manifest = require_complete(folder);
  if (manifest.scoring) {
    manifest.scoring.reset();
    write_manifest(folder, manifest);
  }
  std::filesystem::remove(folder.report());
  const auto& languages = manifest.inputs.languages;
  const auto maxima = read_maxima(folder, manifest.n_features, languages);

  const auto thresholds = find_thresholds(folder, languages, control);
  const auto groups = threshold_series(maxima, thresholds);
  write_file_atomically(folder.statistics(), statistics_json(groups));
  write_scores(folder, score_features(maxima, options, control));
  manifest.scoring = options;
  write_manifest(folder, manifest);
  return manifest;
}

bool is_scored(const ResultFolder& folder, const Manifest& manifest,
               const ScoringOptions& options) {
  return manifest.scoring == options && std::filesystem::exists(folder.scores_parquet()) &&
         std::filesystem::exists(folder.scores_csv()) &&
         std::filesystem::exists(folder.statistics());
}

bool is_reported(const ResultFolder& folder, const Manifest& manifest,
                 const ScoringOptions& options) {
  return is_scored(folder, manifest, options) && std::filesystem::exists(folder.report());
}

void report(const ResultFolder& folder, const RunControl& control) {
  const auto manifest = require_complete(folder);
  if (!manifest.scoring) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: not scored yet; run isogloss score {}",
                                                  folder.root.string(), folder.root.string()));
  }
  const auto maxima = read_maxima(folder, manifest.n_features, manifest.inputs.languages);
  const auto groups = read_statistics(folder.statistics(), manifest.inputs.languages);
  const auto table = read_scores(folder);
  interpret(folder, manifest, features_on_page(table), control);
  write_report(folder, manifest, table, groups, maxima, control);
}

}  // namespace isogloss
