// Output on a terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/progress.h"

namespace isogloss::cli {

enum class ProgressStyle {
  kNone,
  /// On a terminal, one line redrawn in place; elsewhere, a plain line now and then. A stage that
  /// takes less than two seconds is not shown.
  kText,
  kJson,  ///< for programs: lines {"stage", "unit", "done", "total"}, a few a second
};

/// Progress on standard error.
class ProgressPrinter {
 public:
  explicit ProgressPrinter(ProgressStyle style);
  ~ProgressPrinter();  ///< ends a line still being drawn

  void update(const ProgressUpdate& update);
  void warn(std::string_view line);
  void finish();

 private:
  using Clock = std::chrono::steady_clock;
  void begin(const ProgressUpdate& update);
  void print_line(const ProgressUpdate& update, double seconds);
  void clear_line();

  ProgressStyle style_;
  bool is_terminal_;
  bool line_open_ = false;
  std::string stage_;
  std::int64_t first_done_ = 0;
  std::int64_t last_done_ = 0;
  Clock::time_point started_;
  Clock::time_point shown_;
};

/// The number of columns of standard output; 80 if it is not a terminal.
int terminal_width();

/// True when standard output is a terminal that may be coloured (NO_COLOR unset, TERM not dumb).
bool use_colour();

/// `text` with a space for each control character (C0, C1 and DEL): text from outside must not move
/// the cursor, colour what follows or rename the window.
std::string printable(std::string_view text);

/// The number of columns `text` takes on a terminal: wide East Asian characters count two,
/// combining ones none.
int display_width(std::string_view text);

/// `text` cut to `columns`, with an ellipsis where something was left out.
std::string fit(std::string_view text, int columns);

/// The words of `text` in lines of at most `columns`; a longer word has a line to itself.
std::vector<std::string> wrap_words(std::string_view text, int columns);

/// `text` with a background whose depth follows `strength` in 0 … 1; plain if `colour` is false.
std::string shade(std::string_view text, double strength, bool colour);

}  // namespace isogloss::cli
