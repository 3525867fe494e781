// What is computed in ggml's stead.
#pragma once

#include <ggml.h>

#include <cstdint>
#include <optional>

#include "isogloss/model/float_product_internal.h"
#include "isogloss/model/gelu_internal.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/model/quantized_product_internal.h"
#include "isogloss/model/sentence_attention_internal.h"

namespace isogloss {

/// Whether ggml on the CPU rounds what `node` computes with to fewer bits than float32 has.
bool ggml_rounds(const ggml_tensor& node);

/// Those of our operations that `options` and the processor allow. Must outlive the graphs of which
/// it took nodes, which must run one at a time, by at most `n_threads` threads.
class OwnOperations {
 public:
  OwnOperations(const ModelInfo& model, const LlamaOptions& options, std::int32_t n_threads)
      : is_exact_(options.exact) {
    if (!NodeCall::is_possible()) return;
    if (options.exact) {
      float_product_.emplace(n_threads);
    } else if (options.own_products && QuantizedProduct::is_available()) {
      product_.emplace(n_threads);
    }
    if (!options.own_attention) return;
    attention_.emplace(n_threads);
    gelu_.emplace(model.architecture);
  }

  /// Takes a node over before ggml computes it, if one of them suits it.
  void take_over(ggml_tensor& node) noexcept {
    if (product_) product_->take_over(node);
    if (float_product_) float_product_->take_over(node);
    if (attention_) attention_->take_over(node);
    if (gelu_) gelu_->take_over(node);
    if (is_exact_ && ggml_rounds(node)) inexact_ = ggml_op_desc(&node);
  }

  /// Whether keys and values are wanted in float32.
  bool has_attention() const { return attention_.has_value(); }
  /// Whether a node was left to ggml for want of memory, so that its last bits differ.
  bool lacked_memory() const { return product_ && product_->lacked_memory(); }
  /// Where all should be float32: what ggml was left with and computes in fewer bits; null if
  /// nothing.
  const char* inexact() const { return inexact_; }

  double seconds_of_products() const {
    return product_ ? product_->seconds() : float_product_ ? float_product_->seconds() : 0;
  }
  double seconds_of_attention() const { return attention_ ? attention_->seconds() : 0; }

 private:
  bool is_exact_;
  const char* inexact_ = nullptr;
  std::optional<QuantizedProduct> product_;
  std::optional<FloatProduct> float_product_;
  std::optional<SentenceAttention> attention_;
  std::optional<Gelu> gelu_;
};

}  // namespace isogloss
