#include <ggml-backend.h>

#include <algorithm>
#include <cassert>
#include <new>

#include "isogloss/core/stopwatch.h"
#include "isogloss/model/quantized_product_internal.h"

namespace isogloss {
namespace {

struct Shape {
  std::size_t n_blocks;
  std::size_t n_rows;
  std::size_t n_tokens;

  explicit Shape(const ggml_tensor& node)
      : n_blocks(static_cast<std::size_t>(node.src[0]->ne[0]) / kNumbersPerBlock),
        n_rows(static_cast<std::size_t>(node.ne[0])),
        n_tokens(static_cast<std::size_t>(node.ne[1])) {}

  std::size_t n_tiles() const { return (n_tokens + kTokensPerTile - 1) / kTokensPerTile; }
  std::size_t n_panels() const { return (n_rows + kRowsPerPanel - 1) / kRowsPerPanel; }
  /// Of a row of n_blocks blocks.
  std::size_t row_bytes(ggml_type type) const {
    return ggml_row_size(type, static_cast<std::int64_t>(n_blocks * kNumbersPerBlock));
  }
};

bool is_ordinary_matrix(const ggml_tensor& tensor) {
  return ggml_is_matrix(&tensor) && ggml_is_contiguous(&tensor) && tensor.buffer != nullptr &&
         ggml_backend_buffer_is_host(tensor.buffer);
}

template <typename T>
void grow(std::vector<T>& items, std::size_t n) {
  if (items.size() < n) items.resize(n);
}

}  // namespace

QuantizedProduct::QuantizedProduct(std::int32_t n_threads, const KernelSet* kernels)
    : kernels_(kernels),
      panels_(static_cast<std::size_t>(n_threads)),
      call_(
          [](ggml_tensor* node, int thread, int n, void* self) {
            static_cast<QuantizedProduct*>(self)->compute(*node, static_cast<std::size_t>(thread),
                                                          static_cast<std::size_t>(n));
          },
          this) {}

bool QuantizedProduct::is_available() {
  return best_kernels() != nullptr && NodeCall::is_possible();
}

bool QuantizedProduct::suits(const ggml_tensor& node) {
  constexpr std::int32_t kNoHint = 0;
  return node.op == GGML_OP_MUL_MAT && node.op_params[1] == kNoHint && node.type == GGML_TYPE_F32 &&
         node.src[1]->type == GGML_TYPE_F32 &&
         kPortableKernels.find(node.src[0]->type) != nullptr && is_ordinary_matrix(node) &&
         is_ordinary_matrix(*node.src[0]) && is_ordinary_matrix(*node.src[1]);
}

void QuantizedProduct::take_over(ggml_tensor& node) noexcept {
  if (!suits(node) || kernels_ == nullptr) return;
  try {
    reserve(node);
  } catch (const std::bad_alloc&) {
    lacked_memory_ = true;
    return;
  }
  call_.put_into(node);
}

void QuantizedProduct::reserve(const ggml_tensor& node) {
  const Shape shape(node);
  grow(tiles_, shape.n_tiles() * shape.n_blocks);
  for (auto& panel : panels_) grow(panel, shape.n_blocks);
}

void QuantizedProduct::compute(ggml_tensor& node, std::size_t thread, std::size_t n_threads) {
  double not_counted = 0;
  const Stopwatch stopwatch(thread == 0 ? seconds_ : not_counted);
  assert(thread < panels_.size());
  quantise(node, thread, n_threads);
  wait_for_all(n_threads);
  multiply(node, panels_[thread]);
}

void QuantizedProduct::quantise(const ggml_tensor& node, std::size_t thread,
                                std::size_t n_threads) {
  const Shape shape(node);
  const auto* const x = static_cast<const float*>(node.src[1]->data);
  for (std::size_t tile = thread; tile < shape.n_tiles(); tile += n_threads) {
    const std::size_t first = tile * kTokensPerTile;
    kernels_->pack_tile(x + first * shape.n_blocks * kNumbersPerBlock,
                        std::min(kTokensPerTile, shape.n_tokens - first), shape.n_blocks,
                        tiles_.data() + tile * shape.n_blocks);
  }
}

void QuantizedProduct::multiply(ggml_tensor& node, Panel& panel) {
  const Shape shape(node);
  const auto& kernel = *kernels_->find(node.src[0]->type);
  const auto row_bytes = shape.row_bytes(node.src[0]->type);
  const auto* const weights = static_cast<const std::uint8_t*>(node.src[0]->data);
  auto* const out = static_cast<float*>(node.data);
  for (;;) {
    const std::size_t n = next_panel_.fetch_add(1, std::memory_order_relaxed);
    if (n >= shape.n_panels()) return;
    const std::size_t row = n * kRowsPerPanel;
    const std::size_t n_rows = std::min(kRowsPerPanel, shape.n_rows - row);
    kernel.pack_panel(weights + row * row_bytes, row_bytes, n_rows, shape.n_blocks, panel.data());
    for (std::size_t tile = 0; tile < shape.n_tiles(); ++tile) {
      const std::size_t token = tile * kTokensPerTile;
      kernel.multiply_panel(panel.data(), tiles_.data() + tile * shape.n_blocks, shape.n_blocks,
                            n_rows, std::min(kTokensPerTile, shape.n_tokens - token),
                            out + token * shape.n_rows + row, shape.n_rows);
    }
  }
}

void QuantizedProduct::wait_for_all(std::size_t n_threads) {
  const int round = round_.load(std::memory_order_acquire);
  if (n_waiting_.fetch_add(1, std::memory_order_acq_rel) + 1 < n_threads) {
    round_.wait(round, std::memory_order_acquire);
    return;
  }
  n_waiting_.store(0, std::memory_order_relaxed);
  // ggml lets no thread begin the next node before all have finished this one.
  next_panel_.store(0, std::memory_order_relaxed);
  round_.fetch_add(1, std::memory_order_release);
  round_.notify_all();
}

}  // namespace isogloss
