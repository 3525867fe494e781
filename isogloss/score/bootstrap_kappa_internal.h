// κ of one feature on resampled rows.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/score/bootstrap.h"
#include "isogloss/score/by_stratum_internal.h"

namespace isogloss {

/// What all features share: numbers of rows and of pairs of different rows, of each stratum.
class ResampledStrata {
 public:
  ResampledStrata(const Strata& strata, const Resamples& resamples);

  const Resamples& resamples() const { return *resamples_; }
  double size(std::size_t stratum) const { return size_[stratum]; }
  /// E*'s factor of the sum over pairs of different rows: (1 − 1/n_g)·n_g*/(n_g*² − Q_g), 0 if
  /// there are none.
  double others_factor(std::int32_t resample, std::size_t stratum) const {
    return others_factor_[static_cast<std::size_t>(resample) * size_.size() + stratum];
  }

 private:
  const Resamples* resamples_;
  std::vector<double> size_;           ///< [n_strata] n_g
  std::vector<double> others_factor_;  ///< [n_resamples][n_strata]
};

/// The mean over pairs of stratified κ of some columns, for one resample after another.
class BootstrapKappa {
 public:
  /// Columns are two or more, none silent. Keeps a reference to `shared`.
  BootstrapKappa(std::span<const SparseColumn> columns, const ResampledStrata& shared,
                 StratumGatherer& gatherer);

  /// Whether any pair has a κ on the rows as they are. Only those that have one are looked at.
  bool defined() const { return !pairs_.empty(); }

  /// Absent if a column is silent in the resample, or a pair has no κ in it.
  std::optional<double> of(std::int32_t resample);

 private:
  /// A column's non-zeros that were drawn, as they stand in ColumnByStratum.
  struct Drawn {
    double scale = 0;                  ///< 1/Σ w p
    std::vector<double> share;         ///< p/Σ w p
    std::vector<std::int64_t> weight;  ///< > 0
    std::vector<std::size_t> first;    ///< [strata + 1]

    std::span<const double> shares_of(std::size_t i) const {
      return std::span(share).subspan(first[i], first[i + 1] - first[i]);
    }
    std::span<const std::int64_t> weights_of(std::size_t i) const {
      return std::span(weight).subspan(first[i], first[i + 1] - first[i]);
    }
  };
  /// A row on which both columns of a pair fire.
  struct Meeting {
    std::int32_t row;
    double a;
    double b;
  };
  /// A stratum in which both columns of a pair fire.
  struct Common {
    std::size_t stratum;
    std::size_t in_a;  ///< its place among the column's strata
    std::size_t in_b;
    std::size_t end_meeting;  ///< one past its last in Pair::meetings
  };
  struct Pair {
    std::size_t a;
    std::size_t b;
    std::vector<Common> common;
    std::vector<Meeting> meetings;
  };
  static Pair make_pair(std::span<const ColumnByStratum> by_row, std::size_t a, std::size_t b);
  /// False if the column is silent.
  static bool draw(const ColumnByStratum& column, std::span<const std::uint8_t> counts,
                   Drawn& drawn);
  std::optional<double> kappa(const Pair& pair, std::int32_t resample) const;

  const ResampledStrata* shared_;
  std::vector<ColumnByStratum> columns_;  ///< ascending by share within a stratum
  std::vector<Drawn> drawn_;              ///< [columns] of the resample at hand
  std::vector<Pair> pairs_;
};

/// Σ_i Σ_j w_i v_j min(x_i, y_j), x and y ascending.
double weighted_sum_of_minima(std::span<const double> x, std::span<const std::int64_t> w,
                              std::span<const double> y, std::span<const std::int64_t> v);

}  // namespace isogloss
