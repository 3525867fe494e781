// Nodes of a ggml graph that call a function of ours.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace isogloss {

/// Turns nodes into calls, which ggml's own threads then make instead of computing the node
/// (GGML_OP_CUSTOM). The node keeps its sources, its shape and its place in the graph.
class NodeCall {
 public:
  /// Called by each of `n_threads` threads, counted from 0; ggml lets none begin the next node
  /// before all have returned.
  using Function = void (*)(ggml_tensor* node, int thread, int n_threads, void* object);

  /// Of the parameters that a node had before, this many may be kept.
  static constexpr std::size_t kKept = 4;

  /// Whether ggml computes on nothing but the CPU. Another device may be given the node, and does
  /// not know such calls.
  static bool is_possible();

  /// `object` must outlive the graphs.
  NodeCall(Function function, void* object);

  /// Makes `node` a call, which keeps `parameters`, kKept at most, of its operation.
  void put_into(ggml_tensor& node, std::span<const std::int32_t> parameters = {}) const;

  /// What put_into() kept in `node`.
  static std::span<const std::int32_t, kKept> kept(const ggml_tensor& node);

 private:
  static constexpr std::size_t kParams = GGML_MAX_OP_PARAMS / sizeof(std::int32_t);
  std::int32_t call_[kParams];  ///< as ggml writes such a node's parameters
};

}  // namespace isogloss
