// Options that several verbs take.
#pragma once

#include <string>
#include <vector>

#include "isogloss/pipeline/pipeline.h"
#include "isogloss/store/scoring_options.h"

namespace CLI {
class App;
}

namespace isogloss::cli {

/// --sae-format, for verbs that read an SAE.
void add_sae_format(CLI::App& verb, ExtractOptions& to);

/// Options that decide the extraction: run and extract have them all, demo some.
class ExtractionOptions {
 public:
  void add_inputs(CLI::App& verb, ExtractOptions& to);
  void add_choices(CLI::App& verb, ExtractOptions& to);
  /// Only what is named and fetched: of pull.
  void add_names(CLI::App& verb, ExtractOptions& to);

  /// Which part of a planned run: of extract.
  void add_shards(CLI::App& verb);

  /// After parsing. Throws Error(kUsage) for SAEs and hooks that do not pair up, and for shards
  /// that are none.
  void apply(ExtractOptions& to) const;

 private:
  void add_sae(CLI::App& verb, bool required);
  static void add_corpus_parts(CLI::App& verb, ExtractOptions& to);

  std::vector<std::string> saes_;
  std::vector<std::string> hooks_;
  bool no_clean_ = false;
  std::string bos_ = "auto";
  std::string shards_;
};

/// Options that decide the scores.
class ScoreOptions {
 public:
  void add(CLI::App& verb, ScoringOptions& to);
  void apply(ScoringOptions& to) const;  ///< after parsing

 private:
  std::vector<std::string> measures_;
  std::string null_model_ = to_string(ScoringOptions{}.null_model);
  std::string fdr_ = to_string(ScoringOptions{}.fdr);
};

}  // namespace isogloss::cli
