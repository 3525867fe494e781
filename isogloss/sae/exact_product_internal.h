// Products of single rows as exact as float32 can show.
#pragma once

#include <cstddef>
#include <span>

namespace isogloss {

/// Rows are filled up with zeros to a multiple of this.
constexpr std::size_t kProductStep = 32;

/// Σ a_i · b_i over the length of `a`, a multiple of kProductStep, added up in double precision in
/// an order that depends on the length alone: the same bits on every processor.
double exact_product(std::span<const float> a, const float* b);

}  // namespace isogloss
