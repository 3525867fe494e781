// Corrections for testing many hypotheses at once.
#pragma once

#include <optional>
#include <span>
#include <vector>

namespace isogloss {

/// Procedures that correct p-values for testing many features.
enum class FdrProcedure {
  kBenjaminiHochberg,   ///< independent or positively dependent features
  kBenjaminiYekutieli,  ///< any dependence
};

/// Benjamini–Hochberg adjusted p-values (Benjamini & Hochberg 1995): q_(i) = min_{j>=i} m·p_(j)/j,
/// at most 1, over the m entries that are present.
std::vector<std::optional<double>> benjamini_hochberg(
    std::span<const std::optional<double>> p_values);

/// Benjamini–Yekutieli adjusted p-values (Benjamini & Yekutieli 2001, theorem 1.3): those of
/// Benjamini–Hochberg times Σ_{i<=m} 1/i before the bound at 1, valid under any dependence.
std::vector<std::optional<double>> benjamini_yekutieli(
    std::span<const std::optional<double>> p_values);

/// The adjusted p-values of `procedure`.
std::vector<std::optional<double>> adjusted_p_values(
    std::span<const std::optional<double>> p_values, FdrProcedure procedure);

/// The largest p that a step-up procedure rejects: max{p_(i) : p_(i) ≤ level·i/m}, or −1 if it
/// rejects none. For Benjamini–Yekutieli, divide the level by Σ_{i≤m} 1/i first.
double step_up_threshold(std::span<const double> p_values, double level);

}  // namespace isogloss
