// The published SAEs that SAELens lists, by their names there.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

struct PublishedSae {
  std::string_view id;              ///< within its release
  std::string_view path;            ///< in the repository; empty for all of it
  std::optional<double> l0;         ///< mean number of active features per token, as published
  std::string_view neuronpedia_id;  ///< may be empty
  /// What SAELens multiplies the input by, where cfg.json asks for expected_average_only_in.
  std::optional<double> scaling_factor;
};

struct PublishedRelease {
  std::string_view name;
  std::string_view repository;
  std::string_view loader;  ///< SAELens'
  std::string_view model;
  std::string_view settings;  ///< a JSON object to be read over cfg.json, or empty
  std::vector<PublishedSae> saes;
};

/// All of data/published-saes.tsv, which tools/published_saes makes. Read once, by the first call.
std::span<const PublishedRelease> published_releases();

struct PublishedName {
  const PublishedRelease* release = nullptr;
  const PublishedSae* sae = nullptr;

  std::string text() const;  ///< "RELEASE/ID"
};

/// What `words`, "RELEASE/ID", name; nullopt if they begin with no release. Throws Error(kUsage),
/// with similar names, for an id that the release lacks.
std::optional<PublishedName> find_published_sae(std::string_view words);

/// The format of load_sae in which the release's files are; empty if they have to be converted
/// first.
std::string_view published_format(const PublishedRelease& release);

}  // namespace isogloss
