// What a validation found: one row of validation.parquet a number (docs/dataset.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "isogloss/validation/rank_statistics.h"

namespace isogloss {

/// Empty words and absent numbers: the row does not depend on that condition.
struct Finding {
  std::string section = {};       ///< "null", "planted", "reliability", "retrieval", "agreement",
                                  ///< "sensitivity"
  std::string quantity = {};      ///< what `value` is, e.g. "roc_auc"
  std::string run = {};           ///< where the scores come from
  std::string other_run = {};     ///< what they are held against
  std::string score = {};         ///< as NamedScore or NamedP calls it
  std::string languages = {};     ///< "en-es"
  std::string variant = {};       ///< what was done to the data of other_run, e.g. words left out
  std::string condition = {};     ///< which features, which decoys, what was varied
  std::optional<double> at = {};  ///< the condition's number: k, sentences, threshold, multiple
  std::optional<double> density = {};
  std::optional<double> recall = {};
  std::optional<double> noise = {};
  std::optional<double> correlation = {};
  double value = 0;
  std::optional<double> sd =
      {};  ///< standard deviation over the repetitions, if there were several
  std::int32_t n_repetitions = 1;  ///< of which `value` is the mean

  /// Takes value, sd and n_repetitions from `repeated`, which has at least one value.
  Finding with(const Repeated& repeated) const {
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

/// Calls visit(name, member) for each column, `value` and what belongs to it last. `Row` is Finding
/// or const Finding.
template <class Row, class Visit>
void visit_finding(Row& row, const Visit& visit) {
  visit("section", row.section);
  visit("quantity", row.quantity);
  visit("run", row.run);
  visit("other_run", row.other_run);
  visit("score", row.score);
  visit("languages", row.languages);
  visit("variant", row.variant);
  visit("condition", row.condition);
  visit("at", row.at);
  visit("density", row.density);
  visit("recall", row.recall);
  visit("noise", row.noise);
  visit("correlation", row.correlation);
  visit("value", row.value);
  visit("sd", row.sd);
  visit("n_repetitions", row.n_repetitions);
}

}  // namespace isogloss
