// Named tensors in a file, whatever its container: what the loaders of SAE formats and imports read
// from.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// Booleans and bytes of text are kU8.
enum class ElementType { kF16, kBF16, kF32, kF64, kI32, kI64, kU8 };

std::size_t size_of(ElementType type);

/// "float32", as torch and numpy call it.
std::string_view to_string(ElementType type);

/// "[640, 4096]"
std::string shape_text(std::span<const std::int64_t> shape);

struct TensorInfo {
  std::string name;
  ElementType type = ElementType::kF32;
  std::vector<std::int64_t> shape;  ///< row-major; empty for a scalar
  std::size_t n_elements = 0;       ///< product of shape, checked against the bytes in the file
  std::uint64_t location = 0;       ///< the container's own: a byte offset or a member's index
};

/// The elements of one tensor in order, a part at a time. Reading beyond the last is a bug. Throws
/// Error(kBadInput) when the bytes are damaged, or when the elements are of the other kind.
class TensorStream {
 public:
  /// `tensor` and `path` outlive it.
  TensorStream(const TensorInfo& tensor, const std::string& path) : tensor_(tensor), path_(path) {}
  virtual ~TensorStream() = default;
  TensorStream(const TensorStream&) = delete;
  TensorStream& operator=(const TensorStream&) = delete;

  void read(std::span<float> out);         ///< of a tensor of floats
  void read(std::span<std::int64_t> out);  ///< of a tensor of integers

 protected:
  static constexpr std::size_t kMostBytes = std::size_t{1} << 16;

  const TensorInfo& tensor() const { return tensor_; }
  const std::string& path() const { return path_; }

 private:
  /// The next bytes, as many as asked for: kMostBytes at most. Valid until the next call.
  virtual std::span<const std::byte> next(std::size_t n_bytes) = 0;
  /// Called after the last element.
  virtual void finish() {}

  template <class T>
  void read_parts(std::span<T> out);
  [[noreturn]] void fail_for_type(std::string_view wanted) const;

  const TensorInfo& tensor_;
  const std::string& path_;
  std::size_t n_read_ = 0;  ///< elements
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

  /// The same elements one by one. `tensor` and this file outlive the result.
  virtual std::unique_ptr<TensorStream> stream(const TensorInfo& tensor) = 0;

 protected:
  /// Throws Error(kBadInput) on a name that would garble a message; call before naming it in one.
  void check_name(std::string_view name) const;

  /// Throws Error(kBadInput) on a second tensor of a name and on more tensors than any SAE has.
  void add(TensorInfo tensor);

 private:
  std::string path_;
  std::vector<TensorInfo> tensors_;
};

/// `bytes` is the whole file and outlives the result; `path` is for messages. The container's own
/// rules hold: no holes, no overlaps. Throws Error(kBadInput).
std::unique_ptr<TensorFile> open_safetensors(std::span<const std::byte> bytes, std::string path);

/// The same for numpy's npz: a zip of .npy members, stored or deflated; little-endian numbers in C
/// order, booleans and byte strings, whose length is their last axis.
std::unique_ptr<TensorFile> open_npz(std::span<const std::byte> bytes, std::string path);

/// Product of a shape's sizes. Throws Error(kBadInput) naming `path` and `tensor` on overflow or a
/// negative size.
std::size_t count_elements(std::span<const std::int64_t> shape, std::string_view path,
                           std::string_view tensor);

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
