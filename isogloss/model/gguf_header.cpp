#include <fmt/format.h>
#include <ggml.h>
#include <gguf.h>

#include <bit>
#include <limits>
#include <set>

#include "isogloss/core/byte_reader.h"
#include "isogloss/core/error.h"
#include "isogloss/model/gguf_header_internal.h"

namespace isogloss {
namespace {

constexpr std::uint32_t kOldestVersion = 2;
constexpr std::uint32_t kNewestVersion = GGUF_VERSION;

[[noreturn]] void fail(std::string_view name, const std::string& problem) {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; fetch the file again", name, problem));
}

/// Bytes of one fixed-size element; 0 for strings, arrays and unknown types.
std::size_t element_size(std::uint32_t type) {
  switch (type) {
    case GGUF_TYPE_UINT8:
    case GGUF_TYPE_INT8:
    case GGUF_TYPE_BOOL:
      return 1;
    case GGUF_TYPE_UINT16:
    case GGUF_TYPE_INT16:
      return 2;
    case GGUF_TYPE_UINT32:
    case GGUF_TYPE_INT32:
    case GGUF_TYPE_FLOAT32:
      return 4;
    case GGUF_TYPE_UINT64:
    case GGUF_TYPE_INT64:
    case GGUF_TYPE_FLOAT64:
      return 8;
    default:
      return 0;
  }
}

std::string_view read_string(ByteReader& reader, std::string_view what) {
  const auto length = reader.read<std::uint64_t>(what);
  return reader.take_text(length, what);
}

GgufValue read_value(ByteReader& reader, std::span<const std::byte> file, const std::string& key,
                     std::string_view name) {
  GgufValue value;
  value.type = reader.read<std::uint32_t>("a metadata type");
  if (value.type == GGUF_TYPE_ARRAY) {
    value.is_array = true;
    value.type = reader.read<std::uint32_t>("an array's type");
    value.count = reader.read<std::uint64_t>("an array's length");
  }
  if (value.type == GGUF_TYPE_STRING) {
    const std::size_t start = reader.offset() + (value.is_array ? 0 : sizeof(std::uint64_t));
    for (std::uint64_t i = 0; i < value.count; ++i) read_string(reader, "a string");
    value.bytes = file.subspan(start, reader.offset() - start);
    return value;
  }
  const std::size_t size = element_size(value.type);
  if (size == 0) fail(name, fmt::format("metadata '{}' has unknown type {}", key, value.type));
  // The division keeps count * size from wrapping.
  const std::uint64_t fits = reader.remaining() / size;
  value.bytes = reader.take(value.count <= fits ? value.count * size : reader.remaining() + 1, key);
  return value;
}

GgufTensor read_tensor(ByteReader& reader, std::string_view name) {
  GgufTensor tensor;
  tensor.name = read_string(reader, "a tensor's name");
  if (tensor.name.size() >= GGML_MAX_NAME) fail(name, "a tensor's name is too long");
  const auto n_dimensions = reader.read<std::uint32_t>("a tensor's dimensions");
  if (n_dimensions < 1 || n_dimensions > GGML_MAX_DIMS) {
    fail(name, fmt::format("tensor '{}' has {} dimensions", tensor.name, n_dimensions));
  }
  for (std::uint32_t i = 0; i < n_dimensions; ++i) {
    const auto extent = reader.read<std::int64_t>("a tensor's extent");
    if (extent < 1) fail(name, fmt::format("tensor '{}' has extent {}", tensor.name, extent));
    tensor.extent.push_back(extent);
  }
  tensor.type = reader.read<std::uint32_t>("a tensor's type");
  return tensor;
}

/// Bytes the tensor's data takes; throws where they cannot fit into `limit`.
std::uint64_t tensor_bytes(const GgufTensor& tensor, std::uint64_t limit, std::string_view name) {
  const auto type = static_cast<ggml_type>(tensor.type);
  if (tensor.type >= GGML_TYPE_COUNT || ggml_blck_size(type) == 0) {
    fail(name, fmt::format("tensor '{}' has unknown type {}", tensor.name, tensor.type));
  }
  const auto block = static_cast<std::uint64_t>(ggml_blck_size(type));
  const auto row = static_cast<std::uint64_t>(tensor.extent[0]);
  if (row % block != 0) {
    fail(name,
         fmt::format("tensor '{}' has rows of {}, not a multiple of {}", tensor.name, row, block));
  }
  std::uint64_t bytes = ggml_type_size(type);
  for (std::size_t i = 0; i < tensor.extent.size(); ++i) {
    const auto factor = i == 0 ? row / block : static_cast<std::uint64_t>(tensor.extent[i]);
    if (bytes > limit / factor) {
      fail(name,
           fmt::format("tensor '{}' is larger than the file: truncated or corrupt", tensor.name));
    }
    bytes *= factor;
  }
  return bytes;
}

std::uint64_t alignment_of(const GgufHeader& header, std::string_view name) {
  const auto found = header.values.find(GGUF_KEY_GENERAL_ALIGNMENT);
  if (found == header.values.end()) return GGUF_DEFAULT_ALIGNMENT;
  std::uint32_t alignment = 0;
  if (found->second.type == GGUF_TYPE_UINT32 && !found->second.is_array) {
    std::memcpy(&alignment, found->second.bytes.data(), sizeof alignment);
  }
  if (!std::has_single_bit(alignment)) fail(name, "general.alignment is not a power of two");
  return alignment;
}

std::uint64_t padded(std::uint64_t size, std::uint64_t alignment) {
  return (size + alignment - 1) / alignment * alignment;
}

void read_tensors(ByteReader& reader, std::span<const std::byte> file, std::uint64_t count,
                  std::string_view name, GgufHeader& header) {
  const std::uint64_t alignment = alignment_of(header, name);
  std::set<std::string, std::less<>> names;
  std::vector<std::uint64_t> offsets;
  for (std::uint64_t i = 0; i < count; ++i) {
    GgufTensor tensor = read_tensor(reader, name);
    if (!names.insert(tensor.name).second) {
      fail(name, fmt::format("tensor '{}' is there twice", tensor.name));
    }
    header.tensors.push_back(std::move(tensor));
    offsets.push_back(reader.read<std::uint64_t>("a tensor's offset"));
  }
  const std::uint64_t end = reader.offset() + reader.remaining();
  const std::uint64_t data_start = padded(reader.offset(), alignment);
  const std::uint64_t n_data = end > data_start ? end - data_start : 0;
  std::uint64_t expected = 0;
  for (std::size_t i = 0; i < header.tensors.size(); ++i) {
    GgufTensor& tensor = header.tensors[i];
    const std::uint64_t bytes = tensor_bytes(tensor, end, name);
    if (offsets[i] != expected) {
      fail(name,
           fmt::format("tensor '{}' lies at {}, not at {}", tensor.name, offsets[i], expected));
    }
    if (expected > n_data || bytes > n_data - expected) {
      fail(name, fmt::format("truncated: tensor '{}' ends at byte {} of {}", tensor.name,
                             data_start + expected + bytes, end));
    }
    tensor.data = file.subspan(data_start + expected, bytes);
    expected = padded(expected + bytes, alignment);
  }
}

}  // namespace

GgufHeader read_gguf_header(std::span<const std::byte> bytes, std::string_view name) {
  ByteReader reader(bytes, name);
  if (bytes.size() < 4 || reader.take_text(4, "the magic") != GGUF_MAGIC) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: not a GGUF file; give a model in llama.cpp's format", name));
  }
  const auto version = reader.read<std::uint32_t>("the version");
  if (version < kOldestVersion || version > kNewestVersion) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: GGUF version {} is not supported; versions {} to {} are", name,
                            version, kOldestVersion, kNewestVersion));
  }
  const auto n_tensors = reader.read<std::uint64_t>("the tensor count");
  const auto n_values = reader.read<std::uint64_t>("the metadata count");

  GgufHeader header;
  for (std::uint64_t i = 0; i < n_values; ++i) {
    const std::string key(read_string(reader, "a metadata key"));
    if (key.empty()) fail(name, "a metadata key is empty");
    const GgufValue value = read_value(reader, bytes, key, name);
    if (!header.values.emplace(key, value).second) {
      fail(name, fmt::format("metadata '{}' is there twice", key));
    }
  }
  read_tensors(reader, bytes, n_tensors, name, header);
  return header;
}

std::vector<std::string_view> gguf_strings(const GgufValue& tokens, std::string_view name) {
  ByteReader reader(tokens.bytes, name);
  std::vector<std::string_view> texts;
  for (std::uint64_t i = 0; i < tokens.count; ++i) texts.push_back(read_string(reader, "a token"));
  return texts;
}

}  // namespace isogloss
