// quantized_error F32.gguf WORK_FOLDER: how far products of quantised weights take a model's
// residual stream from float32, with ggml's products and with ours. The model is quantised to each
// type, and the quantised weights are written out as float32, so that only the arithmetic differs.
// Prints the medians of |difference| / |row| over the tokens of some sentences, at three layers.
#include <llama.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "isogloss/model/llama_source.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

const std::vector<HookPoint> kHooks = {parse_hook_point("blocks.0.hook_resid_post"),
                                       parse_hook_point("blocks.3.hook_resid_post"),
                                       parse_hook_point("blocks.12.hook_resid_post")};

constexpr const char* kSentences[] = {
    "In the beginning God created the heaven and the earth, and the earth was without form.",
    "En el principio creó Dios los cielos y la tierra, y la tierra estaba desordenada y vacía.",
    "Everyone has the right to life, liberty and security of person, without any distinction.",
    "Todo individuo tiene derecho a la vida, a la libertad y a la seguridad de su persona.",
    "The committee adopted the report, but three members abstained from the final vote.",
};

struct Type {
  const char* name;
  llama_ftype type;
};

constexpr Type kTypes[] = {
    {"Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0},     {"Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0},
    {"Q4_1", LLAMA_FTYPE_MOSTLY_Q4_1},     {"Q5_0", LLAMA_FTYPE_MOSTLY_Q5_0},
    {"Q5_1", LLAMA_FTYPE_MOSTLY_Q5_1},     {"Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M},
    {"Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M}, {"Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K},
    {"IQ4_NL", LLAMA_FTYPE_MOSTLY_IQ4_NL},
};

void quantise(const fs::path& from, const fs::path& to, llama_ftype type) {
  auto params = llama_model_quantize_default_params();
  params.ftype = type;
  params.allow_requantize = true;
  if (llama_model_quantize(from.c_str(), to.c_str(), &params) != 0) {
    std::fprintf(stderr, "cannot write %s\n", to.c_str());
    std::exit(1);
  }
}

/// The rows of all sentences at each hook.
std::vector<std::vector<float>> rows_of(const fs::path& model, bool own_products) {
  const auto source = open_llama_source(model, kHooks, {.own_products = own_products});
  std::vector<TokenSequence> batch;
  for (const auto* sentence : kSentences) batch.push_back({source->tokenize(sentence)});
  std::vector<std::vector<float>> all;
  for (const auto rows : source->run(batch)) all.emplace_back(rows.begin(), rows.end());
  return all;
}

double median_error(const std::vector<float>& rows, const std::vector<float>& truth,
                    std::size_t width) {
  std::vector<double> errors;
  for (std::size_t row = 0; row < rows.size(); row += width) {
    double difference = 0;
    double size = 0;
    for (std::size_t i = row; i < row + width; ++i) {
      difference += std::pow(static_cast<double>(rows[i]) - truth[i], 2);
      size += std::pow(static_cast<double>(truth[i]), 2);
    }
    errors.push_back(std::sqrt(difference / size));
  }
  std::ranges::nth_element(errors, errors.begin() + std::ssize(errors) / 2);
  return errors[errors.size() / 2];
}

void print_type(const fs::path& model, const fs::path& work, const Type& type) {
  const auto quantised = work / "quantised.gguf";
  const auto exact = work / "exact.gguf";
  quantise(model, quantised, type.type);
  quantise(quantised, exact, LLAMA_FTYPE_ALL_F32);
  const auto truth = rows_of(exact, true);
  const auto ggmls = rows_of(quantised, false);
  const auto ours = rows_of(quantised, true);
  const auto width = static_cast<std::size_t>(inspect_gguf(model).d_model);
  std::printf("| %s |", type.name);
  for (std::size_t h = 0; h < kHooks.size(); ++h) {
    std::printf(" %.2g | %.2g |", median_error(ggmls[h], truth[h], width),
                median_error(ours[h], truth[h], width));
  }
  std::printf("\n");
  std::fflush(stdout);
  fs::remove(quantised);
  fs::remove(exact);
}

}  // namespace
}  // namespace isogloss

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fprintf(stderr, "usage: isogloss_quantized_error F32.gguf WORK_FOLDER\n");
    return 2;
  }
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  std::printf("| | layer 0, ggml | ours | layer 3, ggml | ours | layer 12, ggml | ours |\n");
  std::printf("|---|---|---|---|---|---|---|\n");
  for (const auto& type : isogloss::kTypes) isogloss::print_type(argv[1], argv[2], type);
}
