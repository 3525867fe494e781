#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <regex>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/hub/http.h"

namespace isogloss {
namespace {

constexpr std::chrono::minutes kLongestWait{10};
constexpr std::chrono::seconds kLongestPause{16};

void pause(std::chrono::milliseconds length, const RunControl& control) {
  const auto end = std::chrono::steady_clock::now() + length;
  while (std::chrono::steady_clock::now() < end) {
    control.throw_if_stopped();
    std::this_thread::sleep_for(std::min<std::chrono::milliseconds>(
        std::chrono::milliseconds(100), std::chrono::duration_cast<std::chrono::milliseconds>(
                                            end - std::chrono::steady_clock::now()) +
                                            std::chrono::milliseconds(1)));
  }
}

/// Doubles with each failure; of random length, so that many who failed together do not come back
/// together.
std::chrono::milliseconds pause_after(int n_failures, const HubSettings& settings) {
  static thread_local std::mt19937 generator(std::random_device{}());
  const auto longest = std::min<std::chrono::milliseconds>(
      settings.first_pause * (1 << std::min(n_failures - 1, 10)), kLongestPause);
  std::uniform_int_distribution<std::int64_t> length(longest.count() / 2, longest.count());
  return std::chrono::milliseconds(length(generator));
}

/// `ratelimit: "api";r=0;t=55`: nothing remains for the next 55 seconds.
std::chrono::seconds rate_limit_reset(const std::string& header) {
  static const std::regex kForm(R"re(.*;\s*r=0\s*;\s*t=([0-9]{1,6})\b.*)re");
  std::smatch match;
  return std::chrono::seconds(
      header.size() < 1000 && std::regex_match(header, match, kForm) ? std::stol(match[1]) : 0);
}

}  // namespace

void throw_if_busy(const HttpAnswer& answer) {
  switch (answer.status) {
    case 408:
    case 429:
    case 500:
    case 502:
    case 503:
    case 504:
      break;
    default:
      return;
  }
  HubTransient busy(answer.status == 429 ? "the hub is asked too often (429)"
                                         : fmt::format("the hub answers {}", answer.status));
  busy.retry_after = std::max(answer.retry_after, rate_limit_reset(answer.header("ratelimit")));
  throw busy;
}

void with_retries(const HubSettings& settings, const RunControl& control,
                  const std::function<void()>& attempt) {
  for (int n_failures = 0;;) {
    try {
      attempt();
      return;
    } catch (const HubTransient& failure) {
      n_failures = failure.made_progress ? 1 : n_failures + 1;
      if (n_failures >= settings.n_attempts) {
        throw Error(
            ErrorCode::kEnvironment,
            fmt::format("{}; tried {} times; check the network connection, or run it again later",
                        failure.what(), n_failures));
      }
      if (failure.retry_after > kLongestWait) {
        throw Error(
            ErrorCode::kEnvironment,
            fmt::format("{} and asks to wait {} minutes; run it again then, with HF_TOKEN set if "
                        "it is not: more is allowed to users who are known",
                        failure.what(), failure.retry_after.count() / 60 + 1));
      }
      const auto length =
          failure.retry_after.count() > 0
              ? std::chrono::milliseconds(failure.retry_after) + pause_after(1, settings)
              : pause_after(n_failures, settings);
      control.warning(fmt::format("{}; trying again in {:.1f} s", failure.what(),
                                  static_cast<double>(length.count()) / 1000.0));
      pause(length, control);
    }
  }
}

HttpAnswer patient_exchange(const HttpRequest& request, const HubSettings& settings,
                            const RunControl& control) {
  HttpAnswer answer;
  with_retries(settings, control, [&] {
    answer = http_exchange(request, settings, control);
    throw_if_busy(answer);
  });
  return answer;
}

}  // namespace isogloss
