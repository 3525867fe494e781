#include "isogloss/core/folder_lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <vector>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

std::filesystem::path fresh_folder() {
  const auto folder = std::filesystem::path(::testing::TempDir()) /
                      ::testing::UnitTest::GetInstance()->current_test_info()->name();
  std::filesystem::create_directories(folder);
  return folder;
}

TEST(FolderLock, KeepsASecondOutUntilItGoes) {
  const auto folder = fresh_folder();
  {
    const FolderLock first(folder);
    try {
      const FolderLock second(folder);
      ADD_FAILURE() << "a second lock was given";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kEnvironment);
      EXPECT_THAT(error.what(), ::testing::StartsWith(folder.string() + ": another isogloss"));
    }
  }
  EXPECT_NO_THROW(const FolderLock third(folder));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST(FolderLock, MovesWithItsObject) {
  const auto folder = fresh_folder();
  std::vector<FolderLock> locks;
  locks.emplace_back(folder);
  locks.emplace_back(std::filesystem::path(::testing::TempDir()));
  locks.reserve(locks.capacity() + 1);  // moves them
  EXPECT_THROW(const FolderLock second(folder), Error);
  locks.clear();
  EXPECT_NO_THROW(const FolderLock second(folder));
}

TEST(FolderLock, GoesWithAKilledProcess) {
  const auto folder = fresh_folder();
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const auto child = ::fork();
  if (child == 0) {
    const FolderLock lock(folder);
    if (::write(ready[1], "x", 1) != 1) ::_exit(1);
    ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_THROW(const FolderLock second(folder), Error);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_NO_THROW(const FolderLock second(folder));
  ::close(ready[0]);
  ::close(ready[1]);
}

}  // namespace
}  // namespace isogloss
