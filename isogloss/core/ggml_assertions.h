// ggml ends the process when one of its assertions fails, even on a damaged file or for lack of
// memory. Included by the .cpp files that call ggml or llama.cpp, which link it.
#pragma once

#include <ggml.h>

#include <cstdio>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

namespace isogloss {

/// Thrown where ggml would have ended the process. what() is the assertion, without the place in
/// ggml's source.
class GgmlAssertion : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// While one lives, an assertion of ggml that fails on this thread throws GgmlAssertion; on any
/// other thread it ends the process as ever. What ggml and llama.cpp held at that moment leaks, and
/// the objects at work must not be used again. llama.cpp catches it where it catches
/// std::exception, and then writes it to its log. Why this can be relied on:
/// docs/decisions/0005-assertions-of-ggml.md.
class AssertionsThrow {
 public:
  AssertionsThrow() {
    static std::once_flag installed;
    std::call_once(installed, [] { ggml_set_abort_callback(&on_assertion); });
    ++n_alive();
  }
  AssertionsThrow(const AssertionsThrow&) = delete;
  ~AssertionsThrow() { --n_alive(); }

 private:
  static int& n_alive() {
    thread_local int count = 0;
    return count;
  }

  static void on_assertion(const char* message) {
    if (n_alive() == 0) {
      std::fprintf(stderr, "%s\n", message);  // what ggml prints when it is not asked to call
      return;
    }
    const std::string_view text(message);
    const auto end = text.find(": ");
    throw GgmlAssertion(std::string(end == std::string_view::npos ? text : text.substr(end + 2)));
  }
};

}  // namespace isogloss
