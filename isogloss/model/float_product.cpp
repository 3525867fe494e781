#include <ggml-backend.h>

#include <algorithm>

#include "isogloss/core/stopwatch.h"
#include "isogloss/model/float_product_internal.h"
#include "isogloss/numeric/vector_math.h"

namespace isogloss {
namespace {

bool is_in_memory(const ggml_tensor& tensor) {
  return tensor.buffer != nullptr && ggml_backend_buffer_is_host(tensor.buffer);
}

bool has_float_rows(const ggml_tensor& tensor) {
  return tensor.type == GGML_TYPE_F32 && tensor.nb[0] == sizeof(float) && is_in_memory(tensor);
}

template <class T>
T* at(const ggml_tensor& tensor, std::int64_t row, std::int64_t matrix, std::int64_t of_matrices) {
  return reinterpret_cast<T*>(static_cast<char*>(tensor.data) +
                              static_cast<std::size_t>(row) * tensor.nb[1] +
                              static_cast<std::size_t>(matrix) * tensor.nb[2] +
                              static_cast<std::size_t>(of_matrices) * tensor.nb[3]);
}

/// Calls visit(x, out) for every row of activations that is multiplied with matrix number `matrix`
/// of the weights.
template <class Visit>
void visit_rows(const ggml_tensor& node, std::int64_t matrix, const Visit& visit) {
  const auto& weights = *node.src[0];
  const auto& x = *node.src[1];
  if (const auto* experts = node.src[2]) {  // [n_chosen, n_tokens]: the matrices of a token
    for (std::int64_t token = 0; token < experts->ne[1]; ++token) {
      for (std::int64_t i = 0; i < experts->ne[0]; ++i) {
        const auto* const chosen = reinterpret_cast<const std::int32_t*>(
            at<char>(*experts, token, 0, 0) + static_cast<std::size_t>(i) * experts->nb[0]);
        if (*chosen != matrix) continue;
        visit(at<const float>(x, i % x.ne[1], token, 0), at<float>(node, i, token, 0));
      }
    }
    return;
  }
  const auto same_2 = x.ne[2] / weights.ne[2];  // matrices of activations for one of weights
  const auto same_3 = x.ne[3] / weights.ne[3];
  const auto first_2 = matrix % weights.ne[2] * same_2;
  const auto first_3 = matrix / weights.ne[2] * same_3;
  for (std::int64_t i3 = first_3; i3 < first_3 + same_3; ++i3) {
    for (std::int64_t i2 = first_2; i2 < first_2 + same_2; ++i2) {
      for (std::int64_t i1 = 0; i1 < x.ne[1]; ++i1) {
        visit(at<const float>(x, i1, i2, i3), at<float>(node, i1, i2, i3));
      }
    }
  }
}

/// Part of a matrix of weights: some numbers of some of its rows.
struct Part {
  std::size_t first_row, n_rows;
  std::size_t first_number, n_numbers;
};

Part part_from(const ggml_tensor& weights, std::size_t first_row, std::size_t first_number,
               std::size_t most_rows) {
  return {
      .first_row = first_row,
      .n_rows = std::min(most_rows, static_cast<std::size_t>(weights.ne[1]) - first_row),
      .first_number = first_number,
      .n_numbers = std::min(kFloatNumbers, static_cast<std::size_t>(weights.ne[0]) - first_number)};
}

/// Fills panels, one after the other, with the part's weights as float32. What is left of the last
/// panel's rows keeps other numbers.
void dequantise(const ggml_tensor& weights, std::int64_t matrix, const Part& part,
                FloatPanel* panels) {
  const auto to_float = ggml_get_type_traits(weights.type)->to_float;
  const auto skipped = ggml_row_size(weights.type, static_cast<std::int64_t>(part.first_number));
  float row[kFloatNumbers];
  for (std::size_t r = 0; r < part.n_rows; ++r) {
    const auto* const bytes = at<const char>(weights, static_cast<std::int64_t>(part.first_row + r),
                                             matrix % weights.ne[2], matrix / weights.ne[2]);
    to_float(bytes + skipped, row, static_cast<std::int64_t>(part.n_numbers));
    auto& panel = panels[r / kFloatRows];
    for (std::size_t i = 0; i < part.n_numbers; ++i) panel.values[i][r % kFloatRows] = row[i];
  }
}

/// Multiplies a part of the weights with rows of activations, several at once, and adds the
/// products to those of the numbers before.
class PartialProducts {
 public:
  PartialProducts(const FloatPanel* panels, const Part& part) : panels_(panels), part_(part) {}

  void add(const float* x, float* out) {
    x_[n_] = x + part_.first_number;
    out_[n_] = out + part_.first_row;
    if (++n_ == kFloatTokens) finish();
  }

  /// Multiplies what was added.
  void finish() {
    static const auto multiply = widest_vectors() ? &multiply_floats_wide
                                 : has_avx2()     ? &multiply_floats_avx2
                                                  : &multiply_floats_portable;
    float sums[kFloatTokens][kFloatRows];
    for (std::size_t row = 0; row < part_.n_rows; row += kFloatRows) {
      multiply(panels_[row / kFloatRows], part_.n_numbers, x_, n_, sums);
      const auto n_rows = std::min(kFloatRows, part_.n_rows - row);
      for (std::size_t t = 0; t < n_; ++t) {
        for (std::size_t r = 0; r < n_rows; ++r) {
          auto& out = out_[t][row + r];
          out = part_.first_number == 0 ? sums[t][r] : out + sums[t][r];
        }
      }
    }
    n_ = 0;
  }

 private:
  const FloatPanel* panels_;
  Part part_;
  const float* x_[kFloatTokens];
  float* out_[kFloatTokens];
  std::size_t n_ = 0;
};

}  // namespace

FloatProduct::FloatProduct(std::int32_t n_threads)
    : panels_(static_cast<std::size_t>(n_threads)),
      call_([](ggml_tensor* node, int thread, int n,
               void* self) { static_cast<FloatProduct*>(self)->compute(*node, thread, n); },
            this) {}

bool FloatProduct::suits(const ggml_tensor& node) {
  if (node.op != GGML_OP_MUL_MAT && node.op != GGML_OP_MUL_MAT_ID) return false;
  const auto& weights = *node.src[0];
  return weights.type != GGML_TYPE_F32 && ggml_get_type_traits(weights.type)->to_float != nullptr &&
         kFloatNumbers % static_cast<std::size_t>(ggml_blck_size(weights.type)) == 0 &&
         is_in_memory(weights) && has_float_rows(*node.src[1]) && has_float_rows(node);
}

void FloatProduct::take_over(ggml_tensor& node) const noexcept {
  if (suits(node)) call_.put_into(node);
}

void FloatProduct::compute(ggml_tensor& node, std::int64_t thread, std::int64_t n_threads) {
  double not_counted = 0;
  const Stopwatch stopwatch(thread == 0 ? seconds_ : not_counted);
  constexpr auto kRows = static_cast<std::int64_t>(kPanels * kFloatRows);
  const auto& weights = *node.src[0];
  const auto n_parts = (weights.ne[1] + kRows - 1) / kRows;
  const auto n_tasks = n_parts * weights.ne[2] * weights.ne[3];
  for (auto task = thread; task < n_tasks; task += n_threads) {
    multiply_rows(node, task / n_parts, static_cast<std::size_t>(task % n_parts * kRows),
                  panels_[static_cast<std::size_t>(thread)].data());
  }
}

void FloatProduct::multiply_rows(ggml_tensor& node, std::int64_t matrix, std::size_t first_row,
                                 FloatPanel* panels) {
  const auto& weights = *node.src[0];
  const auto width = static_cast<std::size_t>(weights.ne[0]);
  for (std::size_t first = 0; first < width; first += kFloatNumbers) {
    const auto part = part_from(weights, first_row, first, kPanels * kFloatRows);
    dequantise(weights, matrix, part, panels);
    PartialProducts products(panels, part);
    visit_rows(node, matrix, [&](const float* x, float* out) { products.add(x, out); });
    products.finish();
  }
}

}  // namespace isogloss
