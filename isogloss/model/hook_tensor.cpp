#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "isogloss/core/error.h"
#include "isogloss/model/graph_layout_internal.h"
#include "isogloss/model/hook_tensor_internal.h"

namespace isogloss {
namespace {

using Kind = GraphTensor::Kind;

enum class InResidualStream { kAlways, kNever, kUnlessAttnPostNorm, kUnlessMlpPostNorm };

constexpr InResidualStream kInResidualStream[] = {
#define ISOGLOSS_HOOK_SITE(site, name, in_residual_stream) InResidualStream::in_residual_stream,
#include "isogloss/model/hook_sites.inc"
#undef ISOGLOSS_HOOK_SITE
};

/// Answers for one model which tensors hold the rows of its hook points.
class HookTensors {
 public:
  HookTensors(const GgufHeader& header, const ModelInfo& info)
      : header_(header), info_(info), layout_(graph_layout(info.architecture)) {
    if (runs_in_parallel()) layout_.resid_mid = {};
  }

  /// nullopt if the graph holds no such tensor that we know.
  std::optional<GraphTensor> find(HookSite site, std::int32_t block) const;

  std::int32_t width(HookSite site, std::int32_t block) const {
    if (site != HookSite::kAttnZ) return info_.d_model;
    return static_cast<std::int32_t>(weight("attn_output", block)->extent.front());
  }

  bool runs_in_parallel() const {
    const auto found = header_.values.find(info_.architecture + ".use_parallel_residual");
    return found != header_.values.end() && !found->second.bytes.empty() &&
           found->second.bytes.front() != std::byte{0};
  }

 private:
  const GgufTensor* tensor_of_file(const std::string& name) const {
    const auto found = std::ranges::find(header_.tensors, name, &GgufTensor::name);
    return found == header_.tensors.end() ? nullptr : &*found;
  }

  const GgufTensor* weight(std::string_view module, std::int32_t block) const {
    return tensor_of_file(fmt::format("blk.{}.{}.weight", block, module));
  }

  static std::optional<GraphTensor> named(std::string_view name, std::int32_t block) {
    if (name.empty()) return std::nullopt;
    return GraphTensor{Kind::kNamed, fmt::format("{}-{}", name, block)};
  }

  std::optional<GraphTensor> output_of(std::string_view module, std::int32_t block) const;
  std::optional<GraphTensor> attention(std::int32_t block) const;
  std::optional<GraphTensor> mlp(std::int32_t block) const;

  const GgufHeader& header_;
  const ModelInfo& info_;
  GraphLayout layout_;
};

/// What a module with weights and perhaps a bias puts out.
std::optional<GraphTensor> HookTensors::output_of(std::string_view module,
                                                  std::int32_t block) const {
  const auto name = fmt::format("blk.{}.{}", block, module);
  // A scale of the whole product comes before the bias in some graphs and after it in others.
  const bool is_scaled = tensor_of_file(name + ".scale") != nullptr;
  if (is_scaled || tensor_of_file(name + ".weight") == nullptr) return std::nullopt;
  const bool has_bias = tensor_of_file(name + ".bias") != nullptr;
  return GraphTensor{Kind::kWeightsOf, name + (has_bias ? ".bias" : ".weight")};
}

std::optional<GraphTensor> HookTensors::attention(std::int32_t block) const {
  return layout_.is_known() ? output_of("attn_output", block) : std::nullopt;
}

std::optional<GraphTensor> HookTensors::mlp(std::int32_t block) const {
  if (!layout_.is_known()) return std::nullopt;
  if (weight("ffn_down", block) != nullptr) return output_of("ffn_down", block);
  return weight("ffn_down_exps", block) ? named(layout_.moe_out, block) : std::nullopt;
}

std::optional<GraphTensor> HookTensors::find(HookSite site, std::int32_t block) const {
  switch (site) {
    case HookSite::kResidPre:
      if (block > 0) return named("l_out", block - 1);
      if (!layout_.is_known()) return std::nullopt;
      return GraphTensor{Kind::kNamed, std::string(layout_.input)};
    case HookSite::kAttnZ:
      return attention(block) ? named(layout_.heads, block) : std::nullopt;
    case HookSite::kAttnModuleOut:
      return attention(block);
    case HookSite::kAttnOut:
      if (layout_.attn_post_norm.empty()) return attention(block);
      return output_of(layout_.attn_post_norm, block);
    case HookSite::kResidMid:
      return named(layout_.resid_mid, block);
    case HookSite::kMlpNormalized:
      if (info_.has_layer_norm || layout_.resid_mid == layout_.mlp_in) return std::nullopt;
      if (layout_.resid_mid.empty()) return std::nullopt;
      return GraphTensor{Kind::kNormOf, fmt::format("{}-{}", layout_.resid_mid, block)};
    case HookSite::kMlpIn:
      return named(layout_.mlp_in, block);
    case HookSite::kMlpModuleOut:
      return mlp(block);
    case HookSite::kMlpOut:
      if (layout_.mlp_post_norm.empty()) return mlp(block);
      return output_of(layout_.mlp_post_norm, block);
    case HookSite::kResidPost:
      return named("l_out", block);
  }
  return std::nullopt;
}

std::string_view reason_for_lack(const HookTensors& tensors, bool has_layer_norm, HookSite site) {
  if (site == HookSite::kResidMid && tensors.runs_in_parallel()) {
    return "attention and MLP both read the block's input";
  }
  if (site == HookSite::kMlpNormalized && has_layer_norm) {
    return "of a LayerNorm, some versions of TransformerLens give it with the norm's weights and "
           "others without; say blocks.L.mlp.hook_in if they are meant";
  }
  return "llama.cpp computes no such tensor that isogloss knows";
}

}  // namespace

bool is_in_residual_stream(HookSite site, std::string_view architecture) {
  const auto layout = graph_layout(architecture);
  switch (kInResidualStream[static_cast<std::size_t>(site)]) {
    case InResidualStream::kAlways:
      return true;
    case InResidualStream::kNever:
      return false;
    case InResidualStream::kUnlessAttnPostNorm:
      return layout.attn_post_norm.empty();
    case InResidualStream::kUnlessMlpPostNorm:
      return layout.mlp_post_norm.empty();
  }
  return false;
}

bool GraphTensor::is(const ggml_tensor& tensor) const {
  const auto has_name = [this](const ggml_tensor* other) {
    return other != nullptr && name == other->name;
  };
  switch (kind) {
    case Kind::kNamed:
      return has_name(&tensor);
    case Kind::kWeightsOf:
      return has_name(tensor.src[0]) || has_name(tensor.src[1]);
    case Kind::kNormOf:
      return tensor.op == GGML_OP_RMS_NORM && has_name(tensor.src[0]);
  }
  return false;
}

std::vector<HookTensor> find_hook_tensors(const GgufHeader& header, const ModelInfo& info,
                                          std::string_view name, std::span<const HookPoint> hooks) {
  const HookTensors tensors(header, info);
  std::vector<HookTensor> found;
  for (const auto& hook : hooks) {
    if (hook.layer < 0 || hook.layer >= info.n_layers) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: hook '{}' lies beyond the model's {} layers; take a layer from "
                              "0 to {}",
                              name, hook.name, info.n_layers, info.n_layers - 1));
    }
    const auto tensor = tensors.find(hook.site, hook.layer);
    if (!tensor) {
      std::vector<std::string_view> available;
      for (const auto site : hook_sites()) {
        if (tensors.find(site, hook.layer)) available.push_back(to_string(site));
      }
      throw Error(
          ErrorCode::kBadInput,
          fmt::format("{}: no hook '{}' in this {} model: {}; blocks.{} has {}", name, hook.name,
                      info.architecture, reason_for_lack(tensors, info.has_layer_norm, hook.site),
                      hook.layer, fmt::join(available, ", ")));
    }
    const bool is_input = hook.site == HookSite::kResidPre;
    found.push_back({*tensor, tensors.width(hook.site, hook.layer),
                     std::max(0, hook.layer - (is_input ? 1 : 0))});
  }
  return found;
}

}  // namespace isogloss
