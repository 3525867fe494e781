#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

#include "isogloss/stats/statistics.h"

namespace isogloss {
namespace {

constexpr std::size_t kBuckets = 65536;
constexpr std::int32_t kSignificandBits = 23;
constexpr std::int32_t kExponentBias = 127;

// Positive floats order as their bit patterns do, so counting patterns is counting order
// statistics.
std::uint32_t pattern(float value) { return std::bit_cast<std::uint32_t>(value); }

std::int64_t significand(std::uint32_t bits) {
  const std::int64_t fraction = bits & ((1U << kSignificandBits) - 1);
  const bool subnormal = (bits >> kSignificandBits) == 0;
  return subnormal ? fraction : fraction | (std::int64_t{1} << kSignificandBits);
}

void add_counts(std::span<std::int64_t> to, std::span<const std::int64_t> from) {
  assert(to.size() == from.size());
  std::transform(to.begin(), to.end(), from.begin(), to.begin(), std::plus<>());
}

/// A quantile's place among `count` order statistics: between `rank` and the one after it.
struct Place {
  std::int64_t rank;
  std::int64_t next;
  double weight;  ///< weight of `next`
};

Place place_of(double quantile, std::int64_t count) {
  const double position = quantile * static_cast<double>(count - 1);
  const auto rank = static_cast<std::int64_t>(position);
  return {rank, std::min(rank + 1, count - 1), position - static_cast<double>(rank)};
}

// Rounds from the nearer end, as numpy's and torch's "linear" do: a threshold that differed from
// theirs in the last bit would count different rows where a maximum equals it.
double interpolate(double low, double high, double weight) {
  const double step = high - low;
  return weight < 0.5 ? low + step * weight : high - step * (1 - weight);
}

/// The bucket that holds the value of `rank`, and how many values lie in the buckets before it.
struct Bucket {
  std::size_t index;
  std::int64_t before;
};

Bucket find_bucket(std::span<const std::int64_t> counts, std::int64_t rank) {
  std::int64_t before = 0;
  std::size_t index = 0;
  while (before + counts[index] <= rank) before += counts[index++];
  return {index, before};
}

}  // namespace

ThresholdState::ThresholdState() : upper_(kBuckets) {}

void ThresholdState::add(std::span<const float> values) {
  if (!second_pass_) {
    for (const float value : values) {
      assert(std::isfinite(value) && value > 0);
      const auto bits = pattern(value);
      ++upper_[bits >> 16];
      significands_[bits >> kSignificandBits] += significand(bits);
    }
    count_ += static_cast<std::int64_t>(values.size());
    return;
  }
  for (const float value : values) {
    const auto bits = pattern(value);
    const auto bucket = static_cast<std::int32_t>(bits >> 16);
    const auto found = std::lower_bound(wanted_buckets_.begin(), wanted_buckets_.end(), bucket);
    if (found == wanted_buckets_.end() || *found != bucket) continue;
    ++lower_[static_cast<std::size_t>(found - wanted_buckets_.begin())][bits & 0xFFFF];
  }
}

void ThresholdState::combine(const ThresholdState& other) {
  assert(second_pass_ == other.second_pass_);
  if (second_pass_) {
    assert(wanted_buckets_ == other.wanted_buckets_);
    for (std::size_t i = 0; i < lower_.size(); ++i) add_counts(lower_[i], other.lower_[i]);
    return;
  }
  add_counts(upper_, other.upper_);
  add_counts(significands_, other.significands_);
  count_ += other.count_;
}

void ThresholdState::begin_second_pass() {
  assert(!second_pass_);
  second_pass_ = true;
  if (count_ == 0) return;
  for (const double quantile : kQuantiles) {
    const auto place = place_of(quantile, count_);
    for (const auto rank : {place.rank, place.next}) {
      wanted_buckets_.push_back(static_cast<std::int32_t>(find_bucket(upper_, rank).index));
    }
  }
  std::sort(wanted_buckets_.begin(), wanted_buckets_.end());
  wanted_buckets_.erase(std::unique(wanted_buckets_.begin(), wanted_buckets_.end()),
                        wanted_buckets_.end());
  lower_.assign(wanted_buckets_.size(), std::vector<std::int64_t>(kBuckets));
}

float ThresholdState::order_statistic(std::int64_t rank) const {
  const auto upper = find_bucket(upper_, rank);
  const auto wanted = std::lower_bound(wanted_buckets_.begin(), wanted_buckets_.end(),
                                       static_cast<std::int32_t>(upper.index));
  const auto& counts = lower_[static_cast<std::size_t>(wanted - wanted_buckets_.begin())];
  const auto lower = find_bucket(counts, rank - upper.before);
  return std::bit_cast<float>(static_cast<std::uint32_t>(upper.index << 16 | lower.index));
}

ThresholdState::Result ThresholdState::finalize() const {
  assert(second_pass_);
  Result result;
  result.count = count_;
  if (count_ == 0) {
    result.mean = std::numeric_limits<double>::quiet_NaN();
    result.quantiles.fill(result.mean);
    return result;
  }
  double sum = 0;
  for (std::size_t exponent = 0; exponent < significands_.size(); ++exponent) {
    // Subnormal numbers (exponent field 0) share the scale of the smallest normal ones.
    const auto scale = std::max(static_cast<std::int32_t>(exponent), 1);
    sum += std::ldexp(static_cast<double>(significands_[exponent]),
                      scale - kExponentBias - kSignificandBits);
  }
  result.mean = sum / static_cast<double>(count_);
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    const auto place = place_of(kQuantiles[i], count_);
    result.quantiles[i] =
        interpolate(order_statistic(place.rank), order_statistic(place.next), place.weight);
  }
  return result;
}

}  // namespace isogloss
