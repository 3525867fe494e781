#include <llama.h>

#include <algorithm>
#include <new>

#include "isogloss/model/llama_log_internal.h"

namespace isogloss {
namespace {

thread_local std::string first_complaint;

}  // namespace

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

void LlamaLog::clear() { first_complaint.clear(); }

std::string LlamaLog::first_error() {
  return first_complaint.empty() ? "no reason given" : first_complaint;
}

bool LlamaLog::is_shortage() { return first_complaint.empty() || names_shortage(first_complaint); }

void LlamaLog::note(const char* text) noexcept {
  try {
    if (!first_complaint.empty()) return;
    first_complaint = text;
    while (first_complaint.ends_with('\n')) first_complaint.pop_back();
    std::ranges::replace(first_complaint, '\n', ' ');
  } catch (const std::bad_alloc&) {
    first_complaint.clear();
  }
}

}  // namespace isogloss
