// Attention over packed sentences, each of which attends to its own tokens only.
#pragma once

#include <ggml.h>

#include <cstddef>
#include <vector>

#include "isogloss/model/node_call_internal.h"

namespace isogloss {

/// What a thread unpacks keys and values into.
struct AttentionWorkspace {
  std::vector<float> keys;    ///< [n_keys, width]
  std::vector<float> values;  ///< [n_keys, width of a value]
  std::vector<float> scores;  ///< [n_keys]
};

/// Takes flash-attention nodes of a ggml graph over before ggml computes them. ggml goes through
/// the keys of the whole batch and leaves out what the mask forbids; this goes from a query's first
/// allowed key to its last. Keys and values are float32 where the cache is, sums float32, and a
/// query's result has the same bits whatever else is in the batch, and for any number of threads.
///
/// Must outlive the graphs of which it took nodes, which must run one at a time.
class SentenceAttention {
 public:
  /// For graphs run by at most `n_threads` threads.
  explicit SentenceAttention(std::int32_t n_threads);
  SentenceAttention(const SentenceAttention&) = delete;

  /// Whether `node` is attention of float32 queries to one sequence of float32 or float16 keys and
  /// values in ordinary memory, under a float16 mask, without ALiBi.
  static bool suits(const ggml_tensor& node);

  /// Takes `node` over if it suits.
  void take_over(ggml_tensor& node) const noexcept;

  /// How long the first thread has computed so far.
  double seconds() const { return seconds_; }

 private:
  void compute(ggml_tensor& node, std::size_t thread, std::size_t n_threads);

  std::vector<AttentionWorkspace> workspaces_;  ///< one per thread
  double seconds_ = 0;
  NodeCall call_;
};

}  // namespace isogloss
