// A fresh folder a test, and the program run in it.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/tiny_inputs.h"

namespace isogloss::test {

/// Of a terminal, for text without wide or combining characters.
inline std::size_t columns_of(const std::string& line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80;
  }));
}

class RunFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* info = ::testing::UnitTest::GetInstance()->current_test_info();
    folder_ = std::filesystem::path(::testing::TempDir()) /
              (std::string("isogloss-") + info->test_suite_name() + "-" + info->name());
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    output_ = folder_ / "out";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  Outcome run(const std::vector<std::string>& words, const std::string& prelude = "") const {
    return run_program(words, folder_, prelude);
  }

  /// Every file's content by its path below `root`.
  static std::map<std::string, std::string> snapshot(const std::filesystem::path& root) {
    std::map<std::string, std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
      if (!entry.is_regular_file()) continue;
      files[std::filesystem::relative(entry.path(), root).string()] = read_text(entry.path());
    }
    return files;
  }

  std::filesystem::path folder_;
  std::filesystem::path output_;
};

}  // namespace isogloss::test
