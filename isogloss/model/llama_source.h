// A GGUF model run by llama.cpp up to the deepest layer that is asked for.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "isogloss/model/activation_source.h"
#include "isogloss/model/bos.h"
#include "isogloss/model/hook_point.h"

namespace isogloss {

struct LlamaOptions {
  std::int32_t n_threads = 0;               ///< 0: usable_cores()
  std::int32_t n_gpu_layers = 0;            ///< passed through to llama.cpp
  std::int32_t max_tokens_per_batch = 512;  ///< also the longest sentence it can run
  bool own_products = true;                 ///< where faster than ggml's; for comparing them
  bool own_attention = true;  ///< and GELU, nearer to float32 than ggml's; for comparing them
  /// Computes in float32 throughout, with the dequantised weights, on the CPU. A batch of which
  /// this cannot do a part throws Error(kBadInput).
  bool exact = false;
  BosRule bos = BosRule::kTokenizer;
};

/// What a GGUF file says of itself; read without loading the weights.
struct ModelInfo {
  std::string architecture;
  std::string name;
  std::int32_t n_layers = 0;
  std::int32_t d_model = 0;
  std::int32_t n_vocab = 0;
  std::int32_t context_length = 0;
  bool has_layer_norm = false;  ///< LayerNorm, which subtracts the mean; else RMSNorm
  std::string quantization;     ///< the most common tensor type, e.g. "Q4_K"
  std::uint64_t file_bytes = 0;
};

/// Checks the header, every tensor's extent against the file's size, and the shape fields. Throws
/// Error(kBadInput) on a truncated or corrupt file, before llama.cpp (which may abort) sees it.
ModelInfo inspect_gguf(const std::filesystem::path& path);

/// Loads `path` and stops every evaluation after the last of `hooks` (at least one; one may be
/// named twice); the vocabulary head is never computed. Throws Error(kBadInput) for a corrupt file
/// or a hook point that the model lacks, Error(kUsage) or Error(kEnvironment) where exact
/// arithmetic is wanted and another device than the CPU takes part.
std::unique_ptr<ActivationSource> open_llama_source(const std::filesystem::path& path,
                                                    std::span<const HookPoint> hooks,
                                                    const LlamaOptions& options);

/// How many numbers a token has at each of `hooks`: d_model, or at hook_z the heads' widths summed.
/// Reads the header only, and throws as open_llama_source does.
std::vector<std::int32_t> hook_widths(const std::filesystem::path& path,
                                      std::span<const HookPoint> hooks);

/// e.g. "0.5.0 (llama-cpp-python 0.3.36)".
std::string llama_version();

}  // namespace isogloss
