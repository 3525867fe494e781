// SAEs that their makers have published, by the names that SAELens gives them. The table is
// data/published-saes.tsv, which tools/published_saes makes and the build puts into the library.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/sae/sae.h"

namespace isogloss {

/// A row of the table. What is unknown is empty.
struct PublishedSae {
  std::string_view release;
  std::string_view id;
  std::string_view loader;      ///< SAELens' word for the form of the files
  std::string_view repository;  ///< OWNER/NAME on the hub
  std::string_view path;        ///< of a folder or file in it
  std::string_view model;
  std::string_view hook;
  std::string_view hook_out;  ///< what a transcoder predicts
  std::string_view neuronpedia_id;
  double expected_l0 = 0;  ///< 0: unknown
  /// What the SAE's own files lack, see apply_settings.
  std::string settings;

  std::string name() const;  ///< RELEASE/ID
};

/// All of them, by release.
const std::vector<PublishedSae>& published_saes();

/// The SAEs whose names, model or hook hold every one of `words`, whatever their case.
std::vector<const PublishedSae*> search_published_saes(std::span<const std::string> words);

/// The SAE called RELEASE/ID, or so on Neuronpedia; null if `words` do not begin with a release.
/// Throws Error(kUsage) with names to choose from for a release without an SAE, or with a wrong
/// one.
const PublishedSae* find_published_sae(const std::string& words);

/// "; similar: A, B" if releases have names similar to the first part of `words`, else empty.
std::string similar_releases(const std::string& words);

/// Applies settings in the form "center_writing_weights=true
/// normalize_activations=constant_norm_rescale norm_scaling_factor=1.5" as SAELens does when it
/// loads an SAE by name. Throws Error(kBadInput) for others.
void apply_settings(std::string_view settings, Sae& sae);

/// Puts into `sae` what the table knows and the SAE's files do not say, with its settings. Returns
/// what a user should be told: where the two disagree.
std::vector<std::string> complete_from_table(const PublishedSae& published, Sae& sae);

}  // namespace isogloss
