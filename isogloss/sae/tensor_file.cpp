#include "isogloss/sae/tensor_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <cstring>
#include <limits>
#include <new>
#include <stdexcept>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

/// An SAE has a dozen at most; add() looks through all of them.
constexpr std::size_t kMaxTensors = 1000;

template <class T>
T load(const std::byte* source) {
  T value;
  std::memcpy(&value, source, sizeof(T));
  return value;
}

float float_of_half(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000u) << 16;
  const std::uint32_t magnitude = half & 0x7fffu;
  if (magnitude >= 0x7c00u) {  // infinity or NaN
    return std::bit_cast<float>(sign | 0x7f800000u | ((magnitude & 0x3ffu) << 13));
  }
  // The bits read as a float are too small by 2^112, the difference of the exponents' biases; the
  // product is exact, for subnormals too.
  const float value = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
  return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(value));
}

float float_of_bfloat(std::uint16_t bfloat) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bfloat) << 16);
}

bool is_float(ElementType type) {
  return type == ElementType::kF16 || type == ElementType::kBF16 || type == ElementType::kF32 ||
         type == ElementType::kF64;
}

void convert(std::span<const std::byte> source, ElementType type, std::span<float> out) {
  const std::byte* from = source.data();
  switch (type) {
    case ElementType::kF16:
      for (auto& value : out) value = float_of_half(load<std::uint16_t>(from)), from += 2;
      break;
    case ElementType::kBF16:
      for (auto& value : out) value = float_of_bfloat(load<std::uint16_t>(from)), from += 2;
      break;
    case ElementType::kF32:
      if (!out.empty()) std::memcpy(out.data(), from, out.size_bytes());
      break;
    case ElementType::kF64:
      for (auto& value : out) value = static_cast<float>(load<double>(from)), from += 8;
      break;
    case ElementType::kI32:
    case ElementType::kI64:
    case ElementType::kU8:
      assert(false);
  }
}

void convert(std::span<const std::byte> source, ElementType type, std::span<std::int64_t> out) {
  const std::byte* from = source.data();
  if (type == ElementType::kI64) {
    if (!out.empty()) std::memcpy(out.data(), from, out.size_bytes());
  } else if (type == ElementType::kI32) {
    for (auto& value : out) value = load<std::int32_t>(from), from += 4;
  } else {
    for (auto& value : out) value = load<std::uint8_t>(from++);
  }
}

/// "W_enc[3, 17]" for a flat index.
std::string element_text(const TensorInfo& tensor, std::size_t index) {
  std::vector<std::size_t> place(tensor.shape.size());
  for (std::size_t axis = tensor.shape.size(); axis-- > 0;) {
    const auto size = static_cast<std::size_t>(tensor.shape[axis]);
    place[axis] = index % size;
    index /= size;
  }
  return fmt::format("{}[{}]", tensor.name, fmt::join(place, ", "));
}

}  // namespace

std::size_t size_of(ElementType type) {
  switch (type) {
    case ElementType::kF16:
    case ElementType::kBF16:
      return 2;
    case ElementType::kF32:
    case ElementType::kI32:
      return 4;
    case ElementType::kU8:
      return 1;
    case ElementType::kF64:
    case ElementType::kI64:
      break;
  }
  return 8;
}

std::string_view to_string(ElementType type) {
  switch (type) {
    case ElementType::kF16:
      return "float16";
    case ElementType::kBF16:
      return "bfloat16";
    case ElementType::kF32:
      return "float32";
    case ElementType::kF64:
      return "float64";
    case ElementType::kI32:
      return "int32";
    case ElementType::kI64:
      return "int64";
    case ElementType::kU8:
      break;
  }
  return "uint8";
}

std::string shape_text(std::span<const std::int64_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

std::size_t count_elements(std::span<const std::int64_t> shape, std::string_view path,
                           std::string_view tensor) {
  // No element is wider than eight bytes, so the byte count cannot overflow either.
  constexpr auto kMost = std::numeric_limits<std::size_t>::max() / 8;
  std::size_t count = 1;
  for (const auto size : shape) {
    if (size < 0 || (size > 0 && count > kMost / static_cast<std::size_t>(size))) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: tensor {} has the impossible shape {}; fetch the file again",
                              path, tensor, shape_text(shape)));
    }
    count *= static_cast<std::size_t>(size);
  }
  return count;
}

void TensorStream::read(std::span<float> out) {
  if (!is_float(tensor_.type)) fail_for_type("float32, float16, bfloat16 or float64");
  read_parts(out);
}

void TensorStream::read(std::span<std::int64_t> out) {
  if (is_float(tensor_.type)) fail_for_type("int64, int32, uint8 or bool");
  read_parts(out);
}

template <class T>
void TensorStream::read_parts(std::span<T> out) {
  assert(out.size() <= tensor_.n_elements - n_read_);
  n_read_ += out.size();
  const auto size = size_of(tensor_.type);
  while (!out.empty()) {
    const auto part = out.first(std::min(out.size(), kMostBytes / size));
    convert(next(part.size() * size), tensor_.type, part);
    out = out.subspan(part.size());
  }
  if (n_read_ == tensor_.n_elements) finish();
}

void TensorStream::fail_for_type(std::string_view wanted) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: tensor {} is of type {}; wanted is {}", path_,
                                                tensor_.name, to_string(tensor_.type), wanted));
}

void TensorFile::check_name(std::string_view name) const {
  const auto printable = [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; };
  if (!std::ranges::all_of(name, printable)) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: a tensor's name holds control characters; fetch the file again", path_));
  }
}

void TensorFile::add(TensorInfo tensor) {
  if (std::ranges::find(tensors_, tensor.name, &TensorInfo::name) != tensors_.end()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds two tensors named {}; make it again", path_, tensor.name));
  }
  if (tensors_.size() == kMaxTensors) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds more than {} tensors; is it an SAE's weights file?", path_,
                            kMaxTensors));
  }
  tensors_.push_back(std::move(tensor));
}

std::vector<float> TensorFile::read(const TensorInfo& tensor) {
  std::vector<float> values;
  try {
    values.resize(tensor.n_elements);
  } catch (const std::exception&) {  // bad_alloc, or length_error for an absurd count
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no memory for tensor {} of shape {}; close other programs", path_,
                            tensor.name, shape_text(tensor.shape)));
  }
  stream(tensor)->read(values);
  return values;
}

bool WeightReader::has(std::string_view name) const {
  return std::ranges::any_of(file_.tensors(), [&](const auto& t) { return t.name == name; });
}

const TensorInfo& WeightReader::info(std::string_view name) const {
  const auto& tensors = file_.tensors();
  const auto found = std::ranges::find(tensors, name, &TensorInfo::name);
  if (found != tensors.end()) return *found;
  std::vector<std::string_view> names;
  for (const auto& tensor : tensors) names.push_back(tensor.name);
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: has no tensor {}, only: {}; is it an SAE's weights file?",
                          file_.path(), name, fmt::join(names, ", ")));
}

std::vector<float> WeightReader::take(std::string_view name,
                                      const std::vector<std::int64_t>& shape) {
  const auto& tensor = info(name);
  if (tensor.shape != shape) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: tensor {} has shape {}, but this SAE needs {}; the weights belong to "
                    "another SAE",
                    file_.path(), name, shape_text(tensor.shape), shape_text(shape)));
  }
  auto values = file_.read(tensor);
  const auto bad = std::ranges::find_if_not(values, [](float v) { return std::isfinite(v); });
  if (bad != values.end()) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: {} is {}; the weights are damaged or the training diverged; fetch "
                    "them again",
                    file_.path(),
                    element_text(tensor, static_cast<std::size_t>(bad - values.begin())), *bad));
  }
  taken_.emplace_back(name);
  return values;
}

void WeightReader::expect_all_taken(std::string_view supported) const {
  for (const auto& tensor : file_.tensors()) {
    if (std::ranges::find(taken_, tensor.name) != taken_.end()) continue;
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: tensor {} is not part of an SAE of this kind ({}); its activations "
                    "would not be what its trainer meant",
                    file_.path(), tensor.name, supported));
  }
}

}  // namespace isogloss
