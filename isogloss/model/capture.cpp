#include <ggml-backend.h>

#include <algorithm>
#include <string_view>

#include "isogloss/model/capture_internal.h"

namespace isogloss {

void Capture::expect(std::size_t n_rows) {
  n_expected = static_cast<std::int64_t>(n_rows);
  done = false;
  for (auto& layer : layers) {
    layer.rows.resize(n_rows * static_cast<std::size_t>(d_model));
    layer.n_delivered = 0;
    layer.n_deliveries = 0;
  }
}

bool capture_tensor(ggml_tensor* tensor, bool ask, void* user_data) noexcept {
  auto& capture = *static_cast<Capture*>(user_data);
  const auto found =
      std::ranges::find(capture.layers, std::string_view(tensor->name), &LayerCapture::tensor_name);
  const bool is_hook = found != capture.layers.end();
  if (ask && capture.product) capture.product->take_over(*tensor);
  if (ask) return is_hook;
  if (!is_hook) return true;

  ++found->n_deliveries;
  found->n_delivered = ggml_nrows(tensor);
  const bool as_expected = tensor->type == GGML_TYPE_F32 && tensor->ne[0] == capture.d_model &&
                           found->n_delivered == capture.n_expected && ggml_is_contiguous(tensor);
  if (as_expected) ggml_backend_tensor_get(tensor, found->rows.data(), 0, ggml_nbytes(tensor));
  capture.done = found + 1 == capture.layers.end();
  return !capture.done;
}

bool capture_is_done(void* user_data) noexcept { return static_cast<Capture*>(user_data)->done; }

}  // namespace isogloss
