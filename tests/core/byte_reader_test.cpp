#include "isogloss/core/byte_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

using ::testing::HasSubstr;

TEST(ByteReader, ReadsLittleEndianInOrder) {
  const std::array<std::byte, 7> bytes{std::byte{0x34}, std::byte{0x12}, std::byte{'a'},
                                       std::byte{'b'},  std::byte{1},    std::byte{2},
                                       std::byte{3}};
  ByteReader reader(bytes, "x.bin");
  EXPECT_EQ(reader.read<std::uint16_t>("number"), 0x1234);
  EXPECT_EQ(reader.take_text(2, "name"), "ab");
  EXPECT_EQ(reader.offset(), 4u);
  EXPECT_EQ(reader.remaining(), 3u);
}

TEST(ByteReader, PastTheEndNamesFilePlaceAndField) {
  const std::array<std::byte, 3> bytes{};
  ByteReader reader(bytes, "x.bin");
  reader.take(1, "tag");
  try {
    reader.read<std::uint64_t>("count");
    FAIL() << "read past the end";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kBadInput);
    EXPECT_THAT(error.what(), HasSubstr("x.bin: truncated at byte 1: count needs 8 bytes, 2 are"));
  }
}

TEST(ByteReader, HugeCountsDoNotWrapAround) {
  const std::array<std::byte, 3> bytes{};
  ByteReader reader(bytes, "x.bin");
  reader.take(2, "tag");
  EXPECT_THROW(reader.take(SIZE_MAX, "everything"), Error);
}

}  // namespace
}  // namespace isogloss
