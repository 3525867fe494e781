// Why llama.cpp failed: it says so only in its log, of which a process has one.
#pragma once

#include <string>
#include <string_view>

namespace isogloss {

/// What llama.cpp and ggml say when they lack memory or a thread. They return null both for that
/// and for a bad file, so the words of their complaint have to tell the two apart. What can be
/// checked before llama.cpp sees a file is checked there, by inspect_gguf.
inline constexpr std::string_view kShortageWords[] = {
    "allocate",   // "failed to allocate buffer of size 1048576"
    "bad_alloc",  // "error loading model: std::bad_alloc"
    "memory",     // "graph allocation: failed to reserve memory"
    "!= NULL)",   // ggml's assertion that it was given memory: "GGML_ASSERT(galloc != NULL) failed"
    "rc == 0)",   // ggml's assertion that it was given a thread: "GGML_ASSERT(rc == 0) failed"
};

/// Whether `complaint` holds any of these words.
bool names_shortage(std::string_view complaint);

/// llama.cpp's first complaint on this thread: later ones only say what that kept it from. Every
/// thread has a log of its own, so that batches run side by side do not read one another's.
class LlamaLog {
 public:
  /// Starts llama.cpp on the first call.
  static LlamaLog& instance();

  void clear();
  /// One line, the first since clear(); "no reason given" if there was none.
  std::string first_error();
  /// Whether it names a shortage. No complaint at all is one: there was no memory to write it.
  bool is_shortage();
  /// Notes a complaint as if llama.cpp had logged it.
  void note(const char* text) noexcept;

 private:
  LlamaLog();
};

}  // namespace isogloss
