// Small GGUF files for tests, written by ggml itself.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace isogloss::testing {

struct BuiltTensor {
  std::string name;
  std::vector<std::int64_t> extent;  ///< fastest-varying first
  std::vector<float> values;
  int type = 0;  ///< ggml_type, float32 by default
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

/// `values`, rows of `width`, quantised to `type` and back by ggml.
std::vector<float> round_trip(const std::vector<float>& values, std::int64_t width, int type);

}  // namespace isogloss::testing
