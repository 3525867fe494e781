#include <fmt/format.h>
#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <unordered_set>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/text.h"
#include "isogloss/model/gguf_header_internal.h"

namespace isogloss {
namespace {

// llama.cpp asserts these bounds (llama-hparams.h) instead of reporting them.
constexpr std::uint32_t kMaxLayers = 512;
constexpr std::uint32_t kMaxExtent = 1U << 24;

/// Answers questions about one header; every refusal names the file and the key.
class HeaderCheck {
 public:
  HeaderCheck(const GgufHeader& header, std::string_view name) : header_(header), name_(name) {}

  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; fetch the file again", name_, problem));
  }

  const GgufValue* find(std::string_view key) const {
    const auto found = header_.values.find(key);
    return found == header_.values.end() ? nullptr : &found->second;
  }

  std::string text(std::string_view key) const {
    const GgufValue* value = find(key);
    if (value == nullptr || value->is_array || value->type != GGUF_TYPE_STRING) {
      fail(fmt::format("metadata '{}' is missing or no text", key));
    }
    std::string text(reinterpret_cast<const char*>(value->bytes.data()), value->bytes.size());
    if (find_invalid_utf8(text)) fail(fmt::format("metadata '{}' is not UTF-8", key));
    return text;
  }

  /// An unsigned 32-bit scalar in [1, limit], if the key is there.
  std::optional<std::int32_t> positive(const std::string& key, std::uint32_t limit) const {
    const GgufValue* value = find(key);
    if (value == nullptr) return std::nullopt;
    std::uint32_t number = 0;
    if (!value->is_array && value->type == GGUF_TYPE_UINT32) {
      std::memcpy(&number, value->bytes.data(), sizeof number);
    }
    if (number < 1 || number > limit) {
      fail(fmt::format("metadata '{}' is no number from 1 to {}", key, limit));
    }
    return static_cast<std::int32_t>(number);
  }

  std::int32_t required(const std::string& key, std::uint32_t limit) const {
    const auto number = positive(key, limit);
    if (!number) fail(fmt::format("metadata '{}' is missing", key));
    return *number;
  }

 private:
  const GgufHeader& header_;
  std::string_view name_;
};

/// Number of tokens. llama.cpp aborts on a vocabulary that spells a token twice.
std::int32_t check_vocabulary(const HeaderCheck& check, std::string_view name) {
  const GgufValue* tokens = check.find("tokenizer.ggml.tokens");
  if (tokens == nullptr || !tokens->is_array || tokens->type != GGUF_TYPE_STRING) {
    check.fail("the vocabulary (tokenizer.ggml.tokens) is missing");
  }
  if (tokens->count < 1 || tokens->count > kMaxExtent) {
    check.fail(fmt::format("the vocabulary has {} tokens", tokens->count));
  }
  std::unordered_set<std::string_view> seen;
  seen.reserve(tokens->count);
  for (std::string_view text : gguf_strings(*tokens, name)) {
    // llama.cpp reads tokens up to a NUL and gives empty ones names of their own.
    text = text.substr(0, text.find('\0'));
    if (!text.empty() && !seen.insert(text).second) {
      check.fail("the vocabulary spells two tokens the same way");
    }
  }
  return static_cast<std::int32_t>(tokens->count);
}

void check_tensors(const GgufHeader& header, const HeaderCheck& check, const ModelInfo& info) {
  const auto embedding = std::ranges::find(header.tensors, "token_embd.weight", &GgufTensor::name);
  if (embedding == header.tensors.end()) check.fail("tensor 'token_embd.weight' is missing");
  if (embedding->extent.size() != 2 || embedding->extent[0] != info.d_model ||
      embedding->extent[1] != info.n_vocab) {
    check.fail(
        fmt::format("tensor 'token_embd.weight' is not {} × {}", info.d_model, info.n_vocab));
  }
  std::vector<bool> has_layer(static_cast<std::size_t>(info.n_layers));
  for (const GgufTensor& tensor : header.tensors) {
    std::size_t layer = 0;
    if (std::sscanf(tensor.name.c_str(), "blk.%zu.", &layer) != 1) continue;
    if (layer >= has_layer.size()) {
      check.fail(fmt::format("tensor '{}' lies beyond the {} layers", tensor.name, info.n_layers));
    }
    has_layer[layer] = true;
  }
  const auto missing = std::ranges::find(has_layer, false);
  if (missing != has_layer.end()) {
    check.fail(fmt::format("layer {} has no tensors", missing - has_layer.begin()));
  }
}

/// The type of most weight matrices. Vectors (norms, biases) do not count: they are float32 in
/// every file.
std::string commonest_type(const GgufHeader& header) {
  std::map<std::uint32_t, int> count;
  for (const GgufTensor& tensor : header.tensors) {
    if (tensor.extent.size() > 1) ++count[tensor.type];
  }
  const auto most =
      std::ranges::max_element(count, {}, [](const auto& entry) { return entry.second; });
  std::string type = ggml_type_name(static_cast<ggml_type>(most->first));
  std::ranges::transform(type, type.begin(), [](unsigned char c) { return std::toupper(c); });
  return type;
}

}  // namespace

ModelInfo inspect_gguf_bytes(std::span<const std::byte> bytes, std::string_view name) {
  const GgufHeader header = read_gguf_header(bytes, name);
  const HeaderCheck check(header, name);
  if (const auto shards = check.find("split.count"); shards != nullptr) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: one part of a split model; join the parts with "
                            "`llama-gguf-split --merge`",
                            name));
  }
  ModelInfo info;
  info.file_bytes = bytes.size();
  info.architecture = check.text("general.architecture");
  if (check.find("general.name") != nullptr) info.name = check.text("general.name");
  const std::string& prefix = info.architecture;
  info.n_layers = check.required(prefix + ".block_count", kMaxLayers);
  info.d_model = check.required(prefix + ".embedding_length", kMaxExtent);
  info.context_length = check.required(prefix + ".context_length", 1U << 30);
  // Divisors in llama.cpp; some architectures give one head count per layer.
  for (const char* key : {".attention.head_count", ".attention.head_count_kv"}) {
    const GgufValue* heads = check.find(prefix + key);
    if (heads != nullptr && !heads->is_array) check.positive(prefix + key, kMaxExtent);
  }
  info.has_layer_norm = check.find(prefix + ".attention.layer_norm_epsilon") != nullptr;
  info.n_vocab = check_vocabulary(check, name);
  check_tensors(header, check, info);
  info.quantization = commonest_type(header);
  return info;
}

ModelInfo inspect_gguf(const std::filesystem::path& path) {
  const MappedFile file(path);
  return inspect_gguf_bytes(file.bytes(), path.string());
}

}  // namespace isogloss
