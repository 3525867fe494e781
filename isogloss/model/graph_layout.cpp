// Read in the graphs that llama.cpp 0.5.0 (llama-cpp-python 0.3.36) builds, src/models/*.cpp. An
// architecture is listed if its blocks add what attention and the MLP put out to the residual
// stream unscaled, and if one product each (or the sum over experts) makes the two.
#include <algorithm>
#include <span>

#include "isogloss/model/graph_layout_internal.h"

namespace isogloss {
namespace {

constexpr GraphLayout kSequential = {
    .input = "embd", .resid_mid = "ffn_inp", .mlp_in = "ffn_norm", .moe_out = "ffn_moe_out"};
constexpr GraphLayout kLearnedPositions = {
    .input = "inpL", .resid_mid = "ffn_inp", .mlp_in = "ffn_norm"};
constexpr GraphLayout kGemma = {.input = "inp_scaled", .resid_mid = "sa_out", .mlp_in = "ffn_norm"};
constexpr GraphLayout kGemma2 = {.input = "inp_scaled",
                                 .resid_mid = "sa_out",
                                 .mlp_in = "ffn_norm",
                                 .attn_post_norm = "post_attention_norm",
                                 .mlp_post_norm = "post_ffw_norm"};
constexpr GraphLayout kGlm4 = {.input = "embd",
                               .resid_mid = "ffn_inp",
                               .mlp_in = "ffn_norm",
                               .attn_post_norm = "post_attention_norm",
                               .mlp_post_norm = "post_ffw_norm"};
/// The MLP reads the residual stream itself.
constexpr GraphLayout kOlmo2 = {.input = "embd",
                                .resid_mid = "ffn_inp",
                                .mlp_in = "ffn_inp",
                                .attn_post_norm = "post_attention_norm",
                                .mlp_post_norm = "post_ffw_norm"};
constexpr GraphLayout kGptOss = {
    .input = "embd", .resid_mid = "ffn_inp", .mlp_in = "attn_post_norm", .moe_out = "ffn_moe_out"};
/// A gate scales what the heads put out. Only some blocks have attention.
constexpr GraphLayout kQwen35 = {.input = "model.input_embed",
                                 .resid_mid = "attn_residual",
                                 .mlp_in = "attn_post_norm",
                                 .heads = "attn_gated",
                                 .moe_out = "ffn_out"};
/// The sum after attention has no name.
constexpr GraphLayout kPhi3 = {.input = "embd", .mlp_in = "ffn_norm", .moe_out = "ffn_moe_out"};
/// Attention and MLP read one norm of the block's input.
constexpr GraphLayout kParallel = {.input = "embd", .mlp_in = "attn_norm"};

struct Architecture {
  std::string_view name;
  const GraphLayout& layout;
};

constexpr Architecture kArchitectures[] = {
    {"arcee", kSequential},      {"baichuan", kSequential}, {"chatglm", kSequential},
    {"codeshell", kSequential},  {"cohere2", kParallel},    {"command-r", kParallel},
    {"exaone", kSequential},     {"gemma", kGemma},         {"gemma2", kGemma2},
    {"gemma3", kGemma2},         {"glm4", kGlm4},           {"gpt-oss", kGptOss},
    {"gpt2", kLearnedPositions}, {"gptneox", kSequential},  {"internlm2", kSequential},
    {"llama", kSequential},      {"mistral3", kSequential}, {"olmo", kSequential},
    {"olmo2", kOlmo2},           {"olmoe", kSequential},    {"orion", kSequential},
    {"phi2", kParallel},         {"phi3", kPhi3},           {"qwen2", kSequential},
    {"qwen3", kSequential},      {"qwen35", kQwen35},       {"qwen35moe", kQwen35},
    {"qwen3moe", kSequential},   {"smollm3", kSequential},  {"starcoder", kLearnedPositions},
    {"starcoder2", kSequential}, {"xverse", kSequential},
};

}  // namespace

GraphLayout graph_layout(std::string_view architecture) {
  const auto found = std::ranges::find(kArchitectures, architecture, &Architecture::name);
  return found == std::end(kArchitectures) ? GraphLayout{} : found->layout;
}

}  // namespace isogloss
