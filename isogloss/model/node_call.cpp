#include <ggml-backend.h>
#include <ggml-cpp.h>

#include <algorithm>
#include <cassert>
#include <cstring>
#include <new>

#include "isogloss/model/node_call_internal.h"

namespace isogloss {

NodeCall::NodeCall(Function function, void* object) {
  // How ggml writes down which function a node calls is its own business: let it write one.
  const ggml_context_ptr context(
      ggml_init({.mem_size = 2 * ggml_tensor_overhead(), .mem_buffer = nullptr, .no_alloc = true}));
  if (!context) throw std::bad_alloc();
  auto* source = ggml_new_tensor_1d(context.get(), GGML_TYPE_F32, 1);
  const auto* caller = ggml_custom_4d(context.get(), GGML_TYPE_F32, 1, 1, 1, 1, &source, 1,
                                      function, GGML_N_TASKS_MAX, object);
  static_assert(sizeof call_ == sizeof caller->op_params);
  std::memcpy(call_, caller->op_params, sizeof call_);
  assert(std::all_of(call_ + kParams - kKept, call_ + kParams, [](auto n) { return n == 0; }));
}

bool NodeCall::is_possible() {
  for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
    if (ggml_backend_dev_type(ggml_backend_dev_get(i)) != GGML_BACKEND_DEVICE_TYPE_CPU) {
      return false;
    }
  }
  return true;
}

void NodeCall::put_into(ggml_tensor& node, std::span<const std::int32_t> parameters) const {
  assert(parameters.size() <= kKept);
  std::int32_t kept[kKept] = {};
  std::ranges::copy(parameters, kept);
  std::memcpy(node.op_params, call_, sizeof call_);
  std::memcpy(node.op_params + kParams - kKept, kept, sizeof kept);
  node.op = GGML_OP_CUSTOM;
}

std::span<const std::int32_t, NodeCall::kKept> NodeCall::kept(const ggml_tensor& node) {
  return std::span<const std::int32_t, kParams>(node.op_params).last<kKept>();
}

}  // namespace isogloss
