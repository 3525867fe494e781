#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "isogloss/core/text.h"

namespace isogloss::cli {
namespace {

constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::milliseconds kRedrawEvery{200};
constexpr std::chrono::seconds kPlainLineEvery{15};

std::string duration(double seconds) {
  const auto s = static_cast<long>(seconds + 0.5);
  if (s >= 3600) return fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  return fmt::format("{}:{:02}", s / 60, s % 60);
}

/// Bytes are many.
std::string amount(double number, std::string_view unit) {
  return unit == "bytes" ? fmt::format("{:.1f} MB", number / 1e6) : fmt::format("{:.0f}", number);
}

/// "3 of 10 tokens", "1.5 MB of 20.0 MB".
std::string amounts(const ProgressUpdate& update) {
  const auto done = amount(static_cast<double>(update.done), update.unit);
  const auto total = amount(static_cast<double>(update.total), update.unit);
  return update.unit == "bytes" ? fmt::format("{} of {}", done, total)
                                : fmt::format("{} of {} {}", done, total, update.unit);
}

std::string progress_json(const ProgressUpdate& update) {
  const nlohmann::ordered_json json = {{"stage", update.stage},
                                       {"unit", update.unit},
                                       {"done", update.done},
                                       {"total", update.total}};
  return json.dump();
}

}  // namespace

ProgressPrinter::ProgressPrinter(ProgressStyle style)
    : style_(style), is_terminal_(::isatty(STDERR_FILENO) == 1) {}

ProgressPrinter::~ProgressPrinter() { finish(); }

void ProgressPrinter::begin(const ProgressUpdate& update) {
  finish();
  stage_ = update.stage;
  first_done_ = update.done;
  started_ = Clock::now();
  shown_ = style_ == ProgressStyle::kJson ? started_ - kRedrawEvery : started_;
}

void ProgressPrinter::update(const ProgressUpdate& update) {
  if (style_ == ProgressStyle::kNone) return;
  if (update.stage != stage_ || update.done < last_done_) begin(update);
  last_done_ = update.done;
  const auto now = Clock::now();
  const bool json = style_ == ProgressStyle::kJson;
  if (now - started_ < kPatience && !json) return;
  const bool last = update.done >= update.total;
  const auto pause =
      is_terminal_ || json ? Clock::duration(kRedrawEvery) : Clock::duration(kPlainLineEvery);
  if (now - shown_ < pause && !last) return;
  shown_ = now;
  if (json) {
    fmt::print(stderr, "{}\n", progress_json(update));
  } else {
    print_line(update, std::chrono::duration<double>(now - started_).count());
  }
  std::fflush(stderr);
}

void ProgressPrinter::print_line(const ProgressUpdate& update, double seconds) {
  const double rate = static_cast<double>(update.done - first_done_) / seconds;
  const double percent = update.total > 0 ? 100.0 * static_cast<double>(update.done) /
                                                static_cast<double>(update.total)
                                          : 0.0;
  auto line = fmt::format("{} {:.0f} %  {}", update.stage, percent, amounts(update));
  if (rate > 0) {
    line += fmt::format(", {} per second, {} left", amount(rate, update.unit),
                        duration(static_cast<double>(update.total - update.done) / rate));
  }
  clear_line();
  fmt::print(stderr, "{}{}", printable(line), is_terminal_ ? "" : "\n");
  std::fflush(stderr);
  line_open_ = is_terminal_;
}

void ProgressPrinter::clear_line() {
  if (line_open_) fmt::print(stderr, "\r\x1b[K");
  line_open_ = false;
}

void ProgressPrinter::warn(std::string_view line) {
  clear_line();
  fmt::print(stderr, "isogloss: warning: {}\n", printable(line));
}

void ProgressPrinter::finish() {
  clear_line();
  stage_.clear();
}

int terminal_width() {
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool use_colour() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && term != nullptr &&
         std::string_view(term) != "dumb";
}

std::string printable(std::string_view text) {
  std::string result;
  for_each_character(text, [&](const Character& character, std::size_t begin) {
    const auto point = character.point;
    const bool is_control = point < U' ' || (point >= 0x7F && point < 0xA0);
    result += is_control ? std::string_view(" ") : text.substr(begin, character.length);
  });
  return result;
}

int display_width(std::string_view text) {
  int width = 0;
  for_each_character(text, [&](const Character& character, std::size_t) {
    width += column_width(character.point);
  });
  return width;
}

std::string fit(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  int width = 1;
  std::size_t end = 0;
  while (end < text.size()) {
    const auto character = front_character(text.substr(end));
    width += column_width(character.point);
    if (width > columns) break;
    end += character.length;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::vector<std::string> wrap_words(std::string_view text, int columns) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    auto& line = lines.back();
    if (line.empty()) {
      line = word;
    } else if (display_width(line) + 1 + display_width(word) <= columns) {
      line += ' ';
      line += word;
    } else {
      lines.emplace_back(word);
    }
  }
  return lines;
}

std::string shade(std::string_view text, double strength, bool colour) {
  // Yellow to red of the 256-colour cube, dark text on it: readable on light and dark terminals.
  constexpr std::array<int, 5> kBackgrounds = {230, 222, 215, 209, 203};
  if (!colour || strength <= 0) return std::string(text);
  const auto step = std::min<std::size_t>(kBackgrounds.size() - 1,
                                          static_cast<std::size_t>(strength * kBackgrounds.size()));
  return fmt::format("\x1b[38;5;16;48;5;{}m{}\x1b[0m", kBackgrounds[step], text);
}

}  // namespace isogloss::cli
