// κ of one feature on resampled rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/score/resampling/bootstrap.h"
#include "isogloss/score/resampling/bootstrap_sums_internal.h"
#include "isogloss/score/strata/by_stratum.h"

namespace isogloss {

/// What all features share: for each stratum, its number of rows and of pairs of different rows.
class ResampledStrata {
 public:
  ResampledStrata(const Strata& strata, const Resamples& resamples);

  const Resamples& resamples() const { return *resamples_; }
  double size(std::size_t stratum) const { return size_[stratum]; }
  /// The factor in E* of the sum over pairs of different rows, in kLanes resamples: (1 −
  /// 1/n_g)·n_g*/(n_g*² − Q_g), or 0 if there are no such pairs.
  const Lanes& others_factor(std::size_t group, std::size_t stratum) const {
    return others_factor_[group * size_.size() + stratum];
  }

 private:
  const Resamples* resamples_;
  std::vector<double> size_;          ///< [n_strata] n_g
  std::vector<Lanes> others_factor_;  ///< [n_groups][n_strata]
};

/// The mean stratified κ over all pairs of some columns, in each resample. Processes the resamples
/// in groups of kLanes and, within a group, stratum by stratum.
class BootstrapKappa {
 public:
  /// Takes two or more columns, none silent. Keeps a reference to `shared` and to
  /// what the columns view.
  BootstrapKappa(std::span<const SparseColumn> columns, const ResampledStrata& shared,
                 StratumGatherer& gatherer);

  /// True if any pair has a κ on the original rows. Only pairs that have one are looked at.
  bool defined() const { return !pairs_.empty(); }

  /// [n_resamples] Absent if a column is silent in the resample, or a pair has no κ in it.
  std::vector<std::optional<double>> of_resamples();

 private:
  struct Pair {
    std::size_t a;
    std::size_t b;
  };
  /// A stratum in which both columns of a pair fire.
  struct Common {
    std::size_t stratum;
    std::size_t pair;
    std::size_t place_a;  ///< among the column's strata
    std::size_t place_b;
    std::size_t first_common_row;
    std::size_t end_common_row;
  };

  void find_common_strata(std::size_t pair);
  /// The places of the rows, ascending, on which a column fires in one of its strata.
  std::span<const std::uint32_t> by_row_places(std::size_t column, std::size_t stratum) const;
  void sum_group(std::size_t group);
  void draw(std::size_t column, std::size_t place, std::size_t group);
  std::optional<double> mean_kappa(std::size_t lane) const;

  const ResampledStrata* shared_;
  std::vector<SparseColumn> by_row_;
  std::vector<ColumnByStratum> columns_;            ///< ascending by share within a stratum
  std::vector<std::vector<std::uint32_t>> places_;  ///< [columns] of by_row_places
  std::vector<Pair> pairs_;
  std::vector<Common> common_;  ///< ascending by stratum
  std::vector<CommonRow> common_rows_;
  std::vector<Lanes> mass_;            ///< [columns] Σ w p, for the group at hand
  std::vector<DrawnStratum> drawn_;    ///< [columns] for the group and stratum at hand
  std::vector<std::size_t> at_place_;  ///< [columns] which of its strata is at hand
  std::vector<OverlapSums> sums_;      ///< [pairs] for the group at hand
};

}  // namespace isogloss
