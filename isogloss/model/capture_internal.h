// What is taken out of a running llama.cpp graph.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/model/hook_tensor_internal.h"
#include "isogloss/model/own_operations_internal.h"

namespace isogloss {

/// The rows of one tensor of the graph.
struct TensorCapture {
  GraphTensor tensor;
  std::int64_t width = 0;
  std::vector<float> rows;       ///< [n_expected, width]
  std::int64_t n_delivered = 0;  ///< rows of `width` float32 numbers; of other rows none is taken
  int n_deliveries = 0;
};

/// What the evaluation callback fills. Lives at a fixed address while a context points to it.
struct Capture {
  std::vector<TensorCapture> tensors;  ///< in any order, each once
  std::int64_t n_expected = 0;         ///< rows of the running batch
  std::size_t n_missing = 0;           ///< tensors that the running batch has not delivered yet
  bool done = false;  ///< all were delivered: whatever is computed after that is wasted
  std::optional<OwnOperations> own;

  /// Makes room for the rows of the next batch.
  void expect(std::size_t n_rows);
};

/// A context's evaluation callback (llama_context_params::cb_eval); `user_data` is its Capture.
bool capture_tensor(ggml_tensor* tensor, bool ask, void* user_data) noexcept;

/// A context's abort callback, likewise.
bool capture_is_done(void* user_data) noexcept;

}  // namespace isogloss
