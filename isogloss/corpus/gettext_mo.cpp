// The binary form: a header of seven numbers, then for each of N strings its length and place, once
// for the originals and once for the translations (gettext's manual, "The Format of GNU MO Files").
#include <fmt/format.h>

#include <array>
#include <cstring>

#include "isogloss/core/error.h"
#include "isogloss/corpus/gettext.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

class MoReader {
 public:
  MoReader(std::string_view bytes, std::string_view name)
      : bytes_(bytes), name_(name), is_big_endian_(bytes.starts_with('\x95')) {
    if (const auto version = number_at(4) >> 16; version > 1) {
      fail(fmt::format("is of version {}; make it anew with msgfmt", version));
    }
    n_strings_ = number_at(8);
    originals_ = number_at(12);
    translations_ = number_at(16);
    if (n_strings_ > bytes_.size() / 16) fail("is cut short; fetch the file again");
  }

  std::uint32_t n_strings() const { return n_strings_; }
  std::string_view original(std::uint32_t index) const { return string_at(originals_, index); }
  std::string_view translation(std::uint32_t index) const {
    return string_at(translations_, index);
  }

  [[noreturn]] void fail(std::string_view problem) const {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", name_, problem));
  }

 private:
  std::uint32_t number_at(std::uint64_t offset) const {
    if (offset + 4 > bytes_.size()) fail("is cut short; fetch the file again");
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      const auto byte = static_cast<unsigned char>(bytes_[offset + (is_big_endian_ ? i : 3 - i)]);
      value = value << 8 | byte;
    }
    return value;
  }

  std::string_view string_at(std::uint64_t table, std::uint64_t index) const {
    const std::uint64_t size = number_at(table + 8 * index);
    const std::uint64_t begin = number_at(table + 8 * index + 4);
    if (begin + size > bytes_.size()) fail("is cut short; fetch the file again");
    return bytes_.substr(begin, size);
  }

  std::string_view bytes_;
  std::string_view name_;
  bool is_big_endian_;
  std::uint32_t n_strings_ = 0;
  std::uint64_t originals_ = 0;
  std::uint64_t translations_ = 0;
};

}  // namespace

Catalogue parse_mo(std::string_view bytes, std::string_view name) {
  constexpr char kContextEnd = '\x04';
  const MoReader reader(bytes, name);
  Catalogue catalogue;
  for (std::uint32_t index = 0; index < reader.n_strings(); ++index) {
    auto id = reader.original(index);
    const auto text = reader.translation(index);
    if (id.empty()) {
      take_header(text, name, catalogue);
      continue;
    }
    if (id.find('\0') != std::string_view::npos) {
      ++catalogue.n_plural;
      continue;
    }
    if (text.empty()) continue;
    for (const auto part : {id, text}) {
      const auto fault = find_text_fault(part);
      if (fault) reader.fail(fmt::format("string {}: {}", index + 1, *fault));
    }
    Message message{{}, {}, std::string(text), index + 1};
    if (const auto end = id.find(kContextEnd); end != std::string_view::npos) {
      message.context = id.substr(0, end);
      id.remove_prefix(end + 1);
    }
    message.id = id;
    catalogue.messages.push_back(std::move(message));
  }
  return catalogue;
}

}  // namespace isogloss
