// The findings of a validation: one row of validation.parquet per number (docs/dataset.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isogloss/validation/rank_statistics.h"

namespace isogloss {

/// One row of validation.parquet. An empty text or absent number means that the row does not depend
/// on that condition.
struct Finding {
  std::string section = {};    ///< "null", "planted", "reliability", "retrieval", "agreement",
                               ///< "sensitivity", "rounding"
  std::string quantity = {};   ///< what `value` is, e.g. "roc_auc"
  std::string run = {};        ///< the run that the scores come from
  std::string other_run = {};  ///< the run they are compared with
  std::string score = {};      ///< as NamedScore or NamedP calls it
  std::string languages = {};  ///< "en-es"
  std::string variant = {};    ///< how the data were changed, e.g. words left out
  std::string condition = {};  ///< which features or decoys, or what was varied
  /// The number in the condition: k, sentences, threshold or multiple.
  std::optional<double> at = {};
  std::optional<double> density = {};
  std::optional<double> recall = {};
  std::optional<double> noise = {};
  std::optional<double> correlation = {};
  double value = 0;
  std::optional<double> sd = {};   ///< standard deviation over the repetitions; absent for one
  std::int32_t n_repetitions = 1;  ///< `value` is the mean over these

  /// Takes value, sd and n_repetitions from `repeated`, which has at least one value.
  Finding with(const Repetitions& repeated) const {
    Finding result = *this;
    result.value = repeated.mean();
    result.sd = repeated.sd();
    result.n_repetitions = repeated.count();
    return result;
  }
  Finding with(double number) const {
    Finding result = *this;
    result.value = number;
    return result;
  }
};

/// Calls visit(name, &Finding::name) for each column, `value` and what describes it last.
template <class Visit>
void visit_finding_columns(const Visit& visit) {
  visit("section", &Finding::section);
  visit("quantity", &Finding::quantity);
  visit("run", &Finding::run);
  visit("other_run", &Finding::other_run);
  visit("score", &Finding::score);
  visit("languages", &Finding::languages);
  visit("variant", &Finding::variant);
  visit("condition", &Finding::condition);
  visit("at", &Finding::at);
  visit("density", &Finding::density);
  visit("recall", &Finding::recall);
  visit("noise", &Finding::noise);
  visit("correlation", &Finding::correlation);
  visit("value", &Finding::value);
  visit("sd", &Finding::sd);
  visit("n_repetitions", &Finding::n_repetitions);
}

}  // namespace isogloss
