#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "isogloss/core/available_memory.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/folder_lock.h"
#include "isogloss/core/stopwatch.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/pipeline/find_targets.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/pipeline/run_folders.h"
#include "isogloss/pipeline/shard_loop.h"
#include "isogloss/pipeline/target_checks.h"
#include "isogloss/pipeline/tokenize.h"
#include "isogloss/pipeline/training_conditions.h"
#include "isogloss/pipeline/workers.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

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

void describe_model(const ModelInfo& model, Manifest& manifest) {
  manifest.model_architecture = model.architecture;
  manifest.model_name = model.name;
  manifest.d_model = model.d_model;
}

/// Puts an encoder beside every SAE that `targets` use.
void make_encoders(std::span<ExtractionTarget> targets) {
  for (auto& target : targets) {
    auto& [sae, encoders] = *target.sae;
    if (!encoders.empty()) continue;
    const auto& inputs = target.manifest.inputs;
    encoders.emplace_back(sae, inputs.n_threads, inputs.n_gpu_layers > 0);
    release(sae.w_enc);  // the encoder has its own copy
    if (inputs.skip_self_check) release(sae.w_dec);
  }
}

WorkerPlan choose_workers(const ActivationSource& source,
                          std::span<const ExtractionTarget> targets) {
  const auto& manifest = targets.front().manifest;
  if (manifest.inputs.n_gpu_layers > 0) return {1, manifest.inputs.n_threads};
  std::int64_t n_batches = 0;  // at least
  for (const auto& shard : manifest.shards) {
    n_batches +=
        (shard.n_tokens + source.max_tokens_per_batch() - 1) / source.max_tokens_per_batch();
  }
  std::uint64_t memory = source.working_memory();
  for (const auto& target : targets) memory += target.sae->encoders.front().working_memory();
  return plan_workers(manifest.inputs.n_threads, n_batches, memory, available_memory() / 2);
}

/// A source for every worker, and encoders beside the SAEs.
std::vector<std::unique_ptr<ActivationSource>> make_workers(const ActivationSource& source,
                                                            std::span<ExtractionTarget> targets) {
  const auto [n_workers, n_threads] = choose_workers(source, targets);
  const auto n = static_cast<std::size_t>(n_workers);
  std::vector<std::unique_ptr<ActivationSource>> sources;
  while (sources.size() < n) sources.push_back(source.another(n_threads));
  for (auto& target : targets) {
    auto& encoders = target.sae->encoders;
    std::vector<Encoder> of_workers;
    while (of_workers.size() < n) of_workers.push_back(encoders.front().another(n_threads));
    encoders = std::move(of_workers);
  }
  return sources;
}

/// Opens the model at the targets' hook points, and where transcoders predict.
std::unique_ptr<ActivationSource> open_model(std::span<ExtractionTarget> targets) {
  std::vector<HookPoint> hooks;
  for (auto& target : targets) {
    target.hook = hooks.size();
    hooks.push_back(parse_hook_point(target.manifest.inputs.hook));
    const auto predicted = predicted_hook(target);
    if (!predicted) continue;
    target.predicted_hook = hooks.size();
    hooks.push_back(*predicted);
  }
  const auto& inputs = targets.front().manifest.inputs;
  return open_llama_source(inputs.model.path, hooks,
                           {.n_threads = inputs.n_threads,
                            .n_gpu_layers = inputs.n_gpu_layers,
                            .max_tokens_per_batch = inputs.max_tokens_per_batch,
                            .exact = inputs.exact,
                            .bos = inputs.bos});
}

/// Keeps other writers out of the targets' folders, but for those that extract shards as this call
/// does, and creates missing folders.
std::vector<FolderLock> lock_folders(std::span<const ExtractionTarget> targets,
                                     FolderLock::Hold hold) {
  std::vector<FolderLock> locks;
  for (const auto& target : targets) {
    std::filesystem::create_directories(target.folder.root);
    locks.emplace_back(target.folder.root, hold);
    if (target.is_new && find_run(target.folder, target.manifest.inputs)) {
      throw Error(ErrorCode::kEnvironment,
                  fmt::format("{}: another isogloss has begun a run there; run the same command "
                              "again to go on with it",
                              target.folder.root.string()));
    }
  }
  return locks;
}

/// Gives every new folder its sequences and its shards. They are the same for all: the text is
/// tokenized once.
void begin_folders(const ActivationSource& source, const Corpus& corpus,
                   std::span<ExtractionTarget> targets, const RunControl& control,
                   double& seconds) {
  const Stopwatch stopwatch(seconds);
  const ExtractionTarget* first = nullptr;
  std::vector<std::int32_t> lengths;
  for (auto& target : targets) {
    if (!target.is_new) continue;
    auto& manifest = target.manifest;
    if (first == nullptr) {
      lengths = tokenize_corpus(source, corpus, target.folder, manifest.inputs.truncate,
                                manifest.n_truncated, control);
      manifest.shards =
          plan_shards(lengths, static_cast<std::int32_t>(corpus.languages.size()), kTokensPerShard);
      first = &target;
    } else {
      copy_file_atomically(first->folder.sequences(), target.folder.sequences());
      manifest.n_truncated = first->manifest.n_truncated;
      manifest.shards = first->manifest.shards;
    }
    write_manifest(target.folder, manifest);
    for (const auto& remark :
         training_remarks(target.sae->sae.training, manifest.inputs.sae_path, lengths)) {
      control.warning(remark);
    }
  }
}

/// What killed writers left.
void remove_parts_of(const ResultFolder& folder) {
  for (const auto& path : {folder.root, folder.activations(), folder.maxima()}) remove_parts(path);
}

/// All shards, or those that were asked for. Throws Error(kUsage) for shards that there are not.
ShardSpan choose_shards(const std::optional<ShardSpan>& asked, const Manifest& manifest) {
  const auto n = static_cast<std::int32_t>(manifest.shards.size());
  if (!asked) return {0, n - 1};
  if (asked->first <= asked->last && asked->last < n) return *asked;
  throw Error(ErrorCode::kUsage, fmt::format("--shards {}-{}: the run has shards 0 to {}",
                                             asked->first, asked->last, n - 1));
}

enum class Part { kPlan, kAll };

void extract_targets(std::span<ExtractionTarget> targets, const ModelInfo& model,
                     const Corpus& corpus, const std::optional<ShardSpan>& asked, Part part,
                     const RunControl& control, StageSeconds& seconds) {
  check_widths(targets);
  for (auto& target : targets) {
    describe_model(model, target.manifest);
    describe_sae(target.sae->sae, target.manifest);
    describe_corpus(corpus, target.manifest);
    const auto& inputs = target.manifest.inputs;
    const auto& sae = target.sae->sae;
    const auto hook = parse_hook_point(inputs.hook);
    target.manifest.centered = needs_centering(sae, inputs.sae_path, hook, model);
    const auto remark = centering_remark(sae, inputs.sae_path, hook, model);
    if (!remark.empty()) control.warning(remark);
  }
  if (part == Part::kAll) make_encoders(targets);
  const auto source = open_model(targets);
  const auto first_token = source->first_token();
  for (auto& target : targets) {
    target.manifest.first_token = first_token ? source->token_piece(*first_token) : "";
  }
  warn_of_doubts(targets, *source, control);
  const auto locks =
      lock_folders(targets, asked ? FolderLock::Hold::kWithOthers : FolderLock::Hold::kAlone);
  if (!asked) {
    for (const auto& target : targets) remove_parts_of(target.folder);
    begin_folders(*source, corpus, targets, control, seconds.tokenize);
  }
  for (const auto& target : targets) {
    std::filesystem::create_directories(target.folder.activations());
    std::filesystem::create_directories(target.folder.maxima());
  }
  if (part == Part::kPlan) return;
  const auto span = choose_shards(asked, targets.front().manifest);
  extract_shards(make_workers(*source, targets), corpus, targets, span, control, seconds);
  if (asked) return;
  for (const auto& target : targets) {
    const auto& check = target.manifest.self_check;
    const auto remark = check ? l0_remark(*check, target.manifest.expected_l0) : std::string();
    if (remark.empty()) continue;
    control.warning(fmt::format("{}: {}", target.manifest.inputs.sae_name, remark));
  }
  for (auto& target : targets) {
    target.manifest.extraction_complete = true;
    write_manifest(target.folder, target.manifest);
  }
}

/// Shards are of a run whose texts have been tokenized.
void expect_plan(std::span<const ExtractionTarget> targets) {
  for (const auto& target : targets) {
    if (!target.is_new) continue;
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: no run with these options has been planned there; first run "
                            "isogloss plan with them",
                            target.folder.root.string()));
  }
}

std::vector<Extraction> extract_part(const ExtractOptions& asked, Part part,
                                     const RunControl& control, StageSeconds& seconds) {
  if (asked.exact && asked.n_gpu_layers > 0) {
    throw Error(ErrorCode::kUsage,
                "exact arithmetic runs on the CPU alone; leave out --exact or --gpu-layers");
  }
  auto run = find_targets(asked, control);
  auto& targets = run.targets;
  std::vector<Extraction> extractions;
  for (const auto& target : targets) {
    extractions.push_back({target.folder, target.manifest, target.manifest.extraction_complete});
  }
  std::erase_if(targets, [&](const auto& target) {
    return target.manifest.extraction_complete || (part == Part::kPlan && !target.is_new);
  });
  if (targets.empty()) return extractions;
  if (asked.shards) expect_plan(targets);
  extract_targets(targets, inspect_gguf(run.options.model), run.corpus, asked.shards, part, control,
                  seconds);
  for (auto& extraction : extractions) {
    extraction.manifest = part == Part::kPlan || asked.shards
                              ? read_manifest(extraction.folder).value()
                              : require_complete(extraction.folder);
  }
  return extractions;
}

}  // namespace

std::vector<Extraction> extract(const ExtractOptions& options, const RunControl& control) {
  StageSeconds not_wanted;
  return extract(options, control, not_wanted);
}

std::vector<Extraction> extract(const ExtractOptions& options, const RunControl& control,
                                StageSeconds& seconds) {
  return extract_part(options, Part::kAll, control, seconds);
}

std::vector<Extraction> plan(const ExtractOptions& options, const RunControl& control) {
  StageSeconds not_wanted;
  return extract_part(options, Part::kPlan, control, not_wanted);
}

}  // namespace isogloss
