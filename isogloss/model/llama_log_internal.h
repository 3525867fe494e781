// Why llama.cpp failed: it says so in its log only, of which there is one a process.
#pragma once

#include <mutex>
#include <string>

namespace isogloss {

/// llama.cpp's first complaint: later ones only say what that kept it from. May be written by any
/// of its threads.
class LlamaLog {
 public:
  /// Starts llama.cpp on the first call.
  static LlamaLog& instance();

  void clear();
  /// One line, the first since clear(); "no reason given" if there was none.
  std::string first_error();
  /// Notes a complaint as if llama.cpp had logged it.
  void note(const char* text) noexcept;

 private:
  LlamaLog();

  std::mutex mutex_;
  std::string first_error_;
};

}  // namespace isogloss
