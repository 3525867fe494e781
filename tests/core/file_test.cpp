#include "isogloss/core/file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

using ::testing::HasSubstr;

class FileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(::testing::TempDir()) /
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    ::setenv("XDG_CACHE_HOME", (folder_ / "cache").c_str(), 1);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path folder_;
};

std::string read(const std::filesystem::path& path) { return std::string(MappedFile(path).text()); }

TEST_F(FileTest, PartsOfTheDeadAreRemovedAndNothingElse) {
  const auto part = part_path(folder_ / "a.txt");
  EXPECT_EQ(part.parent_path(), folder_);
  for (const auto& name : {part.filename().string(), std::string("b.0-1.part"), std::string("c")}) {
    std::ofstream(folder_ / name) << "x";
  }
  std::filesystem::create_directories(folder_ / "d.part");
  remove_parts(folder_);
  remove_parts(folder_ / "no such folder");
  EXPECT_FALSE(std::filesystem::exists(part));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "b.0-1.part"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "c"));
  EXPECT_TRUE(std::filesystem::exists(folder_ / "d.part"));
}

TEST_F(FileTest, WritesWholeAndReplaces) {
  const auto path = folder_ / "a.txt";
  write_file_atomically(path, "one");
  write_file_atomically(path, "two");
  EXPECT_EQ(read(path), "two");
  EXPECT_FALSE(std::filesystem::exists(part_path(path)));
}

TEST_F(FileTest, EmptyFileMapsToNothing) {
  write_file_atomically(folder_ / "empty", "");
  EXPECT_TRUE(MappedFile(folder_ / "empty").bytes().empty());
}

TEST_F(FileTest, MissingFileIsTheEnvironmentsFault) {
  try {
    MappedFile missing(folder_ / "none");
    FAIL() << "opened a missing file";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kEnvironment);
    EXPECT_THAT(error.what(), HasSubstr("none: cannot open"));
  }
}

TEST_F(FileTest, FailedWriteKeepsTheOldFileAndNoRest) {
  const auto path = folder_ / "a.txt";
  write_file_atomically(path, "old");
  std::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  getrlimit(RLIMIT_FSIZE, &before);
  rlimit small = before;
  small.rlim_cur = 1000;
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(write_file_atomically(path, std::string(5000, 'x')), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  EXPECT_EQ(read(path), "old");
  EXPECT_FALSE(std::filesystem::exists(part_path(path)));
}

// FIPS 180-2, appendix B.1.
TEST_F(FileTest, HashesAsTheStandardSays) {
  EXPECT_EQ(sha256_of_text("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_file_atomically(folder_ / "abc", "abc");
  EXPECT_EQ(sha256_of_file(folder_ / "abc"), sha256_of_text("abc"));
}

TEST_F(FileTest, CachedHashFollowsTheContent) {
  const auto path = folder_ / "model";
  write_file_atomically(path, "one");
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text("one"));
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text("one"));
  write_file_atomically(path, "other");
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text("other"));
}

/// Writes into the file as it is and gives it back the time it had.
void change_in_place(const std::filesystem::path& path, std::size_t at, char byte) {
  const auto time = std::filesystem::last_write_time(path);
  std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
  file.close();
  std::filesystem::last_write_time(path, time);
}

TEST_F(FileTest, CachedHashSeesOtherBytesOfTheSameSizeAndTime) {
  const auto path = folder_ / "weights";
  std::string bytes(2'000'000, 'x');
  write_file_atomically(path, bytes);
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text(bytes));
  bytes[1'234'567] = 'y';
  change_in_place(path, 1'234'567, 'y');
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text(bytes));
  // Another file moved into its place, as tar unpacks it.
  const auto time = std::filesystem::last_write_time(path);
  bytes[7] = 'z';
  write_file_atomically(folder_ / "other", bytes);
  std::filesystem::last_write_time(folder_ / "other", time);
  std::filesystem::rename(folder_ / "other", path);
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text(bytes));
}

TEST_F(FileTest, DamagedHashCacheIsIgnored) {
  const auto path = folder_ / "model";
  write_file_atomically(path, "one");
  cached_sha256_of_file(path);
  for (const auto& entry : std::filesystem::directory_iterator(cache_folder() / "hashes")) {
    std::ofstream(entry.path()) << "{\"sha256\": 1";
  }
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text("one"));
}

TEST_F(FileTest, APathThatIsNotUtf8HasAHash) {
  const auto path = folder_ / "Jos\xe9";
  write_file_atomically(path, "one");
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text("one"));
  EXPECT_EQ(cached_sha256_of_file(path), sha256_of_text("one"));
}

TEST(HashCache, SweepsOutWhatIsOfFilesThatAreGone) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "sweep";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  // The sweep is once a process, so each hash is taken by a process of its own.
  const auto hash_in_child = [&](const char* name) {
    if (const auto child = ::fork(); child == 0) {
      ::setenv("XDG_CACHE_HOME", (folder / "cache").c_str(), 1);
      cached_sha256_of_file(folder / name);
      std::_Exit(0);
    } else {
      int status = 0;
      ::waitpid(child, &status, 0);
      ASSERT_EQ(status, 0);
    }
  };
  const auto n_entries = [&] {
    const auto hashes = std::filesystem::directory_iterator(folder / "cache/isogloss/hashes");
    return std::distance(begin(hashes), end(hashes));
  };
  for (const auto* name : {"gone", "kept", "new"}) write_file_atomically(folder / name, name);
  // Neither an entry that opens as no file nor what another process is writing is in the way.
  std::filesystem::create_directories(folder / "cache/isogloss/hashes/odd.json/inside");
  std::ofstream(folder / "cache/isogloss/hashes/other.json.part") << "{";
  hash_in_child("gone");
  hash_in_child("kept");
  EXPECT_EQ(n_entries(), 4);
  std::filesystem::remove(folder / "gone");
  hash_in_child("new");
  EXPECT_EQ(n_entries(), 4);
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace isogloss
