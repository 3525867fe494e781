#include <llama.h>

#include <algorithm>
#include <new>

#include "isogloss/model/llama_log_internal.h"

namespace isogloss {

LlamaLog& LlamaLog::instance() {
  static LlamaLog log;
  return log;
}

LlamaLog::LlamaLog() {
  llama_backend_init();
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
