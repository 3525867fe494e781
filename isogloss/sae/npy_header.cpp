// numpy.lib.format: "\x93NUMPY", version, header length, a Python dict literal, the elements.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "isogloss/core/byte_reader.h"
#include "isogloss/core/error.h"
#include "isogloss/sae/npy_header_internal.h"

namespace isogloss {
namespace {

struct Type {
  std::string_view descr;
  ElementType type;
};
constexpr Type kTypes[] = {{"<f2", ElementType::kF16}, {"<f4", ElementType::kF32},
                           {"<f8", ElementType::kF64}, {"<i4", ElementType::kI32},
                           {"<i8", ElementType::kI64}, {"|u1", ElementType::kU8},
                           {"|b1", ElementType::kU8}};

/// Reads the dict literal numpy writes: keys in any order, no nesting but shape's tuple.
class DictParser {
 public:
  DictParser(std::string_view text, std::string_view path, std::string_view name)
      : text_(text), path_(path), name_(name) {}

  TensorInfo parse() {
    TensorInfo tensor;
    tensor.name = name_;
    unsigned seen = 0;
    expect('{');
    while (!accept('}')) {
      const auto key = quoted();
      expect(':');
      seen |= value_of(key, tensor);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    if (seen != 7) fail("its header lacks descr, fortran_order or shape");
    tensor.n_elements = count_elements(tensor.shape, path_, name_);
    return tensor;
  }

 private:
  [[noreturn]] void fail(std::string_view what) const {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: array {}: {}; save it again with numpy.savez", path_, name_, what));
  }

  /// Parses one value and returns its key's bit.
  unsigned value_of(std::string_view key, TensorInfo& tensor) {
    if (key == "descr") {
      read_type(tensor);
      return 1;
    }
    if (key == "fortran_order") {
      if (accept_word("True"))
        fail("it is in Fortran order, wanted is C order (ascontiguousarray)");
      if (!accept_word("False")) fail("its fortran_order is neither True nor False");
      return 2;
    }
    if (key == "shape") {
      const auto axes = tuple();
      tensor.shape.insert(tensor.shape.begin(), axes.begin(), axes.end());
      return 4;
    }
    fail("its header holds an unknown key");
  }

  void read_type(TensorInfo& tensor) {
    skip_space();
    if (rest_starts_with('[')) fail("it is a structured array, wanted are plain numbers");
    const auto descr = quoted();
    const auto known = std::ranges::find(kTypes, descr, &Type::descr);
    if (known != std::end(kTypes)) {
      tensor.type = known->type;
    } else if (descr.starts_with("|S")) {
      tensor.type = ElementType::kU8;
      tensor.shape.push_back(integer(descr.substr(2)));
    } else {
      fail("it does not hold little-endian float16, float32, float64, int32 or int64");
    }
  }

  static std::int64_t integer(std::string_view digits) {
    std::int64_t value = -1;  // an impossible size
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
  }

  std::vector<std::int64_t> tuple() {
    std::vector<std::int64_t> sizes;
    expect('(');
    while (!accept(')')) {
      std::int64_t size = 0;
      skip_space();
      const auto* end = text_.data() + text_.size();
      const auto [stop, error] = std::from_chars(text_.data() + at_, end, size);
      if (error != std::errc()) fail("its shape is not a tuple of integers");
      at_ = static_cast<std::size_t>(stop - text_.data());
      sizes.push_back(size);
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    return sizes;
  }

  std::string_view quoted() {
    const char quote = accept('"') ? '"' : '\'';
    if (quote == '\'') expect(quote);
    const auto end = text_.find(quote, at_);
    if (end == std::string_view::npos) fail("its header is not a Python dictionary");
    const auto inside = text_.substr(at_, end - at_);
    at_ = end + 1;
    return inside;
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool rest_starts_with(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool accept(char c) {
    skip_space();
    if (!rest_starts_with(c)) return false;
    ++at_;
    return true;
  }
  bool accept_word(std::string_view word) {
    skip_space();
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail("its header is not a Python dictionary");
  }

  std::string_view text_;
  std::string_view path_;
  std::string_view name_;
  std::size_t at_ = 0;
};

}  // namespace

NpyHeader parse_npy_header(std::span<const std::byte> prefix, std::string_view path,
                           std::string_view name) {
  const auto place = fmt::format("{}: array {}", path, name);
  ByteReader reader(prefix, place);
  const bool magic = reader.take_text(6, "the magic number") == "\x93NUMPY";
  const auto major = reader.read<std::uint8_t>("the version");
  reader.read<std::uint8_t>("the version");
  if (!magic || major < 1 || major > 3) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{} is not in numpy's format, version 1 to 3; save it again with "
                            "numpy.savez",
                            place));
  }
  const std::size_t size = major == 1 ? reader.read<std::uint16_t>("the header's size")
                                      : reader.read<std::uint32_t>("the header's size");
  if (size > kMaxNpyHeaderSize) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{} has a header of {} bytes; save it again with numpy.savez", place, size));
  }
  NpyHeader header;
  header.tensor = DictParser(reader.take_text(size, "the header"), path, name).parse();
  header.data_offset = reader.offset();
  return header;
}

}  // namespace isogloss
