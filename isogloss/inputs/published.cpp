#include "isogloss/inputs/published.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "isogloss/core/embed.h"
#include "isogloss/core/error.h"
#include "isogloss/hub/similar_names.h"

ISOGLOSS_EMBED(isogloss_published_saes, ISOGLOSS_PUBLISHED_SAES);

namespace isogloss {
namespace {

/// Takes what stands before the next `separator`, and the separator.
std::string_view take_until(std::string_view& text, char separator) {
  const auto end = std::min(text.find(separator), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && !text.empty() ? std::optional(value) : std::nullopt;
}

PublishedSae read_sae(std::string_view line) {
  PublishedSae sae;
  sae.id = take_until(line, '\t');
  sae.path = take_until(line, '\t');
  if (sae.path == "=") sae.path = sae.id;
  if (sae.path == ".") sae.path = "";
  sae.l0 = number(take_until(line, '\t'));
  sae.neuronpedia_id = take_until(line, '\t');
  sae.scaling_factor = number(line);
  return sae;
}

std::vector<PublishedRelease> read_table(std::string_view table) {
  std::vector<PublishedRelease> releases;
  while (!table.empty()) {
    auto line = take_until(table, '\n');
    if (line.starts_with('\t')) {
      releases.back().saes.push_back(read_sae(line.substr(1)));
      continue;
    }
    auto& release = releases.emplace_back();
    release.name = take_until(line, '\t');
    release.repository = take_until(line, '\t');
    release.loader = take_until(line, '\t');
    release.model = take_until(line, '\t');
    release.settings = line;
  }
  return releases;
}

[[noreturn]] void refuse_id(const PublishedRelease& release, std::string_view id) {
  std::vector<std::string> ids;
  for (const auto& sae : release.saes) ids.emplace_back(sae.id);
  throw Error(
      ErrorCode::kUsage,
      fmt::format("{}/{}: the release has {} SAEs, none called so{}; `isogloss saes {}` "
                  "lists them",
                  release.name, id, ids.size(), similar_names(std::string(id), ids), release.name));
}

struct LoaderFormat {
  std::string_view loader;
  std::string_view format;
};

constexpr LoaderFormat kFormats[] = {
    {"sae_lens", "sae_lens"},
    {"gemma_2", "gemma_scope"},
    {"gemma_2_transcoder", "gemma_scope"},
    {"gemma_3", "gemma_scope_2"},
    {"llama_scope", "llama_scope"},
    {"sparsify", "sparsify"},
};

}  // namespace

std::span<const PublishedRelease> published_releases() {
  static const auto releases = read_table(ISOGLOSS_EMBEDDED(isogloss_published_saes));
  return releases;
}

std::string PublishedName::text() const { return fmt::format("{}/{}", release->name, sae->id); }

std::optional<PublishedName> find_published_sae(std::string_view words) {
  auto id = words;
  const auto name = take_until(id, '/');
  const auto releases = published_releases();
  const auto release = std::ranges::find(releases, name, &PublishedRelease::name);
  if (release == releases.end()) return std::nullopt;
  const auto sae = std::ranges::find(release->saes, id, &PublishedSae::id);
  if (sae == release->saes.end()) refuse_id(*release, id);
  return PublishedName{&*release, &*sae};
}

std::string_view published_format(const PublishedRelease& release) {
  const auto* const found = std::ranges::find(kFormats, release.loader, &LoaderFormat::loader);
  return found == std::end(kFormats) ? std::string_view() : found->format;
}

}  // namespace isogloss
