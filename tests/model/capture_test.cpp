#include <ggml-cpp.h>
#include <gtest/gtest.h>

#include <array>
#include <tuple>
#include <vector>

#include "isogloss/model/capture_internal.h"

namespace isogloss {
namespace {

constexpr std::int64_t kWidth = 4;
constexpr std::size_t kRows = 3;

/// Tensors as a graph delivers them, and what a capture of "early-0" and "late-0" makes of them.
class CaptureTest : public ::testing::Test {
 protected:
  CaptureTest()
      : context_(ggml_init({.mem_size = 1U << 16, .mem_buffer = nullptr, .no_alloc = true})) {
    for (const auto* name : {"late-0", "early-0"}) {
      auto& added = capture_.tensors.emplace_back();
      added.tensor.name = name;
      added.width = kWidth;
    }
    capture_.expect(kRows);
    values_.fill(7);
  }

  /// Delivers a tensor that lies in ordinary memory; returns whether evaluation goes on.
  bool deliver(const char* name, ggml_type type, std::int64_t width, std::int64_t n_rows) {
    auto* tensor = ggml_new_tensor_2d(context_.get(), type, width, n_rows);
    ggml_set_name(tensor, name);
    tensor->data = values_.data();
    buffer_.reset(ggml_backend_cpu_buffer_from_ptr(values_.data(), values_.size() * sizeof(float)));
    tensor->buffer = buffer_.get();
    return capture_tensor(tensor, /*ask=*/false, &capture_);
  }

  ggml_context_ptr context_;
  ggml_backend_buffer_ptr buffer_;
  alignas(64) std::array<float, 64> values_;  ///< ggml wants its buffers aligned
  Capture capture_;
};

TEST_F(CaptureTest, EndsTheEvaluationWhenAllIsThere) {
  EXPECT_TRUE(deliver("early-0", GGML_TYPE_F32, kWidth, kRows));
  EXPECT_TRUE(deliver("early-0", GGML_TYPE_F32, kWidth, kRows)) << "again is not the other one";
  EXPECT_TRUE(deliver("other-0", GGML_TYPE_F32, kWidth, kRows));
  EXPECT_FALSE(capture_is_done(&capture_));
  EXPECT_FALSE(deliver("late-0", GGML_TYPE_F32, kWidth, kRows));
  EXPECT_TRUE(capture_is_done(&capture_));
  for (const auto& tensor : capture_.tensors) {
    EXPECT_EQ(tensor.n_delivered, static_cast<std::int64_t>(kRows));
    EXPECT_EQ(tensor.rows, std::vector<float>(kRows * kWidth, 7));
  }
}

TEST_F(CaptureTest, TakesNoRowsOfAnotherWidthTypeOrNumber) {
  for (const auto& [type, width, n_rows] :
       {std::tuple(GGML_TYPE_F32, kWidth + 1, 3), std::tuple(GGML_TYPE_F16, kWidth, 3),
        std::tuple(GGML_TYPE_F32, kWidth, 2)}) {
    capture_.expect(kRows);
    deliver("late-0", type, width, n_rows);
    const auto& tensor = capture_.tensors.front();
    EXPECT_NE(tensor.n_delivered, static_cast<std::int64_t>(kRows));
    EXPECT_EQ(tensor.rows, std::vector<float>(kRows * kWidth, 0)) << "left as they were";
  }
}

}  // namespace
}  // namespace isogloss
