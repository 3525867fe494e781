#include "cli/arguments.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>

#include "cli/expand_config.h"
#include "cli/option_groups.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/version.h"
#include "isogloss/model/llama_source.h"

namespace isogloss::cli {
namespace {

constexpr const char* kAbout =
    "Finds the features of a sparse autoencoder that stand for the same thing in\n"
    "different languages: runs a language model over parallel sentences up to one\n"
    "layer, encodes it with the SAE, and ranks every feature by how far the same\n"
    "sentences fire it in each language.";

constexpr const char* kExitCodes =
    "\nExit codes: 0 done, 2 wrong usage, 3 bad input, 4 environment (missing file,\n"
    "disk, memory), 130 interrupted (the same command resumes).\n\n"
    "Start with `isogloss demo`, then `isogloss run --help`.";

constexpr const char* kFolders = "A result folder, or the output of a run over several hooks";

void add_stats(CLI::App& verb, Arguments& to) {
  verb.add_flag("--stats", to.stats, "Print how many seconds each part of the extraction took");
}

void add_progress(CLI::App& verb, Arguments& to) {
  verb.add_flag_callback(
      "--quiet", [&] { to.progress = ProgressStyle::kNone; }, "No progress");
  verb.add_flag_callback(
      "--progress-json", [&] { to.progress = ProgressStyle::kJson; },
      "Progress as lines of JSON, for programs");
}

void add_common(CLI::App& verb, Arguments& to) {
  verb.add_flag("--json", to.json, "Print the result as JSON");
  add_progress(verb, to);
}

constexpr int kHelpWidth = 80;

/// Wraps descriptions, which CLI11 2.1 puts beside the options unwrapped, however long.
class WrappingFormatter : public CLI::Formatter {
 public:
  std::string make_option_desc(const CLI::Option* option) const override {
    const int room = kHelpWidth - static_cast<int>(get_column_width());
    return fmt::format("{}",
                       fmt::join(wrap_words(Formatter::make_option_desc(option), room), "\n"));
  }
};

class Parser {
 public:
  Parser() : app_(kAbout, "isogloss") {
    app_.require_subcommand(1);
    app_.formatter(std::make_shared<WrappingFormatter>());  // the verbs inherit it
    app_.footer(kExitCodes);
    app_.set_version_flag("--version", [] {
      return fmt::format("isogloss {}\nllama.cpp {}\nArrow {}", version(), llama_version(),
                         arrow_version());
    });
    add_run_verbs();
    add_result_verbs();
  }

  std::optional<Arguments> parse(std::vector<std::string> words) {
    try {
      words = expand_config(app_, std::move(words));
      std::reverse(words.begin(), words.end());  // CLI11 takes them last first
      app_.parse(words);
    } catch (const CLI::Success& success) {
      app_.exit(success, std::cout, std::cerr);
      return std::nullopt;
    } catch (const CLI::ParseError& error) {
      throw Error(ErrorCode::kUsage, fmt::format("{}; see isogloss {}--help", error.what(),
                                                 chosen().empty() ? "" : chosen() + " "));
    }
    arguments_.verb = chosen();
    extraction_.apply(arguments_.extract);
    scoring_.apply(arguments_.scoring);
    if (arguments_.verb == "export") check_export_choices();
    return arguments_;
  }

 private:
  std::string chosen() const {
    const auto verbs = app_.get_subcommands();
    return verbs.empty() ? "" : verbs.front()->get_name();
  }

  void add_run_verbs() {
    auto& to = arguments_;
    auto* run = app_.add_subcommand("run", "All stages: extract, score, report");
    auto* extract = app_.add_subcommand("extract", "Model and SAE only: fill the result folder");
    auto* plan = app_.add_subcommand("plan", "Begin an extraction that several processes share");
    for (auto* verb : {run, extract, plan}) {
      extraction_.add_inputs(*verb, to.extract);
      extraction_.add_choices(*verb, to.extract);
      verb->add_option("--config", config_, "A TOML file that holds any of these options");
      add_stats(*verb, to);
      add_common(*verb, to);
    }
    scoring_.add(*run, to.scoring);
    run->footer(
        "\nExample:\n"
        "  isogloss run --model gemma-2-2b.Q8_0.gguf \\\n"
        "      --sae layer_20/width_16k/average_l0_71 --hook blocks.20.hook_resid_post \\\n"
        "      --corpus books.tsv --languages en,es --samples 500 --seed 42 \\\n"
        "      --output results\n\n"
        "Several hooks in one pass over the model, compared in layers.html:\n"
        "  isogloss run --model M.gguf --sae sae5/,sae12/ \\\n"
        "      --hook blocks.5.hook_resid_post,blocks.12.hook_resid_post \\\n"
        "      --corpus c.tsv --output results");
    extract->footer(
        "\nExample:\n"
        "  isogloss extract --model M.gguf --sae sae/ --corpus c.tsv --output results\n"
        "  isogloss score results && isogloss report results");
    extraction_.add_shards(*extract);
    plan->footer(
        "\nTokenizes the corpus and divides the run into shards. Then any number of\n"
        "processes, on any machines that share the folder, extract shards, with the same\n"
        "options; what is written depends on neither.\n"
        "\nExample:\n"
        "  isogloss plan --model M.gguf --sae sae/ --corpus c.tsv --output results\n"
        "  isogloss extract --model M.gguf --sae sae/ --corpus c.tsv --output results \\\n"
        "      --shards 0-9\n"
        "  isogloss extract …                                          --shards 10-19\n"
        "  isogloss finish results && isogloss score results");
    add_finish_verb();
    add_pull_verb();
    add_saes_verb();
    add_import_verb();
    auto* demo = app_.add_subcommand("demo", "All stages on the demo model, SAE and corpus");
    extraction_.add_choices(*demo, to.extract);
    demo->add_option("--output", to.extract.output, "Result folder (default: demo-results)");
    scoring_.add(*demo, to.scoring);
    add_stats(*demo, to);
    add_common(*demo, to);
    demo->footer(
        "\nWithout --languages: 560 verses in English and Spanish. With it: 472 sentences\n"
        "of law and of advice for web pages, in any of 29 languages (en es fr de it pt\n"
        "ru zh ar ja …).\n"
        "\nExample:\n  isogloss demo --languages en,de --output demo-en-de");
  }

  void add_finish_verb() {
    auto* verb = app_.add_subcommand("finish", "End an extraction that several processes shared");
    verb->add_option("DIR", arguments_.folder, kFolders)->required();
    add_common(*verb, arguments_);
    verb->footer(
        "\nNames the shards that are missing, if any.\n\nExample:\n  isogloss finish results");
  }

  void add_pull_verb() {
    auto* verb = app_.add_subcommand("pull", "Fetch a model, SAE or corpus from Hugging Face");
    extraction_.add_names(*verb, arguments_.extract);
    add_common(*verb, arguments_);
    verb->footer(
        "\nEach is fetched into the hub's cache, which Python's libraries share, and its\n"
        "path is printed. @REVISION behind a name takes a branch, tag or commit. run,\n"
        "extract and inspect take the same names, and fetch what the cache lacks.\n"
        "\nExamples:\n"
        "  isogloss pull --corpus hf:Helsinki-NLP/opus_books/en-es\n"
        "  isogloss pull --model hf:ggml-org/gemma-3-270m-GGUF \\\n"
        "      --sae gemma-scope-2-270m-pt-res/layer_12_width_16k_l0_medium");
  }

  void add_saes_verb() {
    auto* verb = app_.add_subcommand("saes", "List published SAEs, which --sae takes by name");
    verb->add_option("WORDS", arguments_.words,
                     "Only those whose name, model, hook point or Neuronpedia's name holds all of "
                     "these words");
    add_common(*verb, arguments_);
    verb->footer(
        "\nThe list is SAELens'. Nothing is fetched.\n"
        "\nExamples:\n"
        "  isogloss saes\n"
        "  isogloss saes gemma-3-270m resid_post width_16k");
  }

  void add_import_verb() {
    auto& to = arguments_.import;
    auto* verb = app_.add_subcommand("import", "Activations computed elsewhere: a result folder");
    verb->add_option("ACTIVATIONS", to.activations,
                     fmt::format("What another program left: {}", accepted_activations()))
        ->required();
    verb->add_option("--output", to.output, "Result folder")->required();
    verb->add_option("--features", to.n_features,
                     "Number of features of the SAE (default: as the files say, or those up to the "
                     "last that fires)")
        ->check(CLI::PositiveNumber);
    verb->add_flag("--count-padding", to.count_padding,
                   "Let padding count like a sentence's own tokens, as in the published analysis");
    verb->add_option("--hook", to.hook, "Where the activations were taken, for titles");
    verb->add_option("--model-name", to.model_name, "The model's name, for titles");
    verb->add_option("--neuronpedia", to.neuronpedia_id,
                     "Where Neuronpedia has the SAE, e.g. gemma-2-2b/20-gemmascope-res-16k");
    add_common(*verb, arguments_);
    verb->footer(
        "\nExample:\n"
        "  isogloss import gemmascope_bilingual_activations/data --output results\n"
        "  isogloss score results && isogloss report results\n\n"
        "Your own tensors: a folder with en.jsonl, which lists each sentence's tokens,\n"
        "en.safetensors with its activations, and the same for every other language.\n"
        "docs/imports.md has the layouts, examples/import_arrays.py writes them.\n"
        "  isogloss import arrays --output results");
  }

  void add_result_verbs() {
    auto& to = arguments_;
    auto* score = app_.add_subcommand("score", "Statistics and scores of an extraction");
    auto* report = app_.add_subcommand("report", "The report page of a scored folder");
    auto* show = app_.add_subcommand("show", "One feature's evidence, token by token");
    show->add_option("FEATURE", to.feature, "The feature's index in the SAE")
        ->required()
        ->check(CLI::NonNegativeNumber);
    for (auto* verb : {score, report, show}) {
      verb->add_option("DIR", to.folder, verb == show ? "A result folder" : kFolders)->required();
      add_common(*verb, to);
    }
    scoring_.add(*score, to.scoring);
    show->add_option("--sentences", to.n_sentences, "Number of sentences to show")
        ->check(CLI::Range(1, 1000))
        ->capture_default_str();
    score->footer("\nExample:\n  isogloss score results --lambda 10");
    report->footer("\nExample:\n  isogloss report results");
    show->footer("\nExample:\n  isogloss show 1234 demo-results --sentences 10");
    add_validate();
    add_explain_verb();
    add_export_verb();
    auto* inspect = app_.add_subcommand("inspect", "What a model, SAE, corpus or result folder is");
    inspect
        ->add_option("FILE", to.file,
                     "A file or folder, hf:OWNER/NAME on the hub, or a published SAE's RELEASE/ID")
        ->required();
    inspect
        ->add_option("--languages", to.extract.corpus_options.languages,
                     "Which languages of a corpus to profile (default: all)")
        ->delimiter(',')
        ->expected(1, 1000);
    inspect->add_option("--split", to.extract.corpus_options.split,
                        "Which split of a corpus divided into several (default: train)");
    add_sae_format(*inspect, to.extract);
    add_common(*inspect, to);
    auto* columns = app_.add_subcommand("columns", "The columns of the scores, and what each says");
    columns->add_flag("--json", to.json, "Print them as JSON");
    columns->footer("\nExample:\n  isogloss columns --json");
    auto* doctor = app_.add_subcommand("doctor", "What this machine offers, and a test of it");
    doctor->add_flag("--json", to.json, "Print it as JSON");
    doctor->footer("\nExample:\n  isogloss doctor");
    inspect->footer("\nExample:\n  isogloss inspect layer_20/width_16k/average_l0_71/params.npz");
  }

  void add_explain_verb() {
    auto& to = arguments_.explain;
    auto* verb = app_.add_subcommand("explain", "Published explanations, kept beside the features");
    verb->add_option("DIR", arguments_.folder, "A result folder")->required();
    verb->add_option("DUMP", to.dumps,
                     "Neuronpedia's dumps of explanations (batch-0.jsonl.gz …), or folders of them")
        ->required()
        ->expected(1, 100000);
    verb->add_option("--neuronpedia", to.neuronpedia_id,
                     "Where Neuronpedia has the SAE, as MODEL/SOURCE (default: as the SAE says)");
    add_common(*verb, arguments_);
    verb->footer(
        "\nExample:\n"
        "  isogloss explain results v1/gemma-2-2b/20-gemmascope-res-16k/explanations\n"
        "  isogloss report results");
  }

  void add_export_verb() {
    auto& to = arguments_.export_options;
    auto* verb = app_.add_subcommand("export", "Results in the format of another program");
    verb->add_option("DIR", arguments_.folder, "A result folder")->required();
    verb->add_option("--format", arguments_.export_format, "One of the formats below")->required();
    verb->add_option("--output", to.output, "Where to write")->required();
    const auto choice = [&](const char* name, auto& value, const char* description) {
      auto* option = verb->add_option(name, value, description);
      export_choices_.push_back(option);
      return option;
    };
    choice("--top", to.n_features, "Largest number of features, best ranks first")
        ->check(CLI::PositiveNumber)
        ->capture_default_str();
    choice("--min-agreement", to.min_agreement, "Lowest agreement of a feature")
        ->check(CLI::Range(0.0, 1.0))
        ->capture_default_str();
    export_choices_.push_back(verb->add_flag("--flagged", to.with_flagged,
                                             "Also features whose agreement a flag explains"));
    choice("--neuronpedia", to.neuronpedia_id,
           "Where Neuronpedia has the SAE, as MODEL/SOURCE (default: as the SAE says)");
    export_sentences_ =
        verb->add_option("--sentences", to.n_sentences,
                         "Largest number of sentences of a feature in each language")
            ->check(CLI::Range(1, 1000))
            ->capture_default_str();
    add_progress(*verb, arguments_);
    verb->footer(
        fmt::format("\nFormats:\n{}\nExample:\n  isogloss export results --format "
                    "neuronpedia-list --output list.json",
                    describe_export_formats()));
  }

  /// Refuses options that the chosen format would not use.
  void check_export_choices() const {
    const auto& format = find_export_format(arguments_.export_format);
    const auto refuse = [&](const CLI::Option* option) {
      throw Error(ErrorCode::kUsage, fmt::format("{} means nothing for --format {}; leave it out",
                                                 option->get_name(), format.name));
    };
    for (const auto* option : export_choices_) {
      if (!format.chooses_features && option->count() > 0) refuse(option);
    }
    if (!format.has_sentences && export_sentences_->count() > 0) refuse(export_sentences_);
  }

  void add_validate() {
    auto& to = arguments_;
    auto* verb = app_.add_subcommand("validate", "How far the scores themselves can be trusted");
    verb->add_option(
            "RUN", to.runs,
            "Scored result folders of one SAE in the same languages; features chosen on one "
            "are tried on the others")
        ->required()
        ->expected(1, 100);
    verb->add_option(
        "--output", to.output,
        "Folder for validation.html and validation.parquet (default: the RUN's own, if there "
        "is only one)");
    verb->add_option("--against", to.against,
                     "The same sentences extracted with another arithmetic, e.g. with --exact, and "
                     "scored: measures how far rounding moves the scores of the only RUN");
    verb->add_option("--seed", to.validation.seed, "Seed of everything that is drawn at random")
        ->capture_default_str();
    verb->add_option("--permutations", to.validation.n_permutations,
                     "Number of random permutations of the sentences for the null")
        ->check(CLI::Range(2, 100000))
        ->capture_default_str();
    verb->add_option("--halves", to.validation.n_halves,
                     "Number of random halvings for the reliability")
        ->check(CLI::Range(1, 100000))
        ->capture_default_str();
    add_common(*verb, to);
    verb->footer("\nExample:\n  isogloss validate results-udhr results-news --output validation");
  }

  CLI::App app_;
  Arguments arguments_;
  ExtractionOptions extraction_;
  ScoreOptions scoring_;
  std::string config_;
  std::vector<const CLI::Option*> export_choices_;  ///< that choose features
  const CLI::Option* export_sentences_ = nullptr;
};

}  // namespace

std::optional<Arguments> parse_arguments(std::vector<std::string> words) {
  return Parser().parse(std::move(words));
}

}  // namespace isogloss::cli
