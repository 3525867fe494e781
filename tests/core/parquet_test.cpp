// What Arrow's and Parquet's complaints mean for a user.
#include "isogloss/core/parquet.h"

#include <gtest/gtest.h>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

ErrorCode code_of(const arrow::Status& status) {
  try {
    check_arrow(status, "file.parquet", "read it as Parquet");
  } catch (const Error& error) {
    return error.code();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorCode::kUsage;
}

TEST(CheckArrow, ALackOfMemoryIsNoDamage) {
  for (const auto* message : {"Couldn't deserialize thrift: std::bad_alloc", "Couldn't deseri", "",
                              "ZSTD decompression failed: Allocation error : not enough memory"}) {
    EXPECT_EQ(code_of(arrow::Status::IOError(message)), ErrorCode::kEnvironment) << message;
  }
  EXPECT_EQ(code_of(arrow::Status::OutOfMemory("malloc")), ErrorCode::kEnvironment);
}

TEST(CheckArrow, DamageIsNoLackOfMemory) {
  for (const auto* message : {"Couldn't deserialize thrift: No more data to read.",
                              "Couldn't find the column", "CRC checksum verification failed"}) {
    EXPECT_EQ(code_of(arrow::Status::IOError(message)), ErrorCode::kBadInput) << message;
  }
}

}  // namespace
}  // namespace isogloss
