#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "isogloss/core/error.h"
#include "isogloss/hub/similar_names.h"
#include "isogloss/published/published.h"

namespace isogloss {
namespace {

constexpr std::size_t kShown = 5;

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// The table is sorted by release.
std::span<const PublishedSae> saes_of_release(std::string_view release) {
  const auto& saes = published_saes();
  const auto begin = std::ranges::lower_bound(saes, release, {}, &PublishedSae::release);
  const auto end = std::ranges::upper_bound(saes, release, {}, &PublishedSae::release);
  return {begin, end};
}

/// The first names of a list, with the number of the others.
std::string first_names(std::span<const PublishedSae* const> saes) {
  std::vector<std::string> names;
  for (const auto* sae : saes.first(std::min(kShown, saes.size()))) names.push_back(sae->name());
  return fmt::format("{}{}", fmt::join(names, ", "),
                     saes.size() > kShown ? fmt::format(" and {} more", saes.size() - kShown) : "");
}

[[noreturn]] void refuse_id(const std::string& words, std::string_view release,
                            const std::string& id, std::span<const PublishedSae> saes) {
  std::vector<std::string> ids;
  std::vector<const PublishedSae*> all;
  for (const auto& sae : saes) {
    ids.emplace_back(sae.id);
    all.push_back(&sae);
  }
  const auto similar = id.empty() ? std::string() : similar_names(id, ids);
  throw Error(ErrorCode::kUsage,
              fmt::format("{}: {}{}; `isogloss saes {}` lists them all", words,
                          id.empty() ? fmt::format("{} is a release of {} SAEs; name one", release,
                                                   saes.size())
                                     : fmt::format("the release {} has no such SAE", release),
                          similar.empty() ? ": " + first_names(all) : similar, release));
}

/// Several rows may describe the same files.
const PublishedSae* find_neuronpedia_id(const std::string& words) {
  std::vector<const PublishedSae*> found;
  for (const auto& sae : published_saes()) {
    if (sae.neuronpedia_id == words) found.push_back(&sae);
  }
  const auto is_other = [&](const auto* sae) {
    return sae->repository != found.front()->repository || sae->path != found.front()->path;
  };
  if (std::ranges::any_of(found, is_other)) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: Neuronpedia calls several SAEs so; name one of {}", words,
                            first_names(found)));
  }
  return found.empty() ? nullptr : found.front();
}

}  // namespace

std::string PublishedSae::name() const { return fmt::format("{}/{}", release, id); }

std::vector<const PublishedSae*> search_published_saes(std::span<const std::string> words) {
  std::vector<std::string> wanted;
  for (const auto& word : words) wanted.push_back(lower_case(word));
  std::vector<const PublishedSae*> found;
  for (const auto& sae : published_saes()) {
    const auto text = lower_case(fmt::format("{}/{} {} {} {}", sae.release, sae.id, sae.model,
                                             sae.hook, sae.neuronpedia_id));
    const auto holds = [&](const auto& word) { return text.find(word) != std::string::npos; };
    if (std::ranges::all_of(wanted, holds)) found.push_back(&sae);
  }
  return found;
}

const PublishedSae* find_published_sae(const std::string& words) {
  const auto slash = std::min(words.find('/'), words.size());
  const auto release = words.substr(0, slash);
  const auto id = words.substr(std::min(slash + 1, words.size()));
  const auto saes = saes_of_release(release);
  if (saes.empty()) return find_neuronpedia_id(words);
  const auto found = std::ranges::find(saes, id, &PublishedSae::id);
  if (found == saes.end()) refuse_id(words, release, id, saes);
  return &*found;
}

std::string similar_releases(const std::string& words) {
  std::vector<std::string> releases;
  for (const auto& sae : published_saes()) {
    if (releases.empty() || releases.back() != sae.release) releases.emplace_back(sae.release);
  }
  return similar_names(words.substr(0, words.find('/')), releases);
}

}  // namespace isogloss
