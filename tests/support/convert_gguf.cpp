// convert_gguf INPUT OUTPUT TYPE: a GGUF's weights, whatever their type, written out as f32 or
// q4_k_m, as llama.cpp converts them. A file that is there already is left as it is.
#include <llama.h>

#include <cstdio>
#include <filesystem>
#include <map>
#include <string>

int main(int argc, char** argv) {
  const std::map<std::string, llama_ftype> types = {{"f32", LLAMA_FTYPE_ALL_F32},
                                                    {"q4_k_m", LLAMA_FTYPE_MOSTLY_Q4_K_M}};
  if (argc != 4 || !types.contains(argv[3])) {
    std::fprintf(stderr, "usage: convert_gguf INPUT OUTPUT f32|q4_k_m\n");
    return 2;
  }
  const std::filesystem::path output = argv[2];
  if (std::filesystem::exists(output)) return 0;

  const std::filesystem::path part = output.string() + ".part";
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  llama_model_quantize_params params = llama_model_quantize_default_params();
  params.ftype = types.at(argv[3]);
  params.allow_requantize = true;
  params.nthread = 2;
  if (llama_model_quantize(argv[1], part.c_str(), &params) != 0) {
    std::fprintf(stderr, "convert_gguf: cannot convert %s\n", argv[1]);
    std::filesystem::remove(part);
    return 1;
  }
  std::filesystem::rename(part, output);
  return 0;
}
