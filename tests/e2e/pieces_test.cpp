// One extraction by several processes: planned, extracted by its shards in any order, finished.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "tests/e2e/run_fixture.h"

namespace isogloss::test {
namespace {

using ::testing::HasSubstr;

constexpr int kRows = 800;  // five shards

class Pieces : public RunFixture {
 protected:
  /// `verb` with the options of tiny_run.
  std::vector<std::string> words(const std::string& verb,
                                 std::vector<std::string> more = {}) const {
    auto all = tiny_run(folder_, output_, kRows);
    all.front() = verb;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  std::vector<std::string> extract(const std::string& shards) const {
    return words("extract", {"--shards", shards});
  }
  void expect_success(const std::vector<std::string>& command) const {
    const auto outcome = run(command);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
  }
  /// The output holds what one process writes.
  void expect_the_bytes_of_one_process() const {
    auto command = tiny_run(folder_, folder_ / "alone", kRows);
    command.front() = "extract";
    expect_success(command);
    const auto alone = snapshot(folder_ / "alone");
    const auto found = snapshot(output_);
    EXPECT_EQ(found.size(), alone.size());
    for (const auto& [name, content] : alone) {
      const auto at = found.find(name);
      EXPECT_TRUE(at != found.end() && at->second == content) << name;
    }
  }
};

TEST_F(Pieces, InAnyOrderGiveTheBytesOfOneProcess) {
  const auto planned = run(words("plan"));
  ASSERT_EQ(planned.exit_code, 0) << planned.err;
  EXPECT_THAT(planned.out, HasSubstr("shards 0 to 4"));
  for (const auto* shards : {"4", "1-2", "2-3", "0"}) expect_success(extract(shards));
  expect_success({"finish", output_.string()});
  expect_the_bytes_of_one_process();
  expect_success({"finish", output_.string()});  // again
}

TEST_F(Pieces, AtTheSameTimeAndKilledGiveTheBytesOfOneProcess) {
  expect_success(words("plan"));
  for (const auto* name : {"killed", "first", "second"}) {
    std::filesystem::create_directories(folder_ / name);
  }
  Program killed(extract("0-4"), folder_ / "killed");
  Program first(extract("0-3"), folder_ / "first");
  Program second(extract("0-4"), folder_ / "second");  // partly the same
  expect_success(words("plan"));                       // which leaves those at work alone
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  killed.send(SIGKILL);
  killed.wait();
  EXPECT_EQ(first.wait().exit_code, 0);
  EXPECT_EQ(second.wait().exit_code, 0);
  expect_success({"finish", output_.string()});
  expect_the_bytes_of_one_process();
}

TEST_F(Pieces, FinishNamesWhatIsMissingAndExtractCompletesIt) {
  expect_success(words("plan"));
  expect_success(extract("3"));
  const auto early = run({"finish", output_.string()});
  EXPECT_EQ(early.exit_code, 3);
  EXPECT_THAT(early.err, HasSubstr("lacks shards 0-2, 4;"));
  EXPECT_THAT(early.err, HasSubstr("--shards 0-2"));
  expect_success(words("extract"));
  expect_the_bytes_of_one_process();
}

TEST_F(Pieces, AreRefusedWhereNothingFits) {
  const auto unplanned = run(extract("0-1"));
  EXPECT_EQ(unplanned.exit_code, 2);
  EXPECT_THAT(unplanned.err, HasSubstr("isogloss plan"));
  expect_success(words("plan"));
  const auto beyond = run(extract("3-5"));
  EXPECT_EQ(beyond.exit_code, 2);
  EXPECT_THAT(beyond.err, HasSubstr("shards 0 to 4"));
  for (const auto* shards : {"2-1", "-1", "x", "1-", "1-2-3", "99999999999"}) {
    EXPECT_EQ(run(extract(shards)).exit_code, 2) << shards;
  }
}

}  // namespace
}  // namespace isogloss::test
