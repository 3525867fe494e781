#include <ggml-backend.h>

#include <algorithm>

#include "isogloss/model/capture_internal.h"

namespace isogloss {

void Capture::expect(std::size_t n_rows) {
  n_expected = static_cast<std::int64_t>(n_rows);
  n_missing = tensors.size();
  done = false;
  for (auto& tensor : tensors) {
    tensor.rows.resize(n_rows * static_cast<std::size_t>(tensor.width));
    tensor.n_delivered = 0;
    tensor.n_deliveries = 0;
  }
}

bool capture_tensor(ggml_tensor* tensor, bool ask, void* user_data) noexcept {
  auto& capture = *static_cast<Capture*>(user_data);
  const auto found = std::ranges::find_if(
      capture.tensors, [&](const TensorCapture& wanted) { return wanted.tensor.is(*tensor); });
  const bool is_wanted = found != capture.tensors.end();
  if (ask && capture.own) capture.own->take_over(*tensor);
  if (ask) return is_wanted;
  if (!is_wanted) return true;

  if (++found->n_deliveries == 1) --capture.n_missing;
  const bool has_rows =
      tensor->type == GGML_TYPE_F32 && tensor->ne[0] == found->width && ggml_is_contiguous(tensor);
  found->n_delivered = has_rows ? ggml_nrows(tensor) : 0;
  if (found->n_delivered == capture.n_expected) {
    ggml_backend_tensor_get(tensor, found->rows.data(), 0, ggml_nbytes(tensor));
  }
  capture.done = capture.n_missing == 0;
  return !capture.done;
}

bool capture_is_done(void* user_data) noexcept { return static_cast<Capture*>(user_data)->done; }

}  // namespace isogloss
