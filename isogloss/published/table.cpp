#include <charconv>

#include "isogloss/core/embed.h"
#include "isogloss/published/published.h"

ISOGLOSS_EMBED(isogloss_published_saes, ISOGLOSS_PUBLISHED_SAES);

namespace isogloss {
namespace {

/// Takes what stands before the next `separator` off `rest`.
std::string_view take_until(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return part;
}

/// Llama Scope's own files have the factor; of the others only the list does.
bool takes_factor_from_list(std::string_view loader) { return !loader.starts_with("llama_scope"); }

std::string joined_settings(std::string_view of_release, std::string_view factor) {
  std::string settings(of_release);
  if (factor.empty()) return settings;
  if (!settings.empty()) settings += ' ';
  return settings + "norm_scaling_factor=" + std::string(factor);
}

PublishedSae read_row(std::string_view line, const PublishedSae& release) {
  auto sae = release;
  sae.id = take_until(line, '\t');
  sae.path = take_until(line, '\t');
  if (sae.path.empty()) sae.path = sae.id;
  sae.hook = take_until(line, '\t');
  sae.hook_out = take_until(line, '\t');
  const auto l0 = take_until(line, '\t');
  std::from_chars(l0.data(), l0.data() + l0.size(), sae.expected_l0);
  sae.neuronpedia_id = take_until(line, '\t');
  const auto factor = take_until(line, '\t');
  sae.settings =
      joined_settings(release.settings, takes_factor_from_list(sae.loader) ? factor : "");
  return sae;
}

std::vector<PublishedSae> read_table(std::string_view text) {
  std::vector<PublishedSae> saes;
  PublishedSae release;
  while (!text.empty()) {
    auto line = take_until(text, '\n');
    if (line.starts_with('#')) continue;
    if (!line.starts_with('@')) {
      saes.push_back(read_row(line, release));
      continue;
    }
    line.remove_prefix(1);
    release.release = take_until(line, '\t');
    release.loader = take_until(line, '\t');
    release.repository = take_until(line, '\t');
    release.model = take_until(line, '\t');
    release.settings = line;
  }
  return saes;
}

}  // namespace

const std::vector<PublishedSae>& published_saes() {
  static const std::vector<PublishedSae> kSaes =
      read_table(ISOGLOSS_EMBEDDED(isogloss_published_saes));
  return kSaes;
}

}  // namespace isogloss
