// Percentile bootstrap intervals of agreement κ over sentences or documents (docs/method.md,
// "Bootstrap interval of κ").
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/score/strata/strata.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// How often each row was drawn, in every resample.
struct Resamples {
  std::int32_t n_resamples = 0;
  std::int32_t n_rows = 0;
  bool by_document = false;
  std::vector<float> count;  ///< [n_groups()][n_rows][kGroup]; 0 beyond the last

  /// Number of resamples processed together; their counts are adjacent.
  static constexpr std::size_t kGroup = 16;
  std::size_t n_groups() const {
    return (static_cast<std::size_t>(n_resamples) + kGroup - 1) / kGroup;
  }
  /// [n_rows][kGroup]
  const float* group(std::size_t g) const {
    return count.data() + g * static_cast<std::size_t>(n_rows) * kGroup;
  }
  float& of(std::size_t resample, std::size_t row) {
    return count[(resample / kGroup * static_cast<std::size_t>(n_rows) + row) * kGroup +
                 resample % kGroup];
  }
};

/// True if whole documents are drawn, which takes at least 5 different ones in `document`
/// ([n_rows], 0 … n_documents − 1, or empty): 4 have only 35 different resamples, too few for a
/// quantile of 2.5 %.
bool resampled_by_document(std::span<const std::int32_t> document);

/// Draws n_rows rows with replacement for each resample; or, where resampled_by_document(),
/// whole documents, as many as there are: sentences of a document are not independent.
/// Deterministic for a given seed. Takes four bytes per row and resample.
Resamples draw_resamples(std::int32_t n_rows, std::span<const std::int32_t> document,
                         std::int32_t n_resamples, std::uint64_t seed);

struct BootstrapInterval {
  std::optional<double> low;
  std::optional<double> high;
  std::int32_t n_undefined = 0;  ///< resamples without a κ, left out
};

/// Intervals for the mean over language pairs of stratified κ (signed, before shrinkage), one for
/// each of `features`. They are percentile intervals (Efron 1979): the (1 ± confidence)/2 quantiles
/// of κ* over the resamples, with linear interpolation. Absent where a language that fires the
/// feature does so on fewer than 5 rows, where no pair has a κ, and where more than a tenth of the
/// resamples have none: those in which one of these languages is silent or a pair's E* is 1.
/// Languages that never fire the feature play no part.
///
/// κ* of a resample with counts w, n_g* = Σ_{s∈g} w_s and Q_g = Σ_{s∈g} w_s², with p*_s = x_s/Σ w x
/// and q* similarly, m_sr = min(p*_s, q*_r):
///   M* = Σ_s w_s m_ss,
///   E* = Σ_g [ (1/n_g) Σ_s w_s m_ss
///              + (1 − 1/n_g)·n_g*·(Σ_sr w_s w_r m_sr − Σ_s w_s² m_ss)/(n_g*² − Q_g) ].
/// The first term pairs a sentence with itself, as often as E does; the second pairs it with the
/// others. The plain (1/n_g*) Σ_sr w_s w_r m_sr would also pair copies of a sentence with each
/// other, at chance's cost: a bias of up to 1/n_g that moves the whole interval down where strata
/// are small. Equals κ for w = 1.
///
/// Values are sorted once, and sixteen resamples are taken at a time. Only entries whose order
/// depends on the resample are compared one by one: a resample costs O(k + k√k/s) for k non-zeros
/// in s strata. Computed in single precision, κ* is right to 2·10⁻⁶ (tested up to 100,000 rows).
/// Deterministic, whatever the processor's instruction set. Runs on all cores (oneTBB). Reports
/// stage "bootstrap", unit "features".
std::vector<BootstrapInterval> bootstrap_intervals(const Maxima& maxima, const Strata& strata,
                                                   const Resamples& resamples,
                                                   std::span<const std::int32_t> features,
                                                   double confidence, const RunControl& control);

}  // namespace isogloss
