#include <fmt/format.h>

#include <charconv>

#include "isogloss/core/error.h"
#include "isogloss/model/activation_source.h"

namespace isogloss {
namespace {

constexpr std::string_view kBlocks = "blocks.";
constexpr std::string_view kPost = ".hook_resid_post";
constexpr std::string_view kPre = ".hook_resid_pre";

}  // namespace

HookPoint parse_hook_point(std::string_view text) {
  const auto fail = [text](std::string_view remedy) {
    throw Error(ErrorCode::kUsage, fmt::format("hook '{}' is not supported; {}", text, remedy));
  };
  constexpr std::string_view kForms =
      "give blocks.L.hook_resid_post or, for L from 1, blocks.L.hook_resid_pre";

  if (!text.starts_with(kBlocks)) fail(kForms);
  const char* const number = text.data() + kBlocks.size();
  const char* const end = text.data() + text.size();
  std::int32_t layer = 0;
  const auto [rest, error] = std::from_chars(number, end, layer);
  const bool canonical = error == std::errc() && layer >= 0 && *number != '-' &&
                         (*number != '0' || rest == number + 1);
  if (!canonical) fail(kForms);

  const std::string_view site(rest, static_cast<std::size_t>(end - rest));
  if (site == kPost) return {layer, std::string(text)};
  if (site != kPre) fail(kForms);
  if (layer == 0) fail("before block 0 there is only the embedding; take block 0 or later");
  return {layer - 1, std::string(text)};
}

}  // namespace isogloss
