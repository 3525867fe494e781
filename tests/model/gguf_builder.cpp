#include "tests/model/gguf_builder.h"

#include <ggml-cpp.h>
#include <gguf.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <random>

namespace isogloss::testing {
void write_gguf(const BuiltModel& model, const std::filesystem::path& path) {
  const gguf_context_ptr file(gguf_init_empty());
  const std::string arch = "tiny";
  gguf_set_val_str(file.get(), "general.architecture", arch.c_str());
  gguf_set_val_u32(file.get(), (arch + ".block_count").c_str(), 1);
  gguf_set_val_u32(file.get(), (arch + ".embedding_length").c_str(),
                   static_cast<std::uint32_t>(model.d_model));
  gguf_set_val_u32(file.get(), (arch + ".context_length").c_str(), 16);
  gguf_set_val_f32(file.get(), (arch + "." + model.epsilon_key).c_str(), 1e-5F);
  gguf_set_val_str(file.get(), "tokenizer.ggml.model", model.tokenizer.c_str());
  std::vector<const char*> texts;
  for (const auto& token : model.tokens) texts.push_back(token.c_str());
  gguf_set_arr_str(file.get(), "tokenizer.ggml.tokens", texts.data(), texts.size());
  if (!model.token_types.empty()) {
    gguf_set_arr_data(file.get(), "tokenizer.ggml.token_type", GGUF_TYPE_INT32,
                      model.token_types.data(), model.token_types.size());
  }
  std::size_t size = 0;
  for (const auto& tensor : model.tensors) {
    size +=
        tensor.values.size() * sizeof(float) + tensor.bytes.size() + ggml_tensor_overhead() + 64;
  }
  const ggml_context_ptr memory(
      ggml_init({.mem_size = size, .mem_buffer = nullptr, .no_alloc = false}));
  for (const auto& tensor : model.tensors) {
    const auto type = static_cast<ggml_type>(tensor.type);
    auto* made = ggml_new_tensor(memory.get(), type, static_cast<int>(tensor.extent.size()),
                                 tensor.extent.data());
    ggml_set_name(made, tensor.name.c_str());
    const void* data = type == GGML_TYPE_F32 ? static_cast<const void*>(tensor.values.data())
                                             : static_cast<const void*>(tensor.bytes.data());
    std::memcpy(made->data, data, ggml_nbytes(made));
    gguf_add_tensor(file.get(), made);
  }
  gguf_write_to_file(file.get(), path.c_str(), /*only_meta=*/false);
}

std::vector<std::uint8_t> random_bytes_of_type(int type, std::size_t n_values, std::uint32_t seed) {
  const auto block_values = static_cast<std::size_t>(ggml_blck_size(static_cast<ggml_type>(type)));
  std::vector<std::uint8_t> block(ggml_type_size(static_cast<ggml_type>(type)));
  std::mt19937 random(seed);
  const auto is_small = [&] {
    return std::ranges::all_of(values_of_bytes(type, block),
                               [](float value) { return std::abs(value) <= 100; });
  };
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i < n_values; i += block_values) {
    do {
      for (auto& byte : block) byte = static_cast<std::uint8_t>(random());
    } while (!is_small());
    bytes.insert(bytes.end(), block.begin(), block.end());
  }
  return bytes;
}

std::vector<float> values_of_bytes(int type, const std::vector<std::uint8_t>& bytes) {
  const auto of_ggml = static_cast<ggml_type>(type);
  std::vector<float> values(bytes.size() / ggml_type_size(of_ggml) *
                            static_cast<std::size_t>(ggml_blck_size(of_ggml)));
  ggml_get_type_traits(of_ggml)->to_float(bytes.data(), values.data(),
                                          static_cast<std::int64_t>(values.size()));
  return values;
}

}  // namespace isogloss::testing
