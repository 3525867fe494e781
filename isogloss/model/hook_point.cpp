#include "isogloss/model/hook_point.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/model/module_names_internal.h"

namespace isogloss {
namespace {

constexpr HookSite kSites[] = {
#define ISOGLOSS_HOOK_SITE(site, name, in_residual_stream) HookSite::site,
#include "isogloss/model/hook_sites.inc"
#undef ISOGLOSS_HOOK_SITE
};

constexpr std::string_view kNames[] = {
#define ISOGLOSS_HOOK_SITE(site, name, in_residual_stream) name,
#include "isogloss/model/hook_sites.inc"
#undef ISOGLOSS_HOOK_SITE
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

/// Why a name after "blocks.L" does not say which site is meant, with the remedy; empty if it is
/// not known.
std::string_view ambiguity_of_hook(std::string_view path) {
  if (path == ".hook_mlp_in") {
    // SAELens 6.54 gives this name to Gemma Scope 2's transcoders, whose own files name the norm.
    return "in TransformerLens it is the residual stream before the norm, in SAELens' list of "
           "transcoders what the norm puts out; say blocks.L.hook_resid_mid or "
           "blocks.L.mlp.hook_in";
  }
  return {};
}

std::optional<HookSite> site_of_hook(std::string_view path) {
  if (!path.starts_with('.')) return std::nullopt;
  const auto found = std::ranges::find(kSites, path.substr(1), to_string);
  return found == std::end(kSites) ? std::nullopt : std::optional(*found);
}

}  // namespace

std::span<const HookSite> hook_sites() { return kSites; }

std::string_view to_string(HookSite site) { return kNames[static_cast<std::size_t>(site)]; }

HookPoint parse_hook_point(std::string_view text) {
  const auto forms = fmt::format("give {}", supported_hook_points());
  auto rest = text;
  const bool is_hook = rest.starts_with(kBlocks);
  if (is_hook) rest.remove_prefix(kBlocks.size());
  if (!is_hook && !take_block_list(rest)) refuse(text, forms);
  const auto layer = take_number(rest);
  if (layer < 0) refuse(text, forms);
  const auto site = is_hook ? site_of_hook(rest) : site_of_module(rest);
  if (!site) {
    const auto ambiguity = is_hook ? ambiguity_of_hook(rest) : ambiguity_of_module(rest);
    refuse(text, ambiguity.empty() ? std::string_view(forms) : ambiguity);
  }
  return {layer, *site, fmt::format("{}{}.{}", kBlocks, layer, to_string(*site))};
}

std::string supported_hook_points() {
  std::vector<std::string_view> names;
  for (const auto site : kSites) names.push_back(to_string(site));
  return fmt::format(
      "blocks.L.NAME (NAME: {}), or a module's name in transformers, such as model.layers.L",
      join_choices(names));
}

}  // namespace isogloss
