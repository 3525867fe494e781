// When a family of Monte Carlo tests has drawn enough: MMCTest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/score/resampling/permutation.h"

namespace isogloss {

/// Says after every round which hypotheses still need draws, so that a step-up procedure decides as
/// it would with exact p-values (Gandy & Hahn 2014, "MMCTest", Scandinavian Journal of Statistics
/// 41(4), Algorithm 1). Every p has a Clopper–Pearson interval; the risk that any interval ever
/// misses is spread evenly over hypotheses, rounds and sides. The procedure is monotone in the
/// p-values: what it rejects with all p at their upper ends it also rejects at the true p, and what
/// it keeps with all p at their lower ends it also keeps. The estimates (e + 1)/(B + 1) lie between
/// the ends, so where both ends give the same decision, so do they.
class SequentialFdr {
 public:
  SequentialFdr(std::size_t n_hypotheses, const PermutationOptions& options);

  /// The hypotheses that need more draws, ascending: neither decided nor known well enough. Empty
  /// at the end.
  const std::vector<std::int32_t>& open() const { return open_; }
  /// The number of draws each open hypothesis has had, and the number it should have after the next
  /// round.
  std::int64_t drawn() const { return drawn_; }
  std::int64_t target() const;

  /// Takes in a round: `exceedances` [n_hypotheses] among the target() draws of each open one.
  void end_round(std::span<const std::int64_t> exceedances);

  /// [n_hypotheses] 1 if what is known decides it.
  std::vector<std::uint8_t> decided() const;

 private:
  void update_bounds(std::span<const std::int64_t> exceedances);

  double level_;
  std::int64_t max_draws_;
  std::int64_t enough_exceedances_;
  double risk_;  ///< of one side of one interval in one round
  std::int64_t drawn_ = 0;
  std::vector<double> lower_;  ///< [n_hypotheses] bounds of p; for those not open, as last known
  std::vector<double> upper_;
  std::vector<std::int32_t> open_;
};

}  // namespace isogloss
