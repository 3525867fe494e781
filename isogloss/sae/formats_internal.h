// The loaders behind load_sae, taking bytes so that tests and fuzzers reach them.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "isogloss/sae/sae.h"
#include "isogloss/sae/tensor_file_internal.h"

namespace isogloss {

inline constexpr const char* kSaeLensConfig = "cfg.json";
inline constexpr const char* kSaeLensWeights = "sae_weights.safetensors";
inline constexpr const char* kGemmaScopeParams = "params.npz";

/// `cfg` is cfg.json's text, `cfg_path` its name in messages. Reads what SAELens 6 and the flat
/// cfg.json of SAELens 3 to 5 describe (docs/sae-formats.md). Throws Error(kBadInput).
Sae read_sae_lens(std::string_view cfg, const std::string& cfg_path, TensorFile& weights);

/// Gemma Scope's parameters: JumpReLU, b_dec not subtracted. Throws Error(kBadInput).
Sae read_gemma_scope(TensorFile& params);

}  // namespace isogloss
