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
  errors_.clear();
}

std::string LlamaLog::errors() {
  const std::lock_guard lock(mutex_);
  return errors_.empty() ? "no reason given" : errors_;
}

void LlamaLog::note(const char* text) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    std::string line = text;
    while (line.ends_with('\n')) line.pop_back();
    std::ranges::replace(line, '\n', ' ');
    errors_ += errors_.empty() ? line : "; " + line;
  } catch (const std::bad_alloc&) {
    errors_.clear();
  }
}

}  // namespace isogloss
