#include "isogloss/store/scoring_options.h"

namespace isogloss {

bool same_resampling(const ScoringOptions& a, const ScoringOptions& b) {
  auto with_a_rest = b;
  with_a_rest.shrinkage_lambda = a.shrinkage_lambda;
  with_a_rest.beta = a.beta;
  with_a_rest.measures = a.measures;
  return a == with_a_rest;
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
