#include "isogloss/sae/tensor_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <bit>
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

std::size_t size_of(FloatType type) {
  switch (type) {
    case FloatType::kF16:
    case FloatType::kBF16:
      return 2;
    case FloatType::kF32:
      return 4;
    case FloatType::kF64:
      break;
  }
  return 8;
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

void convert_to_float(std::span<const std::byte> source, FloatType type, std::span<float> out) {
  const std::byte* from = source.data();
  switch (type) {
    case FloatType::kF16:
      for (auto& value : out) value = float_of_half(load<std::uint16_t>(from)), from += 2;
      break;
    case FloatType::kBF16:
      for (auto& value : out) value = float_of_bfloat(load<std::uint16_t>(from)), from += 2;
      break;
    case FloatType::kF32:
      if (!out.empty()) std::memcpy(out.data(), from, out.size_bytes());
      break;
    case FloatType::kF64:
      for (auto& value : out) value = static_cast<float>(load<double>(from)), from += 8;
      break;
  }
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
  read_into(tensor, values);
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
