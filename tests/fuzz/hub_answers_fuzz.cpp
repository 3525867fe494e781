// Any bytes as an answer of the hub or as a file of its cache: an Error, or paths that stay inside.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "isogloss/core/error.h"
#include "isogloss/hub/answers.h"
#include "isogloss/hub/http.h"

namespace {

void expect_inside(const std::vector<isogloss::HubFile>& files) {
  for (const auto& file : files) {
    if (!isogloss::stays_inside(file.path)) std::abort();
  }
}

void read(std::uint8_t kind, const std::string& text) {
  switch (kind % 6) {
    case 0:
      if (!isogloss::is_commit(isogloss::commit_in(text, "x"))) std::abort();
      break;
    case 1: {
      const auto files = isogloss::files_in(text, "x");
      expect_inside(files);
      if (!isogloss::files_of_tree(isogloss::tree_json(files))) std::abort();
      break;
    }
    case 2:
      isogloss::revisions_in(text, "x");
      break;
    case 3:
      if (const auto files = isogloss::files_of_tree(text)) expect_inside(*files);
      break;
    case 4:
      if (const auto next = isogloss::next_page(text)) isogloss::resolved_url("https://h/a", *next);
      break;
    default: {
      isogloss::plain_etag(text);
      isogloss::HttpAnswer busy{.status = 429, .headers = {{"ratelimit", text}}, .body = {}};
      try {
        isogloss::throw_if_busy(busy);
      } catch (const isogloss::HubTransient&) {
      }
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  try {
    read(data[0], std::string(reinterpret_cast<const char*>(data) + 1, size - 1));
  } catch (const isogloss::Error&) {
  }
  return 0;
}
