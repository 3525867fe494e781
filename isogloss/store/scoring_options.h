// How scores are computed: chosen by the caller, recorded in the manifest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/numeric/false_discovery.h"

namespace isogloss {

/// What random permutations of the sentences hold fixed.
enum class NullModel {
  kPlain,           ///< nothing: any sentence may be paired with any other
  kLength,          ///< within deciles of length
  kLengthDocument,  ///< within decile × document, where the corpus names documents
};

struct ScoringOptions {
  double shrinkage_lambda = 3;      ///< λ of κ·n_eff/(n_eff + λ)
  std::optional<double> beta = {};  ///< β of the BI loss; from the data if absent
  NullModel null_model = NullModel::kLengthDocument;
  FdrProcedure fdr = FdrProcedure::kBenjaminiHochberg;
  double fdr_level = 0.05;  ///< the level at which permutations settle what is a discovery
  std::int32_t max_permutations = 400'000;  ///< per feature, for κ; 0: no p-value of κ
  std::int32_t max_t_permutations = 0;  ///< shared by all features, for the max-T p-value; 0: none
  std::int32_t n_bootstrap = 200;       ///< resamples for κ's interval; 0: none
  std::uint64_t seed = 42;              ///< of permutations and resamples
  std::vector<std::string> measures = {};  ///< published measures, by name
  bool operator==(const ScoringOptions&) const = default;
};

/// True if both give the same permutation p-values of κ.
bool same_permutations(const ScoringOptions& a, const ScoringOptions& b);

/// True if both give the same interval of κ.
bool same_bootstrap(const ScoringOptions& a, const ScoringOptions& b);

/// "plain", "length", "length-document"; "bh", "by". The …_from functions return nullopt for other
/// words.
std::string to_string(NullModel model);
std::string to_string(FdrProcedure procedure);
std::optional<NullModel> null_model_from(const std::string& word);
std::optional<FdrProcedure> fdr_procedure_from(const std::string& word);

}  // namespace isogloss
