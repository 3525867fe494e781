#include "isogloss/store/scoring_options.h"

#include <tuple>

namespace isogloss {

bool same_permutations(const ScoringOptions& a, const ScoringOptions& b) {
  const auto what_counts = [](const ScoringOptions& options) {
    return std::tie(options.null_model, options.fdr, options.fdr_level, options.max_permutations,
                    options.max_t_permutations, options.seed);
  };
  return what_counts(a) == what_counts(b);
}

bool same_bootstrap(const ScoringOptions& a, const ScoringOptions& b) {
  return std::tie(a.null_model, a.n_bootstrap, a.seed) ==
         std::tie(b.null_model, b.n_bootstrap, b.seed);
}

std::string to_string(NullModel model) {
  switch (model) {
    case NullModel::kPlain:
      return "plain";
    case NullModel::kLength:
      return "length";
    case NullModel::kLengthDocument:
      break;
  }
  return "length-document";
}

std::string to_string(FdrProcedure procedure) {
  return procedure == FdrProcedure::kBenjaminiHochberg ? "bh" : "by";
}

std::optional<NullModel> null_model_from(const std::string& word) {
  for (const auto model : {NullModel::kPlain, NullModel::kLength, NullModel::kLengthDocument}) {
    if (to_string(model) == word) return model;
  }
  return std::nullopt;
}

std::optional<FdrProcedure> fdr_procedure_from(const std::string& word) {
  for (const auto procedure :
       {FdrProcedure::kBenjaminiHochberg, FdrProcedure::kBenjaminiYekutieli}) {
    if (to_string(procedure) == word) return procedure;
  }
  return std::nullopt;
}

}  // namespace isogloss
