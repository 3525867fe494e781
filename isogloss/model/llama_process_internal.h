// What llama.cpp has once a process: its log, and its habit of ending the process.
#pragma once

#include <mutex>
#include <stdexcept>
#include <string>

namespace isogloss {

/// Thrown where ggml would have ended the process; what() is the assertion that failed.
class LlamaAssertion : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// While one lives, an assertion of ggml that fails on this thread throws LlamaAssertion; on any
/// other thread it ends the process as ever. What llama.cpp held at that moment leaks, so its
/// objects must not be used again. llama.cpp itself catches it where it catches std::exception, and
/// then reports it in its log.
class AssertionsThrow {
 public:
  AssertionsThrow();
  AssertionsThrow(const AssertionsThrow&) = delete;
  ~AssertionsThrow();
};

/// llama.cpp's last complaint. May be written by any of its threads.
class LlamaLog {
 public:
  /// Starts llama.cpp on the first call.
  static LlamaLog& instance();

  void clear();
  /// One line; "no reason given" if there was none since clear().
  std::string last_error();
  /// Notes a complaint as if llama.cpp had logged it.
  void note(const char* text) noexcept;

 private:
  LlamaLog();

  std::mutex mutex_;
  std::string last_error_;
};

}  // namespace isogloss
