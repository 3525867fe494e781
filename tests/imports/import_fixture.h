// What tests of imports share: a folder of their own, refusals, dense maxima.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/pipeline/import_activations.h"
#include "isogloss/store/maxima.h"

namespace isogloss::testing {

class ImportFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    root_ = std::filesystem::path(::testing::TempDir()) /
            (std::string("isogloss-") + test->test_suite_name() + "-" + test->name());
    std::filesystem::remove_all(root_);
    std::filesystem::create_directories(root_);
  }
  void TearDown() override { std::filesystem::remove_all(root_); }

  static std::string bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  static void expect_refused(const ImportOptions& options, ErrorCode code, const char* part) {
    try {
      import_activations(options, {});
      ADD_FAILURE() << "not refused";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code);
      EXPECT_THAT(error.what(), ::testing::HasSubstr(part));
    }
  }

  /// [n_rows][n_features]
  static std::vector<std::vector<float>> dense(const Maxima& maxima, std::int32_t language) {
    std::vector<std::vector<float>> rows(
        maxima.samples.size(), std::vector<float>(static_cast<std::size_t>(maxima.n_features)));
    for (std::int32_t f = 0; f < maxima.n_features; ++f) {
      const auto column = maxima.column(language, f);
      for (std::size_t i = 0; i < column.size(); ++i) {
        rows[static_cast<std::size_t>(column.rows[i])][static_cast<std::size_t>(f)] =
            column.values[i];
      }
    }
    return rows;
  }

  std::filesystem::path root_;
};

}  // namespace isogloss::testing
