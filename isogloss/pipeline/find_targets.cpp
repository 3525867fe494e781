#include "isogloss/pipeline/find_targets.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/core/version.h"
#include "isogloss/inputs/inputs.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/pipeline/run_folders.h"
#include "isogloss/pipeline/training_conditions.h"

namespace isogloss {
namespace {

/// What the names in a run's options stand for.
struct FetchedInputs {
  FetchedInput model;
  std::vector<FetchedInput> saes;
  FetchedInput corpus;
};

FetchedInputs fetch_inputs(const ExtractOptions& options, const RunControl& control) {
  FetchedInputs fetched;
  for (const auto& wanted : options.saes) {
    fetched.saes.push_back(fetch_sae(wanted.sae.string(), options.sae_format, control));
  }
  fetched.corpus = fetch_corpus(options.corpus.string(), options.corpus_options.languages,
                                options.corpus_options.split, control);
  // The largest last: a wrong name of the others is found out first.
  fetched.model = fetch_model(options.model.string(), ModelParts::kRefuse, control);
  return fetched;
}

/// The options with paths in place of names.
ExtractOptions with_paths(ExtractOptions options, const FetchedInputs& fetched) {
  options.model = fetched.model.path;
  options.corpus = fetched.corpus.path;
  for (std::size_t i = 0; i < options.saes.size(); ++i) options.saes[i].sae = fetched.saes[i].path;
  return options;
}

std::vector<HashedFile> hashed(const std::vector<std::filesystem::path>& files) {
  std::vector<HashedFile> result;
  for (const auto& file : files) result.push_back({file.string(), cached_sha256_of_file(file)});
  return result;
}

ExtractionInputs describe_inputs(const ExtractOptions& options, const FetchedInputs& fetched,
                                 const Corpus& corpus, BosRule bos) {
  ExtractionInputs inputs;
  inputs.isogloss_version = version();
  inputs.llama_version = llama_version();
  inputs.model = hashed({options.model}).front();
  inputs.corpus = hashed(corpus_files(options.corpus, corpus.languages, corpus.split));
  inputs.corpus_path = options.corpus.string();
  inputs.model_origin = fetched.model.origin;
  inputs.corpus_origin = fetched.corpus.origin;
  inputs.languages = corpus.languages;
  inputs.n_samples = options.corpus_options.n_samples;
  inputs.seed = options.corpus_options.seed;
  inputs.clean = options.corpus_options.clean;
  inputs.truncate = options.truncate;
  inputs.bos = bos;
  inputs.skip_self_check = options.skip_self_check;
  inputs.exact = options.exact;
  inputs.n_gpu_layers = options.n_gpu_layers;
  inputs.max_tokens_per_batch = options.max_tokens_per_batch > 0
                                    ? options.max_tokens_per_batch
                                    : LlamaOptions{}.max_tokens_per_batch;
  inputs.n_threads = options.n_threads > 0 ? options.n_threads : usable_cores();
  return inputs;
}

SaesByPath load_saes(std::span<const FetchedInput> wanted, std::string_view format,
                     const RunControl& control) {
  if (wanted.empty()) throw Error(ErrorCode::kUsage, "no SAE to run; give one, e.g. --sae sae/");
  SaesByPath saes;
  for (const auto& input : wanted) {
    auto& loaded = saes[input.path];
    if (loaded) continue;
    loaded = std::make_unique<LoadedSae>();
    loaded->sae = load_sae(input.path, format);
    if (input.published == nullptr) continue;
    for (const auto& remark : complete_from_table(*input.published, loaded->sae)) {
      control.warning(remark);
    }
  }
  return saes;
}

/// The text is tokenized once for all SAEs.
BosRule choose_bos(const ExtractOptions& options, const SaesByPath& saes) {
  if (options.bos) return *options.bos;
  const auto& [first_path, first] = *saes.begin();
  const auto rule = trained_bos(first->sae.training);
  for (const auto& [path, loaded] : saes) {
    if (trained_bos(loaded->sae.training) == rule) continue;
    throw Error(
        ErrorCode::kUsage,
        fmt::format("{} and {} differ in whether contexts began with BOS (prepend_bos); run "
                    "them one by one, or say --bos",
                    first_path.string(), path.string()));
  }
  return rule;
}

std::string resolve_hook(const SaeAtHook& wanted, const Sae& sae) {
  const auto& hook = wanted.hook.empty() ? sae.hook_name : wanted.hook;
  if (hook.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: the SAE does not name its hook point; give one with --hook: {}",
                            wanted.sae.string(), supported_hook_points()));
  }
  try {
    return parse_hook_point(hook).name;
  } catch (const Error& error) {
    if (!wanted.hook.empty()) throw;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {} (with --hook)", wanted.sae.string(), error.what()));
  }
}

/// The same bytes may be read as another format.
void expect_format(const Manifest& manifest, const ResultFolder& folder, const Sae& sae) {
  if (manifest.sae_format.empty() || manifest.sae_format == sae.format) return;
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("{}: was begun with the SAE read as {}, not as {}; give another output "
                  "folder or --sae-format {}",
                  folder.root.string(), manifest.sae_format, sae.format, manifest.sae_format));
}

/// Every pair of SAE and hook point, with its folder and what an earlier call left there.
std::vector<ExtractionTarget> targets_of(const ExtractOptions& options,
                                         std::span<const FetchedInput> fetched,
                                         const SaesByPath& saes,
                                         const ExtractionInputs& inputs_of_all) {
  std::vector<std::string> hooks;
  for (const auto& wanted : options.saes) {
    hooks.push_back(resolve_hook(wanted, saes.at(wanted.sae)->sae));
  }
  const auto folders = target_folders(options.output, hooks);
  if (folders.size() > 1) check_parent(options.output, folders);
  std::vector<ExtractionTarget> targets;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    auto inputs = inputs_of_all;
    inputs.sae = hashed(sae_files(options.saes[i].sae, options.sae_format));
    inputs.sae_path = options.saes[i].sae.string();
    inputs.sae_origin = fetched[i].origin;
    if (const auto* published = fetched[i].published) {
      inputs.sae_name = published->name();
      inputs.sae_settings = published->settings;
    }
    inputs.hook = hooks[i];
    auto found = find_run(folders[i], inputs);
    auto& target = targets.emplace_back();
    target.folder = folders[i];
    target.sae = saes.at(options.saes[i].sae).get();
    target.is_new = !found;
    if (found) expect_format(*found, folders[i], target.sae->sae);
    target.manifest = std::move(found).value_or(Manifest{});
    if (fetched[i].published != nullptr && !target.manifest.extraction_complete) {
      target.manifest.expected_l0 = fetched[i].published->expected_l0;
    }
    // A finished folder stays as it is, even if the same files now have other paths.
    if (!target.manifest.extraction_complete) target.manifest.inputs = std::move(inputs);
  }
  return targets;
}

}  // namespace

RunInputs find_targets(const ExtractOptions& asked, const RunControl& control) {
  const auto fetched = fetch_inputs(asked, control);
  RunInputs run{
      with_paths(asked, fetched), load_saes(fetched.saes, asked.sae_format, control), {}, {}};
  run.corpus = read_corpus(run.options.corpus, run.options.corpus_options);
  for (const auto& note : run.corpus.notes) control.warning(note);
  const auto inputs =
      describe_inputs(run.options, fetched, run.corpus, choose_bos(run.options, run.saes));
  run.targets = targets_of(run.options, fetched.saes, run.saes, inputs);
  return run;
}

}  // namespace isogloss
