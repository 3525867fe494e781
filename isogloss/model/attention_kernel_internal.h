// The inner loops of attention: one query of one head.
#pragma once

#include <cstddef>
#include <cstdint>

namespace isogloss {

/// A query and the keys that it may see.
struct AttentionQuery {
  const float* x = nullptr;             ///< [width]
  const std::uint16_t* mask = nullptr;  ///< [n_keys] float16, added to the scores
  const float* keys = nullptr;          ///< [n_keys, width]
  const float* values = nullptr;        ///< [n_keys, value_width]
  std::size_t n_keys = 0;
  std::size_t width = 0;
  std::size_t value_width = 0;
  float scale = 1;
  float cap = 0;   ///< of the scores, as cap · tanh(score / cap); 0: none
  float sink = 0;  ///< a score that takes part in the softmax and has no value; −∞: none
};

/// out [value_width] = softmax(scores) · values; 0 without keys. `scores` has room for n_keys. For
/// any processor.
void attend_portable(const AttentionQuery& query, float* scores, float* out);
/// The same bits where has_avx2() or widest_vectors().
void attend_avx2(const AttentionQuery& query, float* scores, float* out);
void attend_wide(const AttentionQuery& query, float* scores, float* out);

}  // namespace isogloss
