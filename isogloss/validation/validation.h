// How far the scores themselves can be trusted (docs/validation.md): what each section measures,
// and all of them together.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/score_table.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/manifest.h"
#include "isogloss/validation/findings.h"
#include "isogloss/validation/scores.h"
#include "isogloss/validation/sentence_permutation.h"

namespace isogloss {

struct ValidationOptions {
  std::uint64_t seed = 42;
  std::int32_t n_permutations = 20;  ///< of the sentences, for the null
  std::int32_t n_halves = 10;        ///< random halves for the reliability
  std::int32_t n_subsets = 5;        ///< random subsets for each number of sentences
  std::int32_t n_draws = 5;          ///< draws of density-matched random features
  std::int32_t n_planted = 25;       ///< features per cell of the grid, and as many decoys
};

/// A scored run: its rows and the scores of all of them.
struct ValidationRun {
  std::string name;  ///< unique among the runs
  ResultFolder folder;
  Manifest manifest;
  MaximaWithTraits observed;
  Maxima unshared;  ///< the maxima over tokens outside words that also occur in the partner
                    ///< sentence; without languages if not known
  ScoreTable table;
  std::vector<NamedScore> scores;
};

/// Reads and scores the runs with the options recorded in the first one's manifest. Error(kUsage)
/// if a folder is given twice; Error(kBadInput) if a run is not scored, or was made with another
/// SAE or other languages than the first, since its scores then say nothing about the first.
std::vector<ValidationRun> read_validation_runs(std::span<const std::filesystem::path> folders,
                                                const RunControl& control);

/// Computes all sections. "retrieval" and "agreement" need two runs; given one, its random halves
/// stand in for them. "rounding" compares the first run with `against`, the same sentences computed
/// another way, unless that is null. Deterministic for a given seed; no result depends on the
/// threads.
std::vector<Finding> validate(std::span<const ValidationRun> runs, const ValidationOptions& options,
                              const RunControl& control, const ValidationRun* against = nullptr);

// The sections, in the order of the page.

/// Under permuted sentences: "mean_kappa" of live features; "share_at_most" of p-values, at several
/// thresholds,
/// and the largest "excess" of that share over the threshold; "discoveries" at a false discovery
/// rate of 5 % and the share of permutations with "any_discovery".
std::vector<Finding> null_findings(const ValidationRun& run, const ValidationOptions& options,
                                   const RunControl& control);

/// Scores of features with a known truth over n_rows sentences; see planted.h.
std::vector<Finding> planted_findings(std::int32_t n_rows, const ScoringOptions& scoring,
                                      const ValidationOptions& options, const RunControl& control);

/// "pearson" and "spearman" between random halves of the sentences, over the features alive in both
/// halves, turned into reliabilities of the whole by 2r/(1 + r).
std::vector<Finding> reliability_findings(const ValidationRun& run,
                                          const ValidationOptions& options,
                                          const RunControl& control);

/// "mexa" on `other` for features chosen or weighted by the scores of `run`, with and without
/// copied words; see mexa.h.
std::vector<Finding> retrieval_findings(const ValidationRun& run, const ValidationRun& other,
                                        const ValidationOptions& options,
                                        const RunControl& control);

/// "spearman" and "top_overlap" (at k) of every score between two runs, over features alive in
/// both.
std::vector<Finding> rank_agreement_findings(const ValidationRun& run, const ValidationRun& other);

/// How the ranking changes with the number of sentences, β, λ and the pooling over tokens:
/// "spearman" and "top_overlap" with the unchanged ranking.
std::vector<Finding> sensitivity_findings(const ValidationRun& run,
                                          const ValidationOptions& options,
                                          const RunControl& control);

/// Throws Error(kBadInput) unless both runs are of the same sentences and tokens.
void check_same_sentences(const ValidationRun& run, const ValidationRun& other);

/// How far another arithmetic moves firings and scores; both runs are of the same sentences.
/// "firings_changed": of the pairs of feature and sentence in which the feature fires in either
/// run, the share in which it fires in one only; "median_change" of the maxima that both have,
/// relative to the larger. For each score, over features alive in both: "spearman", "top_overlap"
/// (at k), and the "difference", at the quantiles 0.5, 0.95 and 1.
std::vector<Finding> rounding_findings(const ValidationRun& run, const ValidationRun& other);

/// Splits a run into two, made of random halves of its sentences.
std::vector<ValidationRun> split_run(const ValidationRun& run, const ValidationOptions& options,
                                     const RunControl& control);

}  // namespace isogloss
