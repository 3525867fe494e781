// make_f32_gguf INPUT OUTPUT: a GGUF's weights, whatever their quantization, written out as
// float32. The accuracy tests compare the float32 file with transformers on the same dequantised
// weights.
#include <llama.h>

#include <cstdio>
#include <filesystem>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: make_f32_gguf INPUT OUTPUT\n");
    return 2;
  }
  const std::filesystem::path output = argv[2];
  if (std::filesystem::exists(output)) return 0;

  const std::filesystem::path part = output.string() + ".part";
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = LLAMA_FTYPE_ALL_F32;
  params.allow_requantize = true;
  params.nthread = 2;
  if (llama_model_quantize(argv[1], part.c_str(), &params) != 0) {
    std::fprintf(stderr, "make_f32_gguf: cannot convert %s\n", argv[1]);
    std::filesystem::remove(part);
    return 1;
  }
  std::filesystem::rename(part, output);
  return 0;
}
