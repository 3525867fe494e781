#include <llama.h>

#include <algorithm>
#include <new>

#include "isogloss/model/llama_log_internal.h"

namespace isogloss {

bool names_shortage(std::string_view complaint) {
  return std::ranges::any_of(kShortageWords, [&](std::string_view words) {
    return complaint.find(words) != std::string_view::npos;
  });
}

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
  first_error_.clear();
}

std::string LlamaLog::first_error() {
  const std::lock_guard lock(mutex_);
  return first_error_.empty() ? "no reason given" : first_error_;
}

bool LlamaLog::is_shortage() {
  const std::lock_guard lock(mutex_);
  return first_error_.empty() || names_shortage(first_error_);
}

void LlamaLog::note(const char* text) noexcept {
  const std::lock_guard lock(mutex_);
  try {
    if (!first_error_.empty()) return;
    first_error_ = text;
    while (first_error_.ends_with('\n')) first_error_.pop_back();
    std::ranges::replace(first_error_, '\n', ' ');
  } catch (const std::bad_alloc&) {
    first_error_.clear();
  }
}

}  // namespace isogloss
