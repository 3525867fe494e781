#include "isogloss/core/available_memory.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <fstream>
#include <string>

namespace isogloss {
namespace {

namespace fs = std::filesystem;

class CgroupMemory : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / (std::string("isogloss-memory-") + test->name());
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& name, const std::string& content) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << content;
  }
  std::uint64_t left() const { return cgroup_memory_left(root_ / "membership", root_ / "mount"); }

  fs::path root_;
};

TEST_F(CgroupMemory, IsTheLeastOfTheGroupAndThoseAroundIt) {
  write("membership", "0::/slice/job\n");
  write("mount/slice/job/memory.max", "max\n");
  write("mount/slice/job/memory.current", "700\n");
  EXPECT_EQ(left(), UINT64_MAX);
  write("mount/slice/memory.max", "1000\n");
  write("mount/slice/memory.current", "900\n");
  EXPECT_EQ(left(), 100U);
  write("mount/slice/memory.max", "800\n");
  EXPECT_EQ(left(), 0U) << "a limit may be lowered below what is used";
}

TEST_F(CgroupMemory, DoesNotCountTheCacheOfFiles) {
  write("membership", "0::/job\n");
  write("mount/job/memory.max", "1000\n");
  write("mount/job/memory.current", "900\n");
  write("mount/job/memory.stat", "anon 300\ninactive_file 600\nactive_file 0\n");
  EXPECT_EQ(left(), 700U);
}

TEST_F(CgroupMemory, OfVersion1HasFilesOfItsOwn) {
  write("membership", "5:memory:/job\n4:cpu,cpuacct:/job\n");
  write("mount/memory/job/memory.limit_in_bytes", "1000\n");
  write("mount/memory/job/memory.usage_in_bytes", "400\n");
  EXPECT_EQ(left(), 600U);
}

TEST(AvailableMemory, IsSomeOfTheMachines) {
  EXPECT_GT(available_memory(), 1U << 20);
  EXPECT_LT(available_memory(), 1ULL << 50);
}

}  // namespace
}  // namespace isogloss
