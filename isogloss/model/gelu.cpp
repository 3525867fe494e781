#include <ggml-backend.h>

#include <array>
#include <cstddef>

#include "isogloss/model/gelu_internal.h"
#include "isogloss/numeric/vector_math.h"

namespace isogloss {
namespace {

/// x · Φ(x), with Φ(x) as (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2 = 1 / (1 + e^(−2 √(2/π) …)).
/// Source: Hendrycks and Gimpel 2016 (arXiv:1606.08415), section 2.
struct TanhForm {
  static ISOGLOSS_INLINE float apply(float x) {
    constexpr float kTwiceRootOf2OverPi = 1.59576912F;
    return x / (1 + fast_exp(-kTwiceRootOf2OverPi * (x + 0.044715F * x * x * x)));
  }
};

/// x · Φ(x) itself.
struct ErfForm {
  static ISOGLOSS_INLINE float apply(float x) {
    constexpr float kRootOfHalf = 0.707106781F;
    return 0.5F * x * (1 + fast_erf(x * kRootOfHalf));
  }
};

template <class Form>
ISOGLOSS_INLINE void apply(const float* x, const float* gate, std::size_t n, float* out) {
  if (gate == nullptr) {
    for (std::size_t i = 0; i < n; ++i) out[i] = Form::apply(x[i]);
  } else {
    for (std::size_t i = 0; i < n; ++i) out[i] = Form::apply(x[i]) * gate[i];
  }
}

ISOGLOSS_INLINE void apply(GeluForm form, const float* x, const float* gate, std::size_t n,
                           float* out) {
  if (form == GeluForm::kErf) {
    apply<ErfForm>(x, gate, n, out);
  } else {
    apply<TanhForm>(x, gate, n, out);
  }
}

const float* row_of(const ggml_tensor& tensor, std::int64_t row) {
  return reinterpret_cast<const float*>(static_cast<const char*>(tensor.data) +
                                        static_cast<std::size_t>(row) * tensor.nb[1]);
}

bool is_float_matrix(const ggml_tensor& tensor) {
  return tensor.type == GGML_TYPE_F32 && ggml_is_matrix(&tensor) && tensor.nb[0] == sizeof(float) &&
         tensor.buffer != nullptr && ggml_backend_buffer_is_host(tensor.buffer);
}

bool suits(const ggml_tensor& node) {
  if (!is_float_matrix(node) || !ggml_is_contiguous(&node)) return false;
  if (node.op == GGML_OP_UNARY) {
    return ggml_get_unary_op(&node) == GGML_UNARY_OP_GELU && is_float_matrix(*node.src[0]);
  }
  return node.op == GGML_OP_GLU && ggml_get_glu_op(&node) == GGML_GLU_OP_GEGLU &&
         is_float_matrix(*node.src[0]) && node.src[1] != nullptr && is_float_matrix(*node.src[1]);
}

template <GeluForm kForm>
void compute(ggml_tensor* node, int thread, int n_threads, void*) {
  static const auto on_row = widest_vectors() ? &gelu_wide
                             : has_avx2()     ? &gelu_avx2
                                              : &gelu_portable;
  const auto width = static_cast<std::size_t>(node->ne[0]);
  for (std::int64_t row = thread; row < node->ne[1]; row += n_threads) {
    on_row(kForm, row_of(*node->src[0], row),
           node->src[1] == nullptr ? nullptr : row_of(*node->src[1], row), width,
           static_cast<float*>(node->data) + static_cast<std::size_t>(row) * width);
  }
}

}  // namespace

ISOGLOSS_WIDE void gelu_wide(GeluForm form, const float* x, const float* gate, std::size_t n,
                             float* out) {
  apply(form, x, gate, n, out);
}

ISOGLOSS_AVX2 void gelu_avx2(GeluForm form, const float* x, const float* gate, std::size_t n,
                             float* out) {
  apply(form, x, gate, n, out);
}

void gelu_portable(GeluForm form, const float* x, const float* gate, std::size_t n, float* out) {
  apply(form, x, gate, n, out);
}

Gelu::Gelu(std::string_view architecture)
    : call_(architecture == "gptneox" ? &compute<GeluForm::kErf> : &compute<GeluForm::kTanh>,
            nullptr) {}

void Gelu::take_over(ggml_tensor& node) const noexcept {
  if (suits(node)) call_.put_into(node);
}

}  // namespace isogloss
