#include "isogloss/core/usable_cores.h"

#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <thread>

namespace isogloss {
namespace {

namespace fs = std::filesystem;

class CgroupQuota : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = fs::path(::testing::TempDir()) / (std::string("isogloss-cgroup-") + test->name());
    fs::remove_all(root_);
  }
  void TearDown() override { fs::remove_all(root_); }

  void write(const fs::path& name, const std::string& content) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << content;
  }
  double quota() const { return cgroup_quota(root_ / "membership", root_ / "mount"); }

  fs::path root_;
};

TEST_F(CgroupQuota, IsTheSmallestOfTheGroupAndThoseAroundIt) {
  write("membership", "0::/slice/job\n");
  write("mount/slice/job/cpu.max", "max 100000\n");
  EXPECT_TRUE(std::isinf(quota()));
  write("mount/slice/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 1.5);
  write("mount/slice/job/cpu.max", "50000 100000\n");
  EXPECT_EQ(quota(), 0.5);
}

TEST_F(CgroupQuota, IsFoundWhereAContainerSeesItsOwnGroupAsTheRoot) {
  write("membership", "0::/docker/4be0\n");
  write("mount/cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2);
}

TEST_F(CgroupQuota, OfVersion1HasFilesOfItsOwn) {
  write("membership", "5:memory:/job\n4:cpu,cpuacct:/job\n");
  write("mount/cpu,cpuacct/job/cpu.cfs_quota_us", "-1\n");
  write("mount/cpu,cpuacct/job/cpu.cfs_period_us", "100000\n");
  EXPECT_TRUE(std::isinf(quota()));
  write("mount/cpu,cpuacct/job/cpu.cfs_quota_us", "300000\n");
  EXPECT_EQ(quota(), 3);
}

TEST_F(CgroupQuota, IsNoneWithoutCgroups) { EXPECT_TRUE(std::isinf(quota())); }

TEST(UsableCores, AreAtLeastOneAndNoMoreThanTheMachineHas) {
  EXPECT_GE(usable_cores(), 1);
  EXPECT_LE(usable_cores(), static_cast<std::int32_t>(std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace isogloss
