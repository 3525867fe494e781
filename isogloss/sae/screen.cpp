#include <algorithm>
#include <cmath>
#include <functional>

#include "isogloss/numeric/vector_math.h"
#include "isogloss/sae/exact_product_internal.h"
#include "isogloss/sae/screen_internal.h"

namespace isogloss {

/// Of 8 rows: √Σ(x − x̂)², and √Σx̂², where x̂ is the row in 8 bits.
struct Screen::TileNorms {
  float error[kTokensPerTile];
  float length[kTokensPerTile];
};

namespace {

static_assert(kNumbersPerBlock % kProductStep == 0);

/// More than float32 loses in adding up the squares of a row, and in comparing with a limit.
constexpr float kWiden = 1.001F;
/// More than float32 loses of a pre-activation beside what the limits allow for products.
constexpr float kRounding = 1e-6F;

/// Σ(x − x̂)² and Σx̂².
struct RowSquares {
  float error, length;
};

/// Of row `t` of a tile, and of x [32 · n_blocks], which it was packed from.
ISOGLOSS_INLINE void measure(const float* x, const PackedActivations* tile, std::size_t t,
                             std::size_t n_blocks, RowSquares& norms) {
  float errors[kNumbersPerBlock] = {};
  float lengths[kNumbersPerBlock] = {};
  for (std::size_t b = 0; b < n_blocks; ++b) {
    std::int8_t values[kNumbersPerBlock];
    for (std::size_t q = 0; q < kQuadsPerBlock; ++q) {
      std::copy_n(tile[b].values[q][t], 4, values + 4 * q);
    }
    for (std::size_t i = 0; i < kNumbersPerBlock; ++i) {
      const float rounded = tile[b].scale[t] * static_cast<float>(values[i]);
      const float error = x[b * kNumbersPerBlock + i] - rounded;
      errors[i] += error * error;
      lengths[i] += rounded * rounded;
    }
  }
  float error = 0, length = 0;
  for (std::size_t i = 0; i < kNumbersPerBlock; ++i) {
    error += errors[i];
    length += lengths[i];
  }
  norms = {error, length};
}

struct Lines {
  const float *product, *length_of_weights, *error_of_weights, *offset, *per_floor;
};

/// How many of a panel's features may fire on a row; see ScreenedWeights::Limits. Negated, so that
/// NaN counts and is refused later.
ISOGLOSS_INLINE int count_candidates(const Lines& of, float error, float length, float floor) {
  int n = 0;
  for (std::size_t f = 0; f < kRowsPerPanel; ++f) {
    const float high =
        of.product[f] + (error * of.length_of_weights[f] + length * of.error_of_weights[f]);
    n += !(high <= of.offset[f] + floor * of.per_floor[f]);
  }
  return n;
}

struct Functions {
  void (*measure)(const float*, const PackedActivations*, std::size_t, std::size_t, RowSquares&);
  int (*count_candidates)(const Lines&, float, float, float);
};

ISOGLOSS_WIDE void measure_wide(const float* x, const PackedActivations* tile, std::size_t t,
                                std::size_t n_blocks, RowSquares& norms) {
  measure(x, tile, t, n_blocks, norms);
}
ISOGLOSS_WIDE int count_wide(const Lines& of, float error, float length, float floor) {
  return count_candidates(of, error, length, floor);
}
ISOGLOSS_AVX2 void measure_avx2(const float* x, const PackedActivations* tile, std::size_t t,
                                std::size_t n_blocks, RowSquares& norms) {
  measure(x, tile, t, n_blocks, norms);
}
ISOGLOSS_AVX2 int count_avx2(const Lines& of, float error, float length, float floor) {
  return count_candidates(of, error, length, floor);
}
void measure_anywhere(const float* x, const PackedActivations* tile, std::size_t t,
                      std::size_t n_blocks, RowSquares& norms) {
  measure(x, tile, t, n_blocks, norms);
}
int count_anywhere(const Lines& of, float error, float length, float floor) {
  return count_candidates(of, error, length, floor);
}

const Functions& functions() {
  static const Functions kFastest = widest_vectors() ? Functions{measure_wide, count_wide}
                                    : has_avx2()     ? Functions{measure_avx2, count_avx2}
                                                     : Functions{measure_anywhere, count_anywhere};
  return kFastest;
}

}  // namespace

Screen::Screen(std::shared_ptr<const ScreenedWeights> weights)
    : weights_(std::move(weights)),
      tiles_(kRows / kTokensPerTile * weights_->n_blocks_),
      norms_(kRows / kTokensPerTile),
      candidates_(kRows),
      contests_(kRows) {}

Screen::Screen(Screen&&) noexcept = default;
Screen::~Screen() = default;

void Screen::look_at(std::span<const float> rows) {
  rows_ = rows;
  const auto n_rows = rows.size() / weights_->stride();
  for (std::size_t row = 0; row < n_rows; ++row) {
    candidates_[row].clear();
    contests_[row].features.clear();
    contests_[row].floor = 0;
    contests_[row].next_cut = 0;
  }
  pack(rows);
  for (std::size_t panel = 0; panel < weights_->n_panels_; ++panel) look_at_panel(panel);
  if (weights_->k_ == 0) return;
  for (std::size_t row = 0; row < n_rows; ++row) {
    raise_floor(contests_[row]);
    for (const auto& bounds : contests_[row].features) {
      candidates_[row].push_back(multiply(row, bounds.feature));
    }
  }
}

void Screen::pack(std::span<const float> rows) {
  const auto stride = weights_->stride();
  const auto n_blocks = weights_->n_blocks_;
  const auto n_rows = rows.size() / stride;
  for (std::size_t first = 0; first < n_rows; first += kTokensPerTile) {
    const auto n = std::min(kTokensPerTile, n_rows - first);
    auto* const tile = tiles_.data() + first / kTokensPerTile * n_blocks;
    const auto* const x = rows.data() + first * stride;
    best_kernels()->pack_tile(x, n, n_blocks, tile);
    auto& norms = norms_[first / kTokensPerTile];
    for (std::size_t t = 0; t < n; ++t) {
      RowSquares squares{};
      functions().measure(x + t * stride, tile, t, n_blocks, squares);
      norms.error[t] = kWiden * std::sqrt(squares.error);
      norms.length[t] = kWiden * std::sqrt(squares.length);
    }
  }
}

void Screen::look_at_panel(std::size_t panel) {
  const auto& weights = *weights_;
  const auto n_rows = rows_.size() / weights.stride();
  const auto& limits = weights.limits_[panel];
  static const auto& kernel = *best_kernels()->find(GGML_TYPE_Q8_0);
  alignas(64) float products[kTokensPerTile][kRowsPerPanel];
  for (std::size_t first = 0; first < n_rows; first += kTokensPerTile) {
    const auto n = std::min(kTokensPerTile, n_rows - first);
    const auto tile = first / kTokensPerTile;
    kernel.multiply_panel(weights.packed_.data() + panel * weights.n_blocks_,
                          tiles_.data() + tile * weights.n_blocks_, weights.n_blocks_,
                          kRowsPerPanel, n, products[0], kRowsPerPanel);
    for (std::size_t t = 0; t < n; ++t) {
      const Lines lines{products[t], limits.length_of_weights, limits.error_of_weights,
                        limits.offset, limits.per_floor};
      if (functions().count_candidates(lines, norms_[tile].error[t], norms_[tile].length[t],
                                       contests_[first + t].floor) > 0) {
        look_closer(panel, first + t, products[t]);
      }
    }
  }
}

/// At the features of a panel, some of which may fire.
void Screen::look_closer(std::size_t panel, std::size_t row, const float* products) {
  const auto& limits = weights_->limits_[panel];
  const auto& norms = norms_[row / kTokensPerTile];
  const auto error = norms.error[row % kTokensPerTile];
  const auto length = norms.length[row % kTokensPerTile];
  auto& contest = contests_[row];
  const auto first = panel * kRowsPerPanel;
  const auto n = std::min(kRowsPerPanel, weights_->n_features_ - first);
  for (std::size_t f = 0; f < n; ++f) {
    const float margin = error * limits.length_of_weights[f] + length * limits.error_of_weights[f];
    if (products[f] + margin <= limits.offset[f] + contest.floor * limits.per_floor[f]) continue;
    const auto feature = static_cast<std::int32_t>(first + f);
    if (weights_->k_ > 0) {
      enter(contest, feature, products[f], margin);
    } else {
      candidates_[row].push_back(multiply(row, feature));
    }
  }
  if (weights_->k_ > 0 && contest.features.size() >= contest.next_cut) raise_floor(contest);
}

Candidate Screen::multiply(std::size_t row, std::int32_t feature) const {
  const auto stride = weights_->stride();
  const auto x = rows_.subspan(row * stride, stride);
  const auto* const w = weights_->rows_.data() + static_cast<std::size_t>(feature) * stride;
  return {feature, static_cast<float>(exact_product(x, w))};
}

void Screen::enter(Contest& contest, std::int32_t feature, float product, float margin) const {
  const auto f = static_cast<std::size_t>(feature);
  const float b = weights_->bias_[f];
  const float scale = 1 / weights_->limits_[f / kRowsPerPanel].per_floor[f % kRowsPerPanel];
  margin += kRounding * (std::fabs(product) + std::fabs(b));
  contest.features.push_back(
      {feature, (product - margin + b) * scale, (product + margin + b) * scale});
}

void Screen::raise_floor(Contest& contest) {
  const auto k = weights_->k_;
  scores_.clear();
  for (const auto& bounds : contest.features) {
    if (!std::isnan(bounds.low)) scores_.push_back(bounds.low);
  }
  if (scores_.size() >= k) {
    const auto kth = scores_.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::ranges::nth_element(scores_, kth, std::ranges::greater());
    contest.floor = std::max(contest.floor, *kth);
    std::erase_if(contest.features,
                  [&](const Bounds& bounds) { return bounds.high < contest.floor; });
  }
  contest.next_cut = 2 * contest.features.size() + 4 * k;
}

std::uint64_t Screen::working_memory() const {
  return tiles_.size() * sizeof(PackedActivations) + kRows * weights_->stride() * sizeof(float);
}

}  // namespace isogloss
