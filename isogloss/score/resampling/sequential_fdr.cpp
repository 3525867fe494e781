#include <algorithm>
#include <boost/math/distributions/binomial.hpp>
#include <cmath>
#include <numeric>

#include "isogloss/numeric/false_discovery.h"
#include "isogloss/score/resampling/sequential_fdr_internal.h"

namespace isogloss {
namespace {

constexpr std::int64_t kFirstRound = 100;

/// Each round is half as large again as the last, so a decision takes at most half as many draws
/// again as it needs.
std::int64_t after(std::int64_t drawn, std::int64_t max_draws) {
  if (drawn == 0) return std::min(kFirstRound, max_draws);
  return drawn < max_draws - drawn / 2 ? drawn + drawn / 2 : max_draws;
}

std::int32_t number_of_rounds(std::int64_t max_draws) {
  std::int32_t n = 0;
  for (std::int64_t drawn = 0; drawn < max_draws; drawn = after(drawn, max_draws)) ++n;
  return n;
}

double applied_level(const PermutationOptions& options, std::size_t n_hypotheses) {
  if (options.procedure == FdrProcedure::kBenjaminiHochberg) return options.level;
  double harmonic = 0;
  for (std::size_t i = 1; i <= n_hypotheses; ++i) harmonic += 1 / static_cast<double>(i);
  return options.level / harmonic;
}

}  // namespace

SequentialFdr::SequentialFdr(std::size_t n_hypotheses, const PermutationOptions& options)
    : level_(applied_level(options, n_hypotheses)),
      max_draws_(options.max_permutations),
      enough_exceedances_(options.enough_exceedances),
      risk_(options.risk / (2 * static_cast<double>(n_hypotheses) *
                            std::max(1, number_of_rounds(options.max_permutations)))),
      lower_(n_hypotheses, 0.0),
      upper_(n_hypotheses, 1.0),
      open_(n_hypotheses) {
  std::iota(open_.begin(), open_.end(), 0);
}

std::int64_t SequentialFdr::target() const { return after(drawn_, max_draws_); }

void SequentialFdr::end_round(std::span<const std::int64_t> exceedances) {
  drawn_ = target();
  if (risk_ > 0) {
    update_bounds(exceedances);
    const auto is_decided = decided();
    std::erase_if(open_, [&](std::int32_t hypothesis) {
      const auto i = static_cast<std::size_t>(hypothesis);
      return is_decided[i] != 0 || exceedances[i] >= enough_exceedances_;
    });
  }
  if (drawn_ == max_draws_) open_.clear();
}

std::vector<std::uint8_t> SequentialFdr::decided() const {
  const double surely_rejected = step_up_threshold(upper_, level_);
  const double possibly_rejected = step_up_threshold(lower_, level_);
  std::vector<std::uint8_t> result(lower_.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = upper_[i] <= surely_rejected || lower_[i] > possibly_rejected;
  }
  return result;
}

void SequentialFdr::update_bounds(std::span<const std::int64_t> exceedances) {
  using Binomial = boost::math::binomial_distribution<double>;
  auto by_count = open_;  // equal counts have equal bounds, and many hypotheses have equal counts
  std::sort(by_count.begin(), by_count.end(), [&](std::int32_t a, std::int32_t b) {
    return exceedances[static_cast<std::size_t>(a)] < exceedances[static_cast<std::size_t>(b)];
  });
  std::int64_t count = -1;
  const auto n = static_cast<double>(drawn_);
  double lower = 0;
  double upper = 1;
  for (const auto hypothesis : by_count) {
    const auto i = static_cast<std::size_t>(hypothesis);
    if (exceedances[i] != count) {
      count = exceedances[i];
      lower = Binomial::find_lower_bound_on_p(n, static_cast<double>(count), risk_);
      upper = Binomial::find_upper_bound_on_p(n, static_cast<double>(count), risk_);
    }
    lower_[i] = lower;
    upper_[i] = upper;
  }
}

}  // namespace isogloss
