// A file of JSON objects: one per line, or all in one array.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace isogloss {

/// Walks over the objects without parsing them. Blank lines are passed over.
class JsonRecords {
 public:
  JsonRecords(std::string_view bytes, std::string_view name);

  /// The next object's bytes, UTF-8 without NUL, or nullopt. Throws Error(kBadInput) naming the
  /// line, also where it nests too deep. What is between the brackets of an array is not known to
  /// be JSON yet.
  std::optional<std::string_view> next();

  std::int64_t line_number() const { return line_number_; }  ///< where the last object begins
  bool is_array() const { return is_array_; }

  /// Throws Error(kBadInput) "NAME:LINE: problem".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  std::optional<std::string_view> next_line();
  std::optional<std::string_view> next_element();
  void take(std::size_t n_bytes);
  void skip_space();

  std::string_view rest_;
  std::string_view name_;
  bool is_array_ = false;
  bool is_first_ = true;
  std::int64_t line_number_ = 0;
  std::int64_t next_line_ = 1;
};

}  // namespace isogloss
