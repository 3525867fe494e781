#include "isogloss/score/resampling/max_t.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>

#include "isogloss/numeric/random.h"
#include "isogloss/score/resampling/kappa_statistic_internal.h"

namespace isogloss {
namespace {

/// A block of permutations: where each row of each language except the first goes. The first stays
/// in place, since only relative places matter.
class PermutationBlock {
 public:
  PermutationBlock(const Strata& strata, std::int32_t n_languages)
      : n_rows_(strata.of_row.size()), n_permuted_(static_cast<std::size_t>(n_languages) - 1) {
    begin_.push_back(0);
    for (const auto n : strata.size) begin_.push_back(begin_.back() + static_cast<std::size_t>(n));
    auto next = begin_;
    row_at_.resize(n_rows_);
    for (std::size_t row = 0; row < n_rows_; ++row) {
      auto& place = next[static_cast<std::size_t>(strata.of_row[row])];
      row_at_[place++] = static_cast<std::int32_t>(row);
    }
  }

  /// The number of permutations that fit into 64 MiB.
  std::int32_t capacity() const {
    constexpr std::size_t kRows = (64U << 20) / sizeof(std::int32_t);
    return static_cast<std::int32_t>(
        std::clamp<std::size_t>(kRows / (n_rows_ * n_permuted_), 1, 4096));
  }

  /// Fills the block with permutations number first, first + 1, … of `seed`.
  void draw(std::uint64_t seed, std::int32_t first, std::int32_t size) {
    size_ = size;
    goes_to_.resize(static_cast<std::size_t>(size) * n_permuted_ * n_rows_);
    tbb::parallel_for(std::int32_t{0}, size, [&](std::int32_t i) {
      for (std::size_t l = 1; l <= n_permuted_; ++l) {
        shuffle(goes_to_.data() + offset(i, l),
                Random(seed, static_cast<std::uint64_t>(first + i), l));
      }
    });
  }

  std::int32_t size() const { return size_; }

  /// [n_rows] The i-th permutation of a language > 0.
  std::span<const std::int32_t> goes_to(std::int32_t i, std::size_t language) const {
    return {goes_to_.data() + offset(i, language), n_rows_};
  }

 private:
  std::size_t offset(std::int32_t i, std::size_t language) const {
    return (static_cast<std::size_t>(i) * n_permuted_ + language - 1) * n_rows_;
  }

  void shuffle(std::int32_t* goes_to, Random random) const {
    auto shuffled = row_at_;
    for (std::size_t g = 0; g + 1 < begin_.size(); ++g) {
      for (auto i = begin_[g]; i < begin_[g + 1]; ++i) {
        const auto n_left = static_cast<std::uint32_t>(begin_[g + 1] - i);
        std::swap(shuffled[i], shuffled[i + random.below(n_left)]);
      }
    }
    for (std::size_t i = 0; i < n_rows_; ++i) goes_to[row_at_[i]] = shuffled[i];
  }

  std::size_t n_rows_;
  std::size_t n_permuted_;
  std::int32_t size_ = 0;
  std::vector<std::int32_t> row_at_;   ///< [n_rows] strata one after the other
  std::vector<std::size_t> begin_;     ///< [n_strata + 1] in row_at_
  std::vector<std::int32_t> goes_to_;  ///< [size][n_permuted][n_rows]
};

struct Hypothesis {
  std::int32_t feature;
  KappaStatistic statistic;
  double threshold;  ///< the observed evidence, minus rounding

  /// Signed root of the deviance; sum >= 0.
  double evidence(double sum) const {
    const double ratio = sum / statistic.expected;
    const double relative_deviance =
        sum > 0 ? std::max(0.0, ratio * std::log(ratio) - (ratio - 1)) : 1;
    const double root =
        std::sqrt(2 * relative_deviance) * statistic.expected / statistic.standard_deviation;
    return ratio < 1 ? -root : root;
  }
};

/// A language that fires the feature.
struct Firing {
  std::size_t language;
  std::span<const std::int32_t> rows;
  std::vector<double> shares;
};

std::vector<Firing> firing_languages(const Maxima& maxima, std::int32_t feature) {
  std::vector<Firing> firing;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    const auto column = maxima.column(l, feature);
    if (column.size() == 0) continue;
    auto& added = firing.emplace_back(Firing{static_cast<std::size_t>(l), column.rows, {}});
    const double sum = sum_of(column);
    for (const float value : column.values) added.shares.push_back(value / sum);
  }
  return firing;
}

/// A thread's largest statistics, and the rows onto which it spreads a feature's languages.
struct Scratch {
  std::vector<double> largest;  ///< [block size]
  std::vector<double> table;    ///< [n_rows][firing languages but the last]; zero between features
};

/// One feature's languages on one permutation's rows.
class Layout {
 public:
  Layout(const std::vector<Firing>& firing, std::span<const double> weights,
         const PermutationBlock& block, std::size_t n_rows, std::vector<double>& table)
      : firing_(firing),
        weights_(weights),
        block_(block),
        width_(firing.size() - 1),
        table_(table) {
    if (table_.size() < n_rows * width_) table_.resize(n_rows * width_, 0.0);
    if (stays(0)) write(0, 0, true);
  }
  Layout(const Layout&) = delete;
  ~Layout() {
    if (stays(0)) write(0, 0, false);
  }

  /// Σ_{j<l} weight·M under the block's i-th permutation.
  double sum(std::int32_t i) {
    double total = 0;
    for (std::size_t l = 0; l <= width_; ++l) {
      if (l > 0) total += overlaps_with_earlier(i, l);
      if (l < width_ && !stays(l)) write(i, l, true);
    }
    for (std::size_t l = 0; l < width_; ++l) {
      if (!stays(l)) write(i, l, false);
    }
    return total;
  }

 private:
  bool stays(std::size_t l) const { return firing_[l].language == 0; }

  std::size_t row(std::int32_t i, std::size_t l, std::size_t k) const {
    const auto row = static_cast<std::size_t>(firing_[l].rows[k]);
    if (stays(l)) return row;
    return static_cast<std::size_t>(block_.goes_to(i, firing_[l].language)[row]);
  }

  void write(std::int32_t i, std::size_t l, bool shares) {
    for (std::size_t k = 0; k < firing_[l].rows.size(); ++k) {
      table_[row(i, l, k) * width_ + l] = shares ? firing_[l].shares[k] : 0;
    }
  }

  double overlaps_with_earlier(std::int32_t i, std::size_t l) const {
    const double* const weights = &weights_[l * (width_ + 1)];
    double sum = 0;
    for (std::size_t k = 0; k < firing_[l].rows.size(); ++k) {
      const double* const others = &table_[row(i, l, k) * width_];
      for (std::size_t j = 0; j < l; ++j) {
        sum += weights[j] * std::min(firing_[l].shares[k], others[j]);
      }
    }
    return sum;
  }

  const std::vector<Firing>& firing_;
  std::span<const double> weights_;  ///< [width + 1][width + 1]
  const PermutationBlock& block_;
  std::size_t width_;
  std::vector<double>& table_;
};

std::vector<Hypothesis> find_hypotheses(const Maxima& maxima, const Strata& strata,
                                        const RunControl& control) {
  tbb::enumerable_thread_specific<StratumGatherer> gatherers(
      [&] { return StratumGatherer(strata); });
  std::vector<std::optional<Hypothesis>> of_feature(static_cast<std::size_t>(maxima.n_features));
  tbb::parallel_for(std::int32_t{0}, maxima.n_features, [&](std::int32_t feature) {
    control.throw_if_stopped();
    const auto columns = firing_columns(maxima, feature);
    if (columns.size() < 2) return;
    Hypothesis hypothesis{feature, kappa_statistic(columns, gatherers.local()), 0};
    if (hypothesis.statistic.n_pairs == 0) return;
    if (hypothesis.statistic.standard_deviation > 0) {
      hypothesis.threshold = hypothesis.evidence(hypothesis.statistic.threshold(columns));
    }
    of_feature[static_cast<std::size_t>(feature)] = std::move(hypothesis);
  });
  std::vector<Hypothesis> hypotheses;
  for (auto& hypothesis : of_feature) {
    if (hypothesis) hypotheses.push_back(std::move(*hypothesis));
  }
  return hypotheses;
}

/// The largest evidence under each of the block's permutations.
std::vector<double> largest_of_block(const Maxima& maxima,
                                     const std::vector<Hypothesis>& hypotheses,
                                     const PermutationBlock& block, const RunControl& control) {
  constexpr double kNone = -std::numeric_limits<double>::infinity();
  const std::vector<double> none(static_cast<std::size_t>(block.size()), kNone);
  tbb::enumerable_thread_specific<Scratch> scratch(Scratch{none, {}});
  tbb::parallel_for(std::size_t{0}, hypotheses.size(), [&](std::size_t h) {
    control.throw_if_stopped();
    const auto& hypothesis = hypotheses[h];
    if (hypothesis.statistic.standard_deviation == 0) return;
    auto& [largest, table] = scratch.local();
    const auto firing = firing_languages(maxima, hypothesis.feature);
    Layout layout(firing, hypothesis.statistic.weights, block,
                  static_cast<std::size_t>(maxima.n_rows()), table);
    for (std::int32_t i = 0; i < block.size(); ++i) {
      auto& so_far = largest[static_cast<std::size_t>(i)];
      so_far = std::max(so_far, hypothesis.evidence(layout.sum(i)));
    }
  });
  auto largest = none;
  for (const auto& of_thread : scratch) {
    std::transform(largest.begin(), largest.end(), of_thread.largest.begin(), largest.begin(),
                   [](double a, double b) { return std::max(a, b); });
  }
  return largest;
}

}  // namespace

std::vector<std::optional<double>> max_t_p_values(const Maxima& maxima, const Strata& strata,
                                                  const MaxTOptions& options,
                                                  const RunControl& control) {
  const auto hypotheses = find_hypotheses(maxima, strata, control);
  PermutationBlock block(strata, maxima.n_languages());
  std::vector<double> largest;
  for (std::int32_t first = 0; first < options.n_permutations;) {
    block.draw(options.seed, first, std::min(block.capacity(), options.n_permutations - first));
    const auto of_block = largest_of_block(maxima, hypotheses, block, control);
    largest.insert(largest.end(), of_block.begin(), of_block.end());
    first += block.size();
    control.report(
        {.stage = "max-t", .unit = "permutations", .done = first, .total = options.n_permutations});
  }
  std::sort(largest.begin(), largest.end());
  std::vector<std::optional<double>> p(static_cast<std::size_t>(maxima.n_features));
  for (const auto& hypothesis : hypotheses) {
    auto& of_feature = p[static_cast<std::size_t>(hypothesis.feature)];
    of_feature = 1;
    if (hypothesis.statistic.standard_deviation == 0) continue;
    const auto reached = std::lower_bound(largest.begin(), largest.end(), hypothesis.threshold);
    of_feature = static_cast<double>(1 + (largest.end() - reached)) /
                 (static_cast<double>(largest.size()) + 1);
  }
  return p;
}

}  // namespace isogloss
