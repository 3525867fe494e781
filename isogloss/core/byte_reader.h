// Bounded little-endian reads from untrusted bytes.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace isogloss {

static_assert(std::endian::native == std::endian::little, "the file formats are little-endian");

/// Reads forward through `bytes`; every read past the end throws Error(kBadInput) naming `name` and
/// the offset. Holds views only: `bytes` and `name` outlive it.
class ByteReader {
 public:
  ByteReader(std::span<const std::byte> bytes, std::string_view name)
      : bytes_(bytes), name_(name) {}

  std::size_t offset() const { return offset_; }
  std::size_t remaining() const { return bytes_.size() - offset_; }

  /// `what` names the field for the error message.
  std::span<const std::byte> take(std::size_t count, std::string_view what);
  std::string_view take_text(std::size_t count, std::string_view what);

  template <class T>
  T read(std::string_view what) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, take(sizeof(T), what).data(), sizeof(T));
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
  std::string_view name_;
  std::size_t offset_ = 0;
};

}  // namespace isogloss
