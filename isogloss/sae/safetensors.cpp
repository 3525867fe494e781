// https://github.com/huggingface/safetensors#format: u64 header size, JSON header, tensors' bytes.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>

#include "isogloss/core/byte_reader.h"
#include "isogloss/core/error.h"
#include "isogloss/core/json_depth.h"
#include "isogloss/sae/tensor_file.h"

namespace isogloss {
namespace {

/// The reference implementation's own limit.
constexpr std::uint64_t kMaxHeaderSize = 100'000'000;

[[noreturn]] void throw_bad_header(std::string_view path, std::string_view what) {
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: not a valid safetensors file: {}; fetch or write the file again",
                          path, what));
}

std::optional<ElementType> element_type(const std::string& name) {
  if (name == "F16") return ElementType::kF16;
  if (name == "BF16") return ElementType::kBF16;
  if (name == "F32") return ElementType::kF32;
  if (name == "F64") return ElementType::kF64;
  if (name == "I32") return ElementType::kI32;
  if (name == "I64") return ElementType::kI64;
  if (name == "U8" || name == "BOOL") return ElementType::kU8;
  return std::nullopt;
}

/// The JSON array `entry[key]` of unsigned numbers.
std::vector<std::uint64_t> numbers_of(const nlohmann::json& entry, const char* key,
                                      std::string_view tensor, std::string_view path) {
  std::vector<std::uint64_t> numbers;
  const auto found = entry.find(key);
  bool good = found != entry.end() && found->is_array();
  if (good) {
    for (const auto& number : *found) {
      good = good && number.is_number_unsigned();
      if (good) numbers.push_back(number.get<std::uint64_t>());
    }
  }
  if (!good) {
    throw_bad_header(path, fmt::format("tensor {} lacks {} as a list of sizes", tensor, key));
  }
  return numbers;
}

class SafetensorsFile : public TensorFile {
 public:
  SafetensorsFile(std::span<const std::byte> bytes, std::string path_text)
      : TensorFile(std::move(path_text)) {
    ByteReader reader(bytes, path());
    const auto header_size = reader.read<std::uint64_t>("the header's size");
    if (header_size > kMaxHeaderSize) throw_bad_header(path(), "its header is over 100 MB");
    const auto text = reader.take_text(static_cast<std::size_t>(header_size), "the header");
    data_ = reader.take(reader.remaining(), "the tensors");
    if (nests_too_deep(text)) throw_bad_header(path(), "its header nests too deep");
    const auto header = nlohmann::json::parse(text, nullptr, false);
    if (!header.is_object()) throw_bad_header(path(), "its header is not a JSON object");
    for (const auto& [name, entry] : header.items()) {
      if (name != "__metadata__") add(parse(name, entry));
    }
    expect_full_coverage();
  }

 private:
  TensorInfo parse(const std::string& name, const nlohmann::json& entry) const {
    check_name(name);
    if (!entry.is_object()) throw_bad_header(path(), "the entry of " + name + " is no object");
    const auto dtype = entry.find("dtype");
    if (dtype == entry.end() || !dtype->is_string()) {
      throw_bad_header(path(), "tensor " + name + " has no dtype");
    }
    const auto type = element_type(dtype->get<std::string>());
    if (!type) {
      throw Error(
          ErrorCode::kBadInput,
          fmt::format("{}: tensor {} is of type {}; save it as F32, F16, BF16, F64, I64 or I32",
                      path(), name, dtype->get<std::string>()));
    }
    TensorInfo tensor;
    tensor.name = name;
    tensor.type = *type;
    for (const auto size : numbers_of(entry, "shape", name, path())) {
      // Sizes beyond int64 turn negative here and are refused as such.
      tensor.shape.push_back(static_cast<std::int64_t>(size));
    }
    tensor.n_elements = count_elements(tensor.shape, path(), name);
    const auto offsets = numbers_of(entry, "data_offsets", name, path());
    if (offsets.size() != 2 || offsets[0] > offsets[1] || offsets[1] > data_.size()) {
      throw_bad_header(path(), fmt::format("tensor {} does not lie within the {} bytes of data "
                                           "(the file may be truncated)",
                                           name, data_.size()));
    }
    if (offsets[1] - offsets[0] != tensor.n_elements * size_of(*type)) {
      throw_bad_header(path(), fmt::format("tensor {} has {} bytes, its shape {} needs {}", name,
                                           offsets[1] - offsets[0], shape_text(tensor.shape),
                                           tensor.n_elements * size_of(*type)));
    }
    tensor.location = offsets[0];
    return tensor;
  }

  /// The format forbids holes, which rules out overlaps too: in order of their begins, every tensor
  /// starts where the one before ended and the last one ends the file.
  void expect_full_coverage() const {
    std::vector<std::pair<std::size_t, std::size_t>> ranges;
    for (const auto& tensor : tensors()) {
      ranges.emplace_back(tensor.location, tensor.location + n_bytes(tensor));
    }
    std::ranges::sort(ranges);
    std::size_t covered = 0;
    for (const auto& [begin, end] : ranges) {
      if (begin != covered) {
        throw_bad_header(path(), fmt::format("its tensors overlap or leave a hole at data byte {}",
                                             std::min(begin, covered)));
      }
      covered = end;
    }
    if (covered != data_.size()) {
      throw_bad_header(path(),
                       fmt::format("{} bytes follow the last tensor", data_.size() - covered));
    }
  }

  std::unique_ptr<TensorStream> stream(const TensorInfo& tensor) override {
    return std::make_unique<Stream>(tensor, path(),
                                    data_.subspan(tensor.location, n_bytes(tensor)));
  }

  class Stream : public TensorStream {
   public:
    Stream(const TensorInfo& tensor, const std::string& path, std::span<const std::byte> bytes)
        : TensorStream(tensor, path), rest_(bytes) {}

   private:
    std::span<const std::byte> next(std::size_t n_bytes) override {
      const auto part = rest_.first(n_bytes);
      rest_ = rest_.subspan(n_bytes);
      return part;
    }

    std::span<const std::byte> rest_;
  };

  static std::size_t n_bytes(const TensorInfo& tensor) {
    return tensor.n_elements * size_of(tensor.type);
  }

  std::span<const std::byte> data_;
};

}  // namespace

std::unique_ptr<TensorFile> open_safetensors(std::span<const std::byte> bytes, std::string path) {
  return std::make_unique<SafetensorsFile>(bytes, std::move(path));
}

}  // namespace isogloss
