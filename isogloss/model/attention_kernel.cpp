#include <ggml.h>

#include <algorithm>
#include <cmath>

#include "isogloss/model/attention_kernel_internal.h"
#include "isogloss/numeric/vector_math.h"

namespace isogloss {
namespace {

/// Sums are kept in as many lanes, which a vector register of float32 holds at most.
constexpr std::size_t kLanes = 16;

ISOGLOSS_INLINE float dot(const float* a, const float* b, std::size_t n) {
  float lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  for (std::size_t lane = 0; i < n; ++i, ++lane) lanes[lane] += a[i] * b[i];
  for (std::size_t step = kLanes / 2; step > 0; step /= 2) {
    for (std::size_t lane = 0; lane < step; ++lane) lanes[lane] += lanes[lane + step];
  }
  return lanes[0];
}

/// scores[k] = exp(score of key k − the highest score); returns their sum, the sink's included.
ISOGLOSS_INLINE float weigh_keys(const AttentionQuery& query, float* scores) {
  float highest = query.sink;
  for (std::size_t k = 0; k < query.n_keys; ++k) {
    const float product = query.scale * dot(query.x, query.keys + k * query.width, query.width);
    scores[k] = query.cap == 0 ? product : query.cap * fast_tanh(product / query.cap);
    scores[k] += ggml_fp16_to_fp32(query.mask[k]);
    highest = std::max(highest, scores[k]);
  }
  float sum = fast_exp(query.sink - highest);
  for (std::size_t k = 0; k < query.n_keys; ++k) {
    scores[k] = fast_exp(scores[k] - highest);
    sum += scores[k];
  }
  return sum;
}

ISOGLOSS_INLINE void attend_any(const AttentionQuery& query, float* scores, float* out) {
  std::fill(out, out + query.value_width, 0.F);
  if (query.n_keys == 0) return;
  const float share = 1 / weigh_keys(query, scores);
  for (std::size_t k = 0; k < query.n_keys; ++k) {
    const float* const value = query.values + k * query.value_width;
    for (std::size_t i = 0; i < query.value_width; ++i) out[i] += scores[k] * value[i];
  }
  for (std::size_t i = 0; i < query.value_width; ++i) out[i] *= share;
}

}  // namespace

ISOGLOSS_WIDE void attend_wide(const AttentionQuery& query, float* scores, float* out) {
  attend_any(query, scores, out);
}

ISOGLOSS_AVX2 void attend_avx2(const AttentionQuery& query, float* scores, float* out) {
  attend_any(query, scores, out);
}

void attend_portable(const AttentionQuery& query, float* scores, float* out) {
  attend_any(query, scores, out);
}

}  // namespace isogloss
