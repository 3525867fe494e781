// Activation statistics (Gómez 2024, "Activation statistics"; formulas in docs/method.md §2).
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

inline constexpr std::array<double, 5> kQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};

/// Exact mean and quantiles of activations > 0, in constant memory (at most 6 MB). Order statistics
/// are found by counting: the first pass counts the upper 16 bits of each value, the second the
/// lower 16 bits within the buckets that hold the wanted ranks. Both passes must see the same
/// values. Every sum is an integer, so no result depends on the order of add and combine.
class ThresholdState {
 public:
  ThresholdState();
  /// Values are finite and > 0. In the second pass, a value outside the wanted buckets costs one
  /// look-up.
  void add(std::span<const float> values);
  /// Equals adding `other`'s values to this state. Both must be in the same pass; in the second,
  /// both must be copies of the state that began it, with values added since.
  void combine(const ThresholdState& other);
  void begin_second_pass();

  struct Result {
    std::int64_t count = 0;
    double mean = 0;                    ///< NaN when count is 0, like the quantiles
    std::array<double, 5> quantiles{};  ///< linear interpolation between order statistics
  };
  Result finalize() const;  ///< after the second pass

 private:
  float order_statistic(std::int64_t rank) const;

  std::vector<std::int64_t> upper_;               ///< [65536] values by upper 16 bits
  std::array<std::int64_t, 256> significands_{};  ///< sum of 24-bit significands by exponent
  std::int64_t count_ = 0;
  std::vector<std::int32_t> wanted_buckets_;      ///< upper halves, ascending
  std::vector<std::vector<std::int64_t>> lower_;  ///< [65536] for each wanted bucket
  bool second_pass_ = false;
};

/// One line of a plot: each feature's share of rows with x > value, sorted descending.
struct ThresholdSeries {
  std::string name;            ///< "mean", "q_0.05", …
  double value = 0;            ///< NaN when the group has no activation; the shares are then 0
  std::vector<double> shares;  ///< [n_features]
};

struct GroupStatistics {
  std::string group;                    ///< "global" or a language
  std::vector<ThresholdSeries> series;  ///< mean, then the quantiles ascending
};

/// Shares for all groups: "global" (all languages pooled, n_rows · n_languages rows), then each
/// language. `thresholds` is in the same order as the groups; they are compared in float64.
std::vector<GroupStatistics> threshold_series(const Maxima& maxima,
                                              std::span<const ThresholdState::Result> thresholds);

/// The content of statistics.json: numbers in their shortest form that reads back the same, null
/// for the value of a group without activations.
std::string statistics_json(std::span<const GroupStatistics> groups);

/// Reads statistics.json back: "global", then `languages`. Error(kBadInput) on any other content.
std::vector<GroupStatistics> read_statistics(const std::filesystem::path& path,
                                             std::span<const std::string> languages);

}  // namespace isogloss
