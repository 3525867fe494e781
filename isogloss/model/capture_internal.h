// What is taken out of a running llama.cpp graph.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/model/q8_product_internal.h"

namespace isogloss {

/// The rows of one layer's residual stream.
struct LayerCapture {
  std::int32_t layer = 0;
  std::string tensor_name;
  std::vector<float> rows;  ///< [n_expected, d_model]
  std::int64_t n_delivered = 0;
  int n_deliveries = 0;
};

/// What the evaluation callback fills. Lives at a fixed address while a context points to it.
struct Capture {
  std::vector<LayerCapture> layers;  ///< ascending, each layer once
  std::int64_t d_model = 0;
  std::int64_t n_expected = 0;  ///< rows of the running batch
  bool done = false;            ///< the deepest layer was reached: everything after it is wasted
  std::optional<Q8Product> product;

  /// Makes room for the rows of the next batch.
  void expect(std::size_t n_rows);
};

/// A context's evaluation callback (llama_context_params::cb_eval); `user_data` is its Capture.
bool capture_tensor(ggml_tensor* tensor, bool ask, void* user_data) noexcept;

/// A context's abort callback, likewise.
bool capture_is_done(void* user_data) noexcept;

}  // namespace isogloss
