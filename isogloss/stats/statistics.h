// Activation statistics (Gómez 2024, "Activation statistics"; formulas in docs/method.md §2).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/store/maxima.h"

namespace isogloss {

inline constexpr std::array<double, 5> kQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};

/// Exact mean and quantiles of activations > 0, in constant memory, as State / add / combine /
/// finalize. Order statistics are found by counting: pass 0 counts the upper 16 bits of each value,
/// pass 1 the lower 16 bits within the buckets that hold the wanted ranks. Both passes see the same
/// values; combine(a, b) equals adding b's values to a.
class ThresholdState {
 public:
  ThresholdState();
  void add(std::span<const float> values);  ///< finite and > 0
  void combine(const ThresholdState& other);
  void begin_second_pass();

  struct Result {
    std::int64_t count = 0;
    double mean = 0;                    ///< null (NaN) when count is 0
    std::array<double, 5> quantiles{};  ///< linear interpolation between order statistics
  };
  Result finalize() const;  ///< after the second pass

 private:
  std::vector<std::int64_t> upper_;               ///< [65536]
  std::vector<std::vector<std::int64_t>> lower_;  ///< per wanted bucket [65536]
  std::vector<std::int32_t> wanted_buckets_;
  std::int64_t count_ = 0;
  double sum_ = 0;
  bool second_pass_ = false;
};

/// One line of a series plot: each feature's share of rows with x > value, sorted descending.
struct ThresholdSeries {
  std::string name;  ///< "mean", "q_0.05", …
  double value = 0;
  std::vector<double> shares;  ///< [n_features]
};

struct GroupStatistics {
  std::string group;                    ///< "global" or a language
  std::vector<ThresholdSeries> series;  ///< mean, then the quantiles ascending
};

/// Shares for all groups: "global" (all languages pooled, n_rows · n_languages rows), then each
/// language. `thresholds` is in the same order as the groups.
std::vector<GroupStatistics> threshold_series(const Maxima& maxima,
                                              std::span<const ThresholdState::Result> thresholds);

/// The content of statistics.json.
std::string statistics_json(std::span<const GroupStatistics> groups);

}  // namespace isogloss
