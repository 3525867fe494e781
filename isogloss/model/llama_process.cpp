#include <llama.h>

#include <algorithm>
#include <cstdio>
#include <new>
#include <string_view>

#include "isogloss/model/llama_process_internal.h"

namespace isogloss {
namespace {

thread_local int n_assertions_throw = 0;

/// "…/ggml.c:12: GGML_ASSERT(…) failed" without the file and the line, which are llama.cpp's.
std::string without_location(std::string_view message) {
  const auto end = message.find(": ");
  return std::string(end == std::string_view::npos ? message : message.substr(end + 2));
}

/// Called by ggml before it ends the process. The frames left on the way out are C and C++ of ggml
/// and llama.cpp; every platform we build on unwinds both (docs/decisions/0002-llama-cpp.md).
void on_assertion(const char* message) {
  if (n_assertions_throw > 0) throw LlamaAssertion(without_location(message));
  std::fprintf(stderr, "%s\n", message);
}

}  // namespace

AssertionsThrow::AssertionsThrow() {
  LlamaLog::instance();
  ++n_assertions_throw;
}

AssertionsThrow::~AssertionsThrow() { --n_assertions_throw; }

LlamaLog& LlamaLog::instance() {
  static LlamaLog log;
  return log;
}

LlamaLog::LlamaLog() {
  llama_backend_init();
  ggml_set_abort_callback(&on_assertion);
  const auto on_line = [](ggml_log_level level, const char* text, void* self) noexcept {
    if (level == GGML_LOG_LEVEL_ERROR) static_cast<LlamaLog*>(self)->note(text);
  };
  llama_log_set(on_line, this);
}

void LlamaLog::clear() {
  const std::lock_guard lock(mutex_);
  last_error_.clear();
}

std::string LlamaLog::last_error() {
  const std::lock_guard lock(mutex_);
  return last_error_.empty() ? "no reason given" : last_error_;
}

void LlamaLog::note(const char* text) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    last_error_ = text;
    while (last_error_.ends_with('\n')) last_error_.pop_back();
    std::ranges::replace(last_error_, '\n', ' ');
  } catch (const std::bad_alloc&) {
    last_error_.clear();
  }
}

}  // namespace isogloss
