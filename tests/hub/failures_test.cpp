// Everything that goes wrong between here and the hub.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/hub/hub.h"
#include "tests/hub/fake_hub.h"

namespace isogloss {
namespace {

using nlohmann::json;
using ::testing::AllOf;
using ::testing::Contains;
using testing::content_of;
using testing::FakeHub;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::large;
using ::testing::Not;
using testing::Variable;

namespace fs = std::filesystem;

class FailuresTest : public ::testing::Test {
 protected:
  FailuresTest() {
    hub_.add("models/some/model", "config.json", "{}");
    hub_.add("models/some/model", "a.gguf", large());
    control_.warn = [&](std::string_view line) { warnings_.emplace_back(line); };
  }

  HubSnapshot fetch(const std::string& path, const std::string& name = "some/model",
                    const std::string& revision = "main") {
    return fetch_files({HubKind::kModel, name, revision}, std::vector{path}, control_);
  }

  void expect_fetched() { EXPECT_EQ(content_of(fetch("a.gguf").folder / "a.gguf"), large()); }

  void expect_refusal(const std::function<void()>& action, ErrorCode code,
                      const ::testing::Matcher<std::string>& message) {
    try {
      action();
      ADD_FAILURE() << "nothing thrown";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(std::string(error.what()), AllOf(message, Not(HasSubstr("\n"))));
    }
  }

  /// The file that a download leaves when it is interrupted.
  fs::path partial() {
    for (const auto& file : fs::directory_iterator(hub_.cache / "models--some--model" / "blobs")) {
      if (file.path().extension() == ".incomplete") return file.path();
    }
    return {};
  }

  /// Leaves a partial file, and forgets what was asked and said so far.
  void interrupt() {
    hub_.set_faults(
        {{{"match", "GET /cdn"}, {"kind", "trickle"}, {"bytes", 50'000}, {"seconds", 0.3}}});
    std::atomic<bool> stop = false;
    auto control = control_;
    control.stop = &stop;
    control.progress = [&](const ProgressUpdate&) { stop = true; };
    expect_refusal(
        [&] {
          fetch_files({HubKind::kModel, "some/model", "main"}, std::vector<std::string>{"a.gguf"},
                      control);
        },
        ErrorCode::kInterrupted, HasSubstr("again"));
    ASSERT_FALSE(partial().empty());
    hub_.forget_requests();
    warnings_.clear();
  }

  std::vector<std::string> ranges() {
    std::vector<std::string> ranges;
    for (const auto& request : hub_.requests()) {
      if (request["host"] == "localhost" && request["range"].is_string())
        ranges.push_back(request["range"]);
    }
    return ranges;
  }

  FakeHub hub_;
  RunControl control_;
  std::vector<std::string> warnings_;
};

TEST_F(FailuresTest, AConnectionThatDropsIsTakenUpWhereItBroke) {
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "drop"}, {"bytes", 100'000}, {"times", 2}}});
  expect_fetched();
  EXPECT_THAT(ranges(), Contains("bytes=100000-"));
  EXPECT_THAT(warnings_, Contains(HasSubstr("trying again")));
}

TEST_F(FailuresTest, AnInterruptedDownloadIsResumedByTheNextCall) {
  interrupt();
  hub_.set_faults(json::array());
  expect_fetched();
  ASSERT_EQ(ranges().size(), 1U);
  EXPECT_NE(ranges().front(), "bytes=0-");
  EXPECT_TRUE(partial().empty());
}

TEST_F(FailuresTest, AServerThatSendsNoPartsSendsAllAgain) {
  interrupt();
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "no_ranges"}, {"times", 9}}});
  expect_fetched();
}

TEST_F(FailuresTest, ARangeThatIsRefusedIsFetchedFromTheStart) {
  interrupt();
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "416"}}});
  expect_fetched();
}

TEST_F(FailuresTest, AnotherRangeThanAskedForIsNotAppended) {
  interrupt();
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "other_range"}}});
  expect_fetched();
}

TEST_F(FailuresTest, APartOfAnotherFileIsFoundOutByTheHash) {
  interrupt();
  std::ofstream(partial()) << std::string(1000, 'x');
  hub_.set_faults(json::array());
  expect_fetched();
  EXPECT_THAT(warnings_, Contains(HasSubstr("damaged")));
}

TEST_F(FailuresTest, ATruncatedBodyIsCompleted) {
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "truncate"}, {"bytes", 1000}}});
  expect_fetched();
}

TEST_F(FailuresTest, WrongBytesAreFetchedAgainAndRefusedTheSecondTime) {
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "damage"}}});
  expect_fetched();
  fs::remove_all(hub_.cache);
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "damage"}, {"times", 9}}});
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kBadInput,
                 AllOf(HasSubstr("a.gguf"), HasSubstr("hash")));
  EXPECT_THAT(hub_.cache / "models--some--model" / "snapshots",
              Not(::testing::Truly([](const fs::path& p) { return fs::exists(p); })));
}

TEST_F(FailuresTest, WrongBytesOfASmallFileAreFoundOutToo) {
  hub_.set_faults({{{"match", "GET /some/model/resolve"}, {"kind", "damage"}, {"times", 9}}});
  expect_refusal([&] { fetch("config.json"); }, ErrorCode::kBadInput, HasSubstr("config.json"));
}

TEST_F(FailuresTest, ABusyHubIsGivenTheTimeItAsksFor) {
  hub_.set_faults({{{"match", "GET /cdn"},
                    {"kind", "status"},
                    {"status", 429},
                    {"headers", {{"Retry-After", "1"}}}},
                   {{"match", "HEAD"}, {"kind", "status"}, {"status", 503}}});
  const auto begin = std::chrono::steady_clock::now();
  expect_fetched();
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1));
}

TEST_F(FailuresTest, AWaitOfHoursIsSaidInsteadOfWaitedFor) {
  hub_.set_faults({{{"match", "HEAD"},
                    {"kind", "status"},
                    {"status", 429},
                    {"headers", {{"Retry-After", "7200"}}}}});
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kEnvironment, HasSubstr("wait 121 minutes"));
}

TEST_F(FailuresTest, ASlowStartIsWaitedFor) {
  hub_.set_faults({{{"match", "GET /cdn"}, {"kind", "slow"}, {"seconds", 1}}});
  expect_fetched();
  EXPECT_THAT(warnings_, IsEmpty());
}

TEST_F(FailuresTest, AHubThatIsNotThereIsSaidAfterSomeAttempts) {
  hub_.stop();
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kEnvironment,
                 AllOf(HasSubstr("tried 5 times"), HasSubstr("connection")));
}

TEST_F(FailuresTest, WithoutAnAnswerTheCacheServesAndThatIsSaid) {
  expect_fetched();
  hub_.stop();
  expect_fetched();
  EXPECT_THAT(warnings_, Contains(HasSubstr("going on with what the cache has")));
}

TEST_F(FailuresTest, OfflineOnlyTheCacheIsAsked) {
  expect_fetched();
  hub_.forget_requests();
  const Variable offline("HF_HUB_OFFLINE", "1");
  expect_fetched();
  expect_refusal([&] { fetch("config.json"); }, ErrorCode::kEnvironment,
                 AllOf(HasSubstr("config.json"), HasSubstr("HF_HUB_OFFLINE")));
  expect_refusal([&] { fetch("a.gguf", "other/model"); }, ErrorCode::kEnvironment,
                 HasSubstr("HF_HUB_OFFLINE"));
  EXPECT_THAT(hub_.requests(), IsEmpty());
}

TEST_F(FailuresTest, ALogInPageOfTheNetworkIsNotTakenForTheHub) {
  hub_.set_faults({{{"match", "GET /api"}, {"kind", "page"}, {"times", 9}}});
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kBadInput, HasSubstr("log-in page"));
}

TEST_F(FailuresTest, RedirectsLeadNeitherToFilesNorInCircles) {
  hub_.set_faults({{{"match", "GET /some"},
                    {"kind", "redirect"},
                    {"to", "file:///etc/hostname"},
                    {"times", 9}}});
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kEnvironment, HasSubstr("https"));
  hub_.set_faults(
      {{{"match", "GET /some"}, {"kind", "redirect"}, {"to", "/some/where"}, {"times", 99}}});
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kBadInput, HasSubstr("10 times"));
}

TEST_F(FailuresTest, TheTokenGoesToTheHubAlone) {
  const Variable token("HF_TOKEN", "hf_good");
  hub_.add("models/some/gated", "a.gguf", large());
  const auto snapshot = fetch("a.gguf", "some/gated");
  EXPECT_EQ(content_of(snapshot.folder / "a.gguf"), large());
  bool led_elsewhere = false;
  for (const auto& request : hub_.requests()) {
    const bool elsewhere = request["host"] == "localhost";
    led_elsewhere = led_elsewhere || elsewhere;
    EXPECT_EQ(request["authorization"].is_null(), elsewhere) << request;
  }
  EXPECT_TRUE(led_elsewhere);
  for (const auto& file : fs::recursive_directory_iterator(hub_.home)) {
    const auto content = file.is_regular_file() ? content_of(file.path()) : "";
    EXPECT_THAT(content, Not(HasSubstr("hf_good")));
  }
}

TEST_F(FailuresTest, AGatedRepositorySaysWhatToClick) {
  hub_.add("models/some/gated", "a.gguf", large());
  const auto page = AllOf(HasSubstr(hub_.endpoint + "/some/gated"), HasSubstr("accept"));
  expect_refusal([&] { fetch("a.gguf", "some/gated"); }, ErrorCode::kEnvironment,
                 AllOf(page, HasSubstr("HF_TOKEN")));
  const Variable token("HF_TOKEN", "hf_of_another");
  expect_refusal([&] { fetch("a.gguf", "some/gated"); }, ErrorCode::kEnvironment,
                 AllOf(page, HasSubstr("same user"), Not(HasSubstr("hf_of_another"))));
}

TEST_F(FailuresTest, ATokenThatIsRefusedIsNotShown) {
  const Variable token("HF_TOKEN", "hf_bad");
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kEnvironment,
                 AllOf(HasSubstr("token"), Not(HasSubstr("hf_bad"))));
}

TEST_F(FailuresTest, ATokenThatWouldBreakTheRequestIsRefused) {
  const Variable token("HF_TOKEN", "hf_x\nHost: evil y");
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kUsage,
                 AllOf(HasSubstr("HF_TOKEN"), Not(HasSubstr("evil"))));
}

TEST_F(FailuresTest, APasswordInTheAddressIsRefusedAndNotShown) {
  for (const char* address : {"https://me:secret@hub.example", "http://secret@hub.example/a"}) {
    const Variable endpoint("HF_ENDPOINT", address);
    expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kUsage,
                   AllOf(HasSubstr("HF_ENDPOINT"), Not(HasSubstr("secret"))));
  }
}

TEST_F(FailuresTest, TheTokenFileIsRead) {
  fs::create_directories(hub_.home);
  std::ofstream(hub_.home / "token") << "hf_good\n";
  hub_.add("models/some/private", "a.gguf", large());
  EXPECT_EQ(content_of(fetch("a.gguf", "some/private").folder / "a.gguf"), large());
}

TEST_F(FailuresTest, NamesThatAreWrongAreSaidWithSimilarOnes) {
  expect_refusal([&] { fetch("a.gguf", "some/modle"); }, ErrorCode::kUsage,
                 HasSubstr("some/modle: the hub has no such repository"));
  expect_refusal([&] { fetch("a.gguf", "some/model", "v2"); }, ErrorCode::kUsage,
                 AllOf(HasSubstr("revision v2"), HasSubstr("similar: v1")));
  expect_refusal([&] { fetch("b.gguf"); }, ErrorCode::kUsage,
                 AllOf(HasSubstr("no file b.gguf"), HasSubstr("similar: a.gguf")));
  const auto absent = hub_.cache / "models--some--model" / ".no_exist";
  EXPECT_TRUE(fs::exists(absent / fetch("a.gguf").commit / "b.gguf"));
}

TEST_F(FailuresTest, NothingLeavesTheFolder) {
  for (const char* path : {"../a", "/etc/passwd", "a/../../b", "", "a//b"}) {
    expect_refusal([&] { fetch(path); }, ErrorCode::kUsage, HasSubstr("no path of a file"));
  }
  expect_refusal([&] { fetch("a.gguf", "../x"); }, ErrorCode::kUsage, HasSubstr("repository"));
  expect_refusal([&] { fetch("a.gguf", "some/model", "../../x"); }, ErrorCode::kUsage,
                 HasSubstr("revision"));
  const json entry = {{"type", "file"}, {"path", "../../evil"}, {"size", 1}, {"oid", "0"}};
  hub_.set_faults({{{"match", "/tree/"}, {"kind", ""}, {"entries", {entry}}, {"times", 9}}});
  for (const auto& listed : hub_entries({HubKind::kModel, "some/model", "main"}, control_)) {
    EXPECT_THAT(listed.path, Not(HasSubstr("evil")));
  }
}

TEST_F(FailuresTest, AHashThatIsAPathIsRefused) {
  hub_.set_faults({{{"match", "HEAD"}, {"kind", ""}, {"etag", "\"../../../evil\""}, {"times", 9}}});
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kBadInput, HasSubstr("no hash"));
}

TEST_F(FailuresTest, ADamagedFileInTheCacheIsFetchedAgain) {
  const auto snapshot = fetch("a.gguf");
  std::ofstream(fs::canonical(snapshot.folder / "a.gguf")) << "damaged";
  expect_fetched();
  EXPECT_THAT(warnings_, Contains(HasSubstr("damaged in the hub's cache")));
}

TEST_F(FailuresTest, TwoAtOnceFetchAFileOnce) {
  hub_.set_faults({{{"match", "GET /cdn"},
                    {"kind", "trickle"},
                    {"bytes", 50'000},
                    {"seconds", 0.1},
                    {"times", 9}}});
  const auto one = [] {
    const auto snapshot = fetch_files({HubKind::kModel, "some/model", "main"},
                                      std::vector<std::string>{"a.gguf"}, {});
    EXPECT_EQ(content_of(snapshot.folder / "a.gguf"), large());
  };
  std::thread other(one);
  one();
  other.join();
  int n_sent = 0;
  for (const auto& request : hub_.requests()) n_sent += request["host"] == "localhost" ? 1 : 0;
  EXPECT_EQ(n_sent, 1);
}

TEST_F(FailuresTest, AFullDiskIsSaid) {
  // A file that may not grow further, as one on a full disk.
  const auto former = ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  const rlimit small{100'000, limit.rlim_max};
  ::setrlimit(RLIMIT_FSIZE, &small);
  expect_refusal([&] { fetch("a.gguf"); }, ErrorCode::kEnvironment,
                 AllOf(HasSubstr("cannot write"), HasSubstr("HF_HUB_CACHE")));
  ::setrlimit(RLIMIT_FSIZE, &limit);
  ::signal(SIGXFSZ, former);
  expect_fetched();
}

}  // namespace
}  // namespace isogloss
