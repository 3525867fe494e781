// Products of single rows as exact as float32 can show.
#pragma once

#include <span>

namespace isogloss {

/// Σ a_i · b_i over the length of `a`, added up in double precision in an order that depends on the
/// length alone: the same bits on every processor.
double exact_product(std::span<const float> a, const float* b);

}  // namespace isogloss
