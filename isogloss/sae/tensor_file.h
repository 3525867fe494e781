// Named tensors in a file, whatever its container: what the loaders of SAE formats read from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

enum class FloatType { kF16, kBF16, kF32, kF64 };

std::size_t size_of(FloatType type);

/// "[640, 4096]"
std::string shape_text(std::span<const std::int64_t> shape);

struct TensorInfo {
  std::string name;
  FloatType type = FloatType::kF32;
  std::vector<std::int64_t> shape;  ///< row-major; empty for a scalar
  std::size_t n_elements = 0;       ///< product of shape, checked against the bytes in the file
  std::uint64_t location = 0;       ///< the container's own: a byte offset or a member's index
};

/// An indexed file. Opening checks every size against the bytes that are there; nothing is
/// allocated by what a header merely claims. Not thread-safe.
class TensorFile {
 public:
  explicit TensorFile(std::string path) : path_(std::move(path)) {}
  virtual ~TensorFile() = default;
  TensorFile(const TensorFile&) = delete;
  TensorFile& operator=(const TensorFile&) = delete;

  /// For error messages.
  const std::string& path() const { return path_; }
  const std::vector<TensorInfo>& tensors() const { return tensors_; }

  /// The elements of one of tensors()' entries as float32, row-major. Throws Error(kBadInput) when
  /// the bytes are damaged, Error(kEnvironment) when there is no memory for them.
  std::vector<float> read(const TensorInfo& tensor);

 protected:
  /// Throws Error(kBadInput) on a name that would garble a message; call before naming it in one.
  void check_name(std::string_view name) const;

  /// Throws Error(kBadInput) on a second tensor of a name and on more tensors than any SAE has.
  void add(TensorInfo tensor);

 private:
  /// Fills `out`, which has tensor.n_elements places.
  virtual void read_into(const TensorInfo& tensor, std::span<float> out) = 0;

  std::string path_;
  std::vector<TensorInfo> tensors_;
};

/// `bytes` is the whole file and outlives the result; `path` is for messages. The container's own
/// rules hold: no holes, no overlaps. Throws Error(kBadInput).
std::unique_ptr<TensorFile> open_safetensors(std::span<const std::byte> bytes, std::string path);

/// The same for numpy's npz: a zip of .npy members, stored or deflated; little-endian floats in C
/// order.
std::unique_ptr<TensorFile> open_npz(std::span<const std::byte> bytes, std::string path);

/// Product of a shape's sizes. Throws Error(kBadInput) naming `path` and `tensor` on overflow or a
/// negative size.
std::size_t count_elements(std::span<const std::int64_t> shape, std::string_view path,
                           std::string_view tensor);

/// `source` holds out.size() elements of `type`.
void convert_to_float(std::span<const std::byte> source, FloatType type, std::span<float> out);

/// Takes an SAE's weights out of a file one by one and sees to it that nothing is left over.
class WeightReader {
 public:
  explicit WeightReader(TensorFile& file) : file_(file) {}

  const std::string& path() const { return file_.path(); }

  bool has(std::string_view name) const;

  /// Throws Error(kBadInput) unless the tensor is there.
  const TensorInfo& info(std::string_view name) const;

  /// The tensor's elements. Throws Error(kBadInput) unless it is there, has exactly `shape` and
  /// every element is finite as float32.
  std::vector<float> take(std::string_view name, const std::vector<std::int64_t>& shape);

  /// Throws Error(kBadInput) if a tensor was not taken: an SAE with parts that are not computed
  /// would give other activations than its trainer meant. `supported` says what may be there.
  void expect_all_taken(std::string_view supported) const;

 private:
  TensorFile& file_;
  std::vector<std::string> taken_;
};

}  // namespace isogloss
