// Too little memory at any point is exit code 4 and one line, never a crash.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::HasSubstr;

class Memory : public RunFixture {
 protected:
  /// Runs with an address space of `mebibytes`. Of standard error, what the program says: Arrow's
  /// allocator has a line of its own when it is loaded and gets no thread.
  Outcome run_within(const std::vector<std::string>& words, int mebibytes) const {
    auto outcome = run(words, fmt::format("ulimit -c 0; ulimit -v {};", mebibytes * 1024));
    std::istringstream lines(std::exchange(outcome.err, ""));
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("<jemalloc>")) outcome.err += line + "\n";
    }
    return outcome;
  }

  /// The least with which the program and its libraries can be loaded at all.
  int least_to_start() const {
    int mebibytes = 16;
    while (run_within({"--version"}, mebibytes).exit_code != 0) mebibytes += 4;
    return mebibytes;
  }

  /// Whatever `words` lack at each limit up to the one with which they end well, they say so.
  void expect_one_line_at_every_limit(std::vector<std::string> words, int step) {
    words.push_back("--quiet");  // progress on a busy machine is a line too
    int refusals = 0;
    for (int mebibytes = least_to_start();; mebibytes += step) {
      std::filesystem::remove_all(output_);
      const auto outcome = run_within(words, mebibytes);
      if (outcome.exit_code == 0) break;
      ++refusals;
      EXPECT_EQ(outcome.exit_code, 4) << mebibytes << " MiB: " << outcome.err;
      EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1)
          << mebibytes << " MiB: " << outcome.err;
      ASSERT_LT(mebibytes, 8192) << "never enough";
    }
    EXPECT_GT(refusals, 1);
  }
};

TEST_F(Memory, TooLittleForSomePartOfARun) {
  expect_one_line_at_every_limit(tiny_run(folder_, output_, 40), 3);
}

TEST_F(Memory, TooLittleForSomePartOfARunOnTwoThreads) {
  auto words = tiny_run(folder_, output_, 40);
  words.back() = "2";
  expect_one_line_at_every_limit(words, 7);
}

TEST_F(Memory, TooLittleForTheCorpus) {
  auto words = tiny_run(folder_, output_, 300'000);
  words.insert(words.end(), {"--samples", "20"});
  expect_one_line_at_every_limit(words, 40);
}

}  // namespace
}  // namespace isogloss::test
