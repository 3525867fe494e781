// Small GGUF files for tests, written by ggml itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace isogloss::testing {

struct BuiltTensor {
  std::string name;
  std::vector<std::int64_t> extent;      ///< fastest-varying first
  std::vector<float> values;             ///< of a float32 tensor
  int type = 0;                          ///< ggml_type, float32 by default
  std::vector<std::uint8_t> bytes = {};  ///< of any other
};

/// The ends of a model: enough for what a direction says, not to be run.
struct BuiltModel {
  std::int32_t d_model = 32;
  std::vector<std::string> tokens;
  std::vector<std::int32_t> token_types;  ///< left out if empty
  std::string epsilon_key = "attention.layer_norm_rms_epsilon";
  std::string tokenizer = "llama";
  std::vector<BuiltTensor> tensors;
};

void write_gguf(const BuiltModel& model, const std::filesystem::path& path);

/// Random bytes that are `n_values` of the type, none beyond ±100.
std::vector<std::uint8_t> random_bytes_of_type(int type, std::size_t n_values, std::uint32_t seed);

/// What ggml says they are as float32.
std::vector<float> values_of_bytes(int type, const std::vector<std::uint8_t>& bytes);

}  // namespace isogloss::testing
