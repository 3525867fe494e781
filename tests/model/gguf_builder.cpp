#include "tests/model/gguf_builder.h"

#include <ggml-cpp.h>
#include <gguf.h>

#include <cstring>

namespace isogloss::testing {
namespace {

std::vector<std::uint8_t> quantised(const std::vector<float>& values, std::int64_t width,
                                    ggml_type type) {
  const auto n_rows = static_cast<std::int64_t>(values.size()) / width;
  std::vector<std::uint8_t> bytes(static_cast<std::size_t>(n_rows) * ggml_row_size(type, width));
  // The coarsest types weigh the columns by their importance: all alike.
  const std::vector<float> importance(static_cast<std::size_t>(width), 1.0F);
  ggml_quantize_chunk(type, values.data(), bytes.data(), 0, n_rows, width, importance.data());
  return bytes;
}

}  // namespace

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
    size += tensor.values.size() * sizeof(float) + ggml_tensor_overhead() + 64;
  }
  const ggml_context_ptr memory(
      ggml_init({.mem_size = size, .mem_buffer = nullptr, .no_alloc = false}));
  for (const auto& tensor : model.tensors) {
    const auto type = static_cast<ggml_type>(tensor.type);
    auto* made = ggml_new_tensor(memory.get(), type, static_cast<int>(tensor.extent.size()),
                                 tensor.extent.data());
    ggml_set_name(made, tensor.name.c_str());
    const auto bytes = quantised(tensor.values, tensor.extent[0], type);
    std::memcpy(made->data, bytes.data(), bytes.size());
    gguf_add_tensor(file.get(), made);
  }
  gguf_write_to_file(file.get(), path.c_str(), /*only_meta=*/false);
}

std::vector<float> round_trip(const std::vector<float>& values, std::int64_t width, int type) {
  if (type == GGML_TYPE_F32) return values;
  const auto bytes = quantised(values, width, static_cast<ggml_type>(type));
  std::vector<float> back(values.size());
  ggml_get_type_traits(static_cast<ggml_type>(type))
      ->to_float(bytes.data(), back.data(), static_cast<std::int64_t>(back.size()));
  return back;
}

}  // namespace isogloss::testing
