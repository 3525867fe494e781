#include "isogloss/core/byte_reader.h"

#include <fmt/format.h>

#include "isogloss/core/error.h"

namespace isogloss {

std::span<const std::byte> ByteReader::take(std::size_t count, std::string_view what) {
  if (count > remaining()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: truncated at byte {}: {} needs {} bytes, {} are left; fetch the "
                            "file again",
                            name_, offset_, what, count, remaining()));
  }
  const auto part = bytes_.subspan(offset_, count);
  offset_ += count;
  return part;
}

std::string_view ByteReader::take_text(std::size_t count, std::string_view what) {
  const auto part = take(count, what);
  return {reinterpret_cast<const char*>(part.data()), part.size()};
}

}  // namespace isogloss
