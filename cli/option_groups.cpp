#include "cli/option_groups.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <sstream>
#include <string_view>

#include "isogloss/core/error.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/model/bos.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/sae/sae.h"
#include "isogloss/score/measures/measures.h"

namespace isogloss::cli {
namespace {

/// The published measures that every score table has.
constexpr std::array kAlwaysScored = {std::string_view("bi_loss"),
                                      std::string_view("bi_loss_text")};

constexpr const char* kModel =
    "The language model: a GGUF file; or one on the Hugging Face hub, hf:OWNER/NAME or "
    "hf:OWNER/NAME/FILE.gguf";
const std::string kCorpus =
    "Parallel text: a dataset on the hub, hf:OWNER/NAME or hf:OWNER/NAME/FOLDER; or ";

/// The items of options given as lists with commas, more than once, or both. A file whose name
/// holds a comma stays whole.
std::vector<std::string> split_lists(const std::vector<std::string>& words) {
  std::vector<std::string> items;
  for (const auto& word : words) {
    if (std::filesystem::exists(word)) {
      items.push_back(word);
      continue;
    }
    std::istringstream parts(word);
    for (std::string part; std::getline(parts, part, ',');) items.push_back(part);
  }
  return items;
}

/// Pairs one hook with each SAE, or one SAE with all hooks, or, without hooks, each SAE with the
/// one it names.
std::vector<SaeAtHook> pair_up(std::vector<std::string> saes, std::vector<std::string> hooks) {
  if (saes.size() == 1 && hooks.size() > 1) saes.resize(hooks.size(), saes.front());
  if (hooks.empty()) hooks.resize(saes.size());
  if (saes.size() != hooks.size()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{} for --sae and {} for --hook; give as many of each, or one SAE for "
                            "all hooks",
                            saes.size(), hooks.size()));
  }
  std::vector<SaeAtHook> pairs;
  for (std::size_t i = 0; i < saes.size(); ++i) pairs.push_back({saes[i], hooks[i]});
  return pairs;
}

/// "3-7" or "3".
ShardSpan parse_shards(const std::string& text) {
  ShardSpan span;
  const auto* const end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, span.first);
  if (parsed.ec == std::errc() && parsed.ptr == end) {
    span.last = span.first;
  } else if (parsed.ec == std::errc() && *parsed.ptr == '-') {
    parsed = std::from_chars(parsed.ptr + 1, end, span.last);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end || span.first < 0 || span.last < span.first) {
    throw Error(ErrorCode::kUsage,
                fmt::format("--shards {}: give the first and the last shard, e.g. 3-7", text));
  }
  return span;
}

}  // namespace

void add_sae_format(CLI::App& verb, ExtractOptions& to) {
  verb.add_option("--sae-format", to.sae_format,
                  fmt::format("The SAE's format, where its files' names do not say it: {}",
                              fmt::join(sae_format_names(), ", ")))
      ->type_name("FORMAT")
      ->check(CLI::IsMember(sae_format_names()).description(""));
}

void ExtractionOptions::add_sae(CLI::App& verb, bool required) {
  verb.add_option(
          "--sae", saes_,
          fmt::format("The SAE: {}; a published one, RELEASE/ID as isogloss saes lists them; "
                      "or one on the hub, hf:OWNER/NAME/FOLDER; several with commas",
                      accepted_saes()))
      ->required(required)
      ->allow_extra_args(false);
}

void ExtractionOptions::add_corpus_parts(CLI::App& verb, ExtractOptions& to) {
  verb.add_option(
          "--languages", to.corpus_options.languages,
          "Which languages to take, in which order, e.g. en,es (default: all of the corpus)")
      ->delimiter(',')
      ->expected(1, 1000);
  verb.add_option("--split", to.corpus_options.split,
                  "Which split of a corpus divided into several (default: train)");
}

void ExtractionOptions::add_names(CLI::App& verb, ExtractOptions& to) {
  verb.add_option("--model", to.model, kModel);
  add_sae(verb, false);
  add_sae_format(verb, to);
  verb.add_option("--corpus", to.corpus, kCorpus + accepted_corpora());
  add_corpus_parts(verb, to);
}

void ExtractionOptions::add_inputs(CLI::App& verb, ExtractOptions& to) {
  verb.add_option("--model", to.model, kModel)->required();
  add_sae(verb, true);
  add_sae_format(verb, to);
  verb.add_option("--hook", hooks_,
                  fmt::format("Where the SAE reads: {}; default: as the SAE says. One for each "
                              "SAE, or several for one SAE",
                              supported_hook_points()))
      ->allow_extra_args(false);
  verb.add_option("--corpus", to.corpus, kCorpus + accepted_corpora())->required();
  verb.add_option("--output", to.output, "Result folder; an unfinished run in it is resumed")
      ->required();
  verb.add_option("--bos", bos_,
                  "Whether sentences begin with the BOS token: as the SAE was trained (auto; where "
                  "its file does not say, as the tokenizer does), as the tokenizer does, always or "
                  "never")
      ->check(CLI::IsMember({"auto", "tokenizer", "always", "never"}))
      ->capture_default_str();
  verb.add_flag("--truncate", to.truncate,
                "Cut sentences that are longer than the context, instead of failing");
  verb.add_flag("--skip-self-check", to.skip_self_check,
                "Do not judge whether the SAE can belong to this model and hook");
}

void ExtractionOptions::add_choices(CLI::App& verb, ExtractOptions& to) {
  auto& corpus = to.corpus_options;
  add_corpus_parts(verb, to);
  verb.add_option("--samples", corpus.n_samples, "Draw this many rows (default: all, in order)")
      ->check(CLI::PositiveNumber);
  verb.add_option("--seed", corpus.seed,
                  "Seed of the draw, which takes the rows that Hugging Face's shuffle(seed) takes")
      ->capture_default_str();
  verb.add_flag("--no-clean", no_clean_,
                "Keep rows that are empty, duplicate, untranslated or very unequal in length");
  verb.add_flag("--exact", to.exact,
                "Compute in float32 with the dequantised weights, as transformers does: no "
                "rounding of activations, but several times the time");
  verb.add_option("--threads", to.n_threads,
                  "Number of threads (default: all cores that this process may use)")
      ->check(CLI::PositiveNumber);
  verb.add_option("--gpu-layers", to.n_gpu_layers, "Number of layers that llama.cpp runs on a GPU")
      ->check(CLI::NonNegativeNumber);
  verb.add_option("--batch-tokens", to.max_tokens_per_batch,
                  "Largest number of tokens per batch, and so the longest sentence")
      ->check(CLI::Range(8, 1 << 20));
}

void ExtractionOptions::add_shards(CLI::App& verb) {
  verb.add_option("--shards", shards_,
                  "Only these shards of a run that isogloss plan has begun, e.g. 3-7");
}

void ExtractionOptions::apply(ExtractOptions& to) const {
  if (!shards_.empty()) to.shards = parse_shards(shards_);
  to.corpus_options.clean = !no_clean_;
  to.bos = bos_rule_from(bos_);
  to.saes = pair_up(split_lists(saes_), split_lists(hooks_));
}

void ScoreOptions::add(CLI::App& verb, ScoringOptions& to) {
  verb.add_option("--measures", measures_,
                  "Published measures to compute beside the BI losses: all, or some, e.g. "
                  "jaccard,phi")
      ->delimiter(',')
      ->expected(1, 1000);
  verb.add_option("--scores", measures_, "The earlier name of --measures")
      ->delimiter(',')
      ->expected(1, 1000)
      ->group("");  // not in the help
  verb.add_option("--null", null_model_,
                  "Which sentences chance may exchange: any (plain), those of similar length, or "
                  "those of similar length in one document")
      ->check(CLI::IsMember({"plain", "length", "length-document"}))
      ->capture_default_str();
  verb.add_option("--lambda", to.shrinkage_lambda,
                  "λ of the shrinkage of κ by its support: κ·n_eff/(n_eff+λ)")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  verb.add_option("--beta", to.beta, "β of the BI loss (default: the published rule)");
  verb.add_option(
          "--permutations", to.max_permutations,
          "Largest number of permutations per feature for the p-value of κ; 0 for no p-value")
      ->check(CLI::Range(0, 1 << 30))
      ->capture_default_str();
  verb.add_option(
          "--max-t", to.max_t_permutations,
          "Permutations shared by all features, for family-wise p-values (max-T); 0 for none")
      ->check(CLI::Range(0, 1 << 20))
      ->capture_default_str();
  verb.add_option("--bootstrap", to.n_bootstrap,
                  "Number of resamples for the interval of κ; 0 for no interval")
      ->check(CLI::Range(0, 100000))
      ->capture_default_str();
  verb.add_option("--score-seed", to.seed, "Seed of permutations and resamples")
      ->capture_default_str();
  verb.add_option(
          "--fdr", fdr_,
          "Correction for testing many features: bh, or by, which holds under any dependence")
      ->check(CLI::IsMember({"bh", "by"}))
      ->capture_default_str();
  verb.add_option("--fdr-level", to.fdr_level,
                  "False discovery rate at which permutations decide what is a discovery")
      ->check(CLI::Range(1e-6, 1.0))
      ->capture_default_str();
}

void ScoreOptions::apply(ScoringOptions& to) const {
  to.null_model = *null_model_from(null_model_);
  to.fdr = *fdr_procedure_from(fdr_);
  const auto asked_for = [&](std::string_view name) {
    return std::ranges::find(measures_, name) != measures_.end();
  };
  for (const auto& name : measures_) {
    if (name != "all" && std::ranges::find(kAlwaysScored, name) == kAlwaysScored.end()) {
      find_measure(name);
    }
  }
  for (const auto* measure : measures()) {
    if (asked_for("all") || asked_for(measure->name)) to.measures.emplace_back(measure->name);
  }
}

}  // namespace isogloss::cli
