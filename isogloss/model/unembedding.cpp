#include <fmt/format.h>
#include <fmt/ranges.h>
#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

#include "isogloss/core/error.h"
#include "isogloss/model/token_piece.h"
#include "isogloss/model/unembedding_internal.h"

namespace isogloss {
namespace {

constexpr const char* kFetchAgain = "fetch the file again";
constexpr const char* kUnsupported = "this model's architecture is not supported";
/// What ggml's blocks need: they hold at most 4-byte numbers.
constexpr std::uintptr_t kAlignment = 4;

// llama.h's llama_token_type, which only llama_source.cpp may include.
enum TokenType { kUnknown = 2, kControl = 3, kUserDefined = 4, kUnused = 5 };

/// `n` values of the tensor from element `first`, both whole blocks.
void to_float(const GgufTensor& tensor, std::size_t first, std::span<float> out) {
  const auto type = static_cast<ggml_type>(tensor.type);
  const auto block = static_cast<std::size_t>(ggml_blck_size(type));
  const auto* source = tensor.data.data() + first / block * ggml_type_size(type);
  if (type == GGML_TYPE_F32) {
    std::memcpy(out.data(), source, out.size_bytes());
  } else {
    ggml_get_type_traits(type)->to_float(source, out.data(), static_cast<std::int64_t>(out.size()));
  }
}

}  // namespace

Unembedding::Unembedding(const std::filesystem::path& path) : name_(path.string()), file_(path) {
  const auto info = inspect_gguf_bytes(file_.bytes(), name_);
  header_ = read_gguf_header(file_.bytes(), name_);
  d_model_ = info.d_model;
  n_vocab_ = info.n_vocab;
  rows_ = find("output.weight");
  if (rows_ == nullptr) rows_ = &required("token_embd.weight");
  check(*rows_, {d_model_, n_vocab_});
  norm_weight_ = vector_of(required("output_norm.weight"));
  layer_norm_ = has_layer_norm(info.architecture);
  tokens_ = gguf_strings(header_.values.at("tokenizer.ggml.tokens"), name_);
  read_token_types();
}

void Unembedding::fail(const std::string& problem, std::string_view remedy) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; {}", name_, problem, remedy));
}

const GgufTensor* Unembedding::find(std::string_view tensor) const {
  const auto found = std::ranges::find(header_.tensors, tensor, &GgufTensor::name);
  return found == header_.tensors.end() ? nullptr : &*found;
}

const GgufTensor& Unembedding::required(std::string_view tensor) const {
  const auto* found = find(tensor);
  if (found == nullptr) fail(fmt::format("tensor '{}' is missing", tensor), kUnsupported);
  return *found;
}

void Unembedding::check(const GgufTensor& tensor, std::vector<std::int64_t> extent) const {
  if (tensor.extent != extent) {
    fail(fmt::format("tensor '{}' is {}, not {}", tensor.name, fmt::join(tensor.extent, " × "),
                     fmt::join(extent, " × ")),
         kFetchAgain);
  }
  const auto type = static_cast<ggml_type>(tensor.type);
  if (type != GGML_TYPE_F32 && ggml_get_type_traits(type)->to_float == nullptr) {
    fail(fmt::format("tensor '{}' has type {}, which ggml cannot turn into float32", tensor.name,
                     ggml_type_name(type)),
         "take another quantization");
  }
  if (reinterpret_cast<std::uintptr_t>(tensor.data.data()) % kAlignment != 0) {
    fail(fmt::format("tensor '{}' is not aligned to {} bytes", tensor.name, kAlignment),
         "convert the model again");
  }
}

std::vector<float> Unembedding::vector_of(const GgufTensor& tensor) const {
  check(tensor, {d_model_});
  std::vector<float> values(static_cast<std::size_t>(d_model_));
  to_float(tensor, 0, values);
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); })) {
    fail(fmt::format("tensor '{}' holds NaN or infinity", tensor.name), kFetchAgain);
  }
  return values;
}

/// The two norms are told apart by their ε, which a file names by the norm it belongs to; some
/// architectures' LayerNorm has no bias.
bool Unembedding::has_layer_norm(const std::string& architecture) const {
  const auto has_key = [&](const char* key) {
    return header_.values.contains(architecture + ".attention." + key);
  };
  return find("output_norm.bias") != nullptr ||
         (has_key("layer_norm_epsilon") && !has_key("layer_norm_rms_epsilon"));
}

void Unembedding::read_token_types() {
  const auto n = static_cast<std::size_t>(n_vocab_);
  const auto model = header_.values.find("tokenizer.ggml.model");
  const bool byte_level =
      model != header_.values.end() &&
      std::string_view(reinterpret_cast<const char*>(model->second.bytes.data()),
                       model->second.bytes.size()) == "gpt2";
  is_text_.assign(n, true);
  is_byte_level_.assign(n, byte_level);
  const auto found = header_.values.find("tokenizer.ggml.token_type");
  if (found == header_.values.end()) return;  // all are normal
  const auto& types = found->second;
  const bool is_integer = types.type == GGUF_TYPE_INT32 || types.type == GGUF_TYPE_UINT32;
  if (!types.is_array || !is_integer || types.count != n) {
    fail(fmt::format("metadata 'tokenizer.ggml.token_type' is not {} numbers", n), kFetchAgain);
  }
  for (std::size_t token = 0; token < n; ++token) {
    std::int32_t type = 0;
    std::memcpy(&type, types.bytes.data() + token * sizeof type, sizeof type);
    is_text_[token] = type != kUnknown && type != kControl && type != kUnused;
    if (type == kUserDefined) is_byte_level_[token] = false;  // spelt plainly
  }
}

void Unembedding::apply_norm(std::span<const float> direction, std::span<float> out) const {
  double mean = 0;
  if (layer_norm_) mean = std::accumulate(direction.begin(), direction.end(), 0.0) / d_model_;
  for (std::size_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<float>(norm_weight_[i] * (direction[i] - mean));
  }
}

void Unembedding::read_rows(std::int32_t first, std::span<float> out) const {
  to_float(*rows_, static_cast<std::size_t>(first) * static_cast<std::size_t>(d_model_), out);
  // The exponent's bits are all set; without a branch, since all of U goes through here.
  constexpr std::uint32_t kExponent = 0x7F800000U;
  std::uint32_t bad = 0;
  for (const float value : out) {
    bad |=
        static_cast<std::uint32_t>((std::bit_cast<std::uint32_t>(value) & kExponent) == kExponent);
  }
  if (bad != 0) {
    fail(fmt::format("tensor '{}' holds NaN or infinity", rows_->name), kFetchAgain);
  }
}

std::string Unembedding::readable(std::int32_t token) const {
  const auto at = static_cast<std::size_t>(token);
  return readable_piece(tokens_[at], is_byte_level_[at]);
}

}  // namespace isogloss
