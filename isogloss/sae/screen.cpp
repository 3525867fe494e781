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

/// More than float32 loses in adding up the squares of a row, and in comparing with a limit.
constexpr float kWiden = 1.001F;
/// More than float32 loses of a pre-activation beside what the limits allow for products.
constexpr float kRounding = 1e-6F;

struct RowNorms {
  float error, length;
};

/// Of row `t` of a tile, and of x [32 · n_blocks], which it was packed from.
ISOGLOSS_INLINE void measure(const float* x, const PackedActivations* tile, std::size_t t,
                             std::size_t n_blocks, RowNorms& norms) {
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
  void (*measure)(const float*, const PackedActivations*, std::size_t, std::size_t, RowNorms&);
  int (*count_candidates)(const Lines&, float, float, float);
};

ISOGLOSS_WIDE void measure_wide(const float* x, const PackedActivations* tile, std::size_t t,
                                std::size_t n_blocks, RowNorms& norms) {
  measure(x, tile, t, n_blocks, norms);
}
ISOGLOSS_WIDE int count_wide(const Lines& of, float error, float length, float floor) {
  return count_candidates(of, error, length, floor);
}
ISOGLOSS_AVX2 void measure_avx2(const float* x, const PackedActivations* tile, std::size_t t,
                                std::size_t n_blocks, RowNorms& norms) {
  measure(x, tile, t, n_blocks, norms);
}
ISOGLOSS_AVX2 int count_avx2(const Lines& of, float error, float length, float floor) {
  return count_candidates(of, error, length, floor);
}
void measure_anywhere(const float* x, const PackedActivations* tile, std::size_t t,
                      std::size_t n_blocks, RowNorms& norms) {
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
      contests_(kRows) {}

Screen::Screen(Screen&&) noexcept = default;
Screen::~Screen() = default;

void Screen::look_at(std::span<const float> rows) {
  rows_ = rows;
  const auto n_rows = rows.size() / weights_->stride();
  for (std::size_t row = 0; row < n_rows; ++row) {
    contests_[row].features.clear();
    contests_[row].floor = 0;
    contests_[row].next_cut = 0;
  }
  for (std::size_t first = 0; first < n_rows; first += kTokensPerTile) {
    const auto n = std::min(kTokensPerTile, n_rows - first);
    auto* const tile = tiles_.data() + first / kTokensPerTile * weights_->n_blocks_;
    const auto* const x = rows.data() + first * weights_->stride();
    best_kernels()->pack_tile(x, n, weights_->n_blocks_, tile);
    auto& norms = norms_[first / kTokensPerTile];
    for (std::size_t t = 0; t < n; ++t) {
      RowNorms squares{};
      functions().measure(x + t * weights_->stride(), tile, t, weights_->n_blocks_, squares);
      norms.error[t] = kWiden * std::sqrt(squares.error);
      norms.length[t] = kWiden * std::sqrt(squares.length);
    }
  }
  for (std::size_t panel = 0; panel < weights_->n_panels_; ++panel) look_at_panel(panel);
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
      const auto error = norms_[tile].error[t];
      const auto length = norms_[tile].length[t];
      auto& contest = contests_[first + t];
      if (functions().count_candidates(lines, error, length, contest.floor) > 0) {
        note_candidates(panel, products[t], error, length, contest);
      }
    }
  }
}

void Screen::note_candidates(std::size_t panel, const float* products, float error, float length,
                             Contest& contest) {
  const auto& limits = weights_->limits_[panel];
  const auto first = panel * kRowsPerPanel;
  const auto n = std::min(kRowsPerPanel, weights_->n_features_ - first);
  for (std::size_t f = 0; f < n; ++f) {
    const float p = products[f];
    float margin = error * limits.length_of_weights[f] + length * limits.error_of_weights[f];
    if (p + margin <= limits.offset[f] + contest.floor * limits.per_floor[f]) continue;
    Bounds bounds{.feature = static_cast<std::int32_t>(first + f), .low = 0, .high = 0};
    if (weights_->k_ > 0) {
      const float b = weights_->bias_[first + f];
      const float scale = 1 / limits.per_floor[f];
      margin += kRounding * (std::fabs(p) + std::fabs(b));
      bounds.low = (p - margin + b) * scale;
      bounds.high = (p + margin + b) * scale;
    }
    contest.features.push_back(bounds);
  }
  if (weights_->k_ > 0 && contest.features.size() >= contest.next_cut) raise_floor(contest);
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

std::span<const Candidate> Screen::candidates(std::size_t row) {
  const auto& weights = *weights_;
  auto& contest = contests_[row];
  if (weights.k_ > 0) raise_floor(contest);
  const auto x = rows_.subspan(row * weights.stride(), weights.d_in_);
  candidates_.clear();
  for (const auto& [feature, low, high] : contest.features) {
    const auto* const w = weights.rows_.data() + static_cast<std::size_t>(feature) * weights.d_in_;
    candidates_.push_back({feature, static_cast<float>(exact_product(x, w))});
  }
  return candidates_;
}

std::uint64_t Screen::working_memory() const {
  return tiles_.size() * sizeof(PackedActivations) + kRows * weights_->stride() * sizeof(float);
}

}  // namespace isogloss
