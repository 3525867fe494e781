#include "isogloss/model/hook_point.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

constexpr HookSite kSites[] = {
    {.name = "hook_resid_post", .tensor = "l_out"},
    {.name = "hook_resid_pre", .tensor = "l_out", .offset = -1},
};

constexpr std::string_view kBlocks = "blocks.";

[[noreturn]] void refuse(std::string_view text, std::string_view remedy) {
  throw Error(ErrorCode::kUsage, fmt::format("hook '{}' is not supported; {}", text, remedy));
}

/// The number at the start of `text`, without a sign or leading zeros, which is taken off; −1 if
/// there is none.
std::int32_t take_number(std::string_view& text) {
  std::int32_t number = 0;
  const char* const begin = text.data();
  const auto [end, error] = std::from_chars(begin, begin + text.size(), number);
  if (error != std::errc() || *begin == '-' || (*begin == '0' && end != begin + 1)) return -1;
  text.remove_prefix(static_cast<std::size_t>(end - begin));
  return number;
}

}  // namespace

std::span<const HookSite> hook_sites() { return kSites; }

HookPoint parse_hook_point(std::string_view text) {
  const auto forms = fmt::format("give {}", supported_hook_points());
  if (!text.starts_with(kBlocks)) refuse(text, forms);
  auto rest = text.substr(kBlocks.size());
  const auto block = take_number(rest);
  if (block < 0 || !rest.starts_with('.')) refuse(text, forms);
  const auto site = std::ranges::find(kSites, rest.substr(1), &HookSite::name);
  if (site == std::end(kSites)) refuse(text, forms);
  const auto layer = block + site->offset;
  if (layer < 0) {
    refuse(text, fmt::format("no block computes what comes before block {}; take L from {}", block,
                             -site->offset));
  }
  return {layer, std::string(text), fmt::format("{}-{}", site->tensor, layer)};
}

std::string supported_hook_points() {
  std::vector<std::string> forms;
  for (const auto& site : kSites) {
    forms.push_back(fmt::format("{}L.{}", kBlocks, site.name));
    if (site.offset < 0) forms.back() += fmt::format(" (L from {})", -site.offset);
  }
  return join_choices(std::vector<std::string_view>(forms.begin(), forms.end()));
}

}  // namespace isogloss
