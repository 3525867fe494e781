#include "isogloss/pipeline/add_logit_effects.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/published/published.h"
#include "isogloss/sae/sae.h"

namespace isogloss {
namespace {

constexpr std::int32_t kTokensPerList = 10;

/// Why the file the manifest names cannot be used; empty if it can.
std::string problem_with(const HashedFile& file) {
  const auto say = [&](std::string_view what) {
    return fmt::format("{} is not {} (paths are as the extraction was given them)", file.path,
                       what);
  };
  if (!std::filesystem::exists(file.path)) return say("there");
  if (cached_sha256_of_file(file.path) == file.sha256) return {};
  return say("the file of this run any more");
}

std::string problem_with_inputs(const ExtractionInputs& inputs) {
  if (!inputs.imported.empty()) return "the activations were imported, without a model and an SAE";
  auto problem = problem_with(inputs.model);
  for (const auto& file : inputs.sae) {
    if (problem.empty()) problem = problem_with(file);
  }
  return problem;
}

/// Decoder rows [features.size(), d_model]. Their orientation is the features' in the residual
/// stream under every convention: a folded scale is in the rows, and the normalisations undone
/// after decoding scale the whole row by one positive number per token (and add the token's mean,
/// which belongs to no feature).
std::vector<float> decoder_rows(const Sae& sae, const Manifest& manifest,
                                std::span<const std::int32_t> features) {
  const auto width = sae.b_dec.size();
  if (width != static_cast<std::size_t>(manifest.d_model)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: its decoder writes {} numbers, not the residual stream's {}",
                            manifest.inputs.sae_path, width, manifest.d_model));
  }
  std::vector<float> rows;
  rows.reserve(features.size() * width);
  for (const auto feature : features) {
    const auto row = std::span(sae.w_dec).subspan(static_cast<std::size_t>(feature) * width, width);
    rows.insert(rows.end(), row.begin(), row.end());
  }
  return rows;
}

/// Why the SAE's directions have no direct path to the logits; empty if they have.
std::string problem_with_directions(const Sae& sae, const Manifest& manifest) {
  const auto& written = sae.is_transcoder ? sae.hook_name_out : manifest.inputs.hook;
  if (written.empty()) return "the transcoder does not say what it predicts";
  const auto hook = parse_hook_point(written);
  if (is_in_residual_stream(hook.site, manifest.model_architecture)) return {};
  return fmt::format(
      "{} is not in the residual stream, and only directions there have a direct path to the "
      "logits",
      hook.name);
}

/// Returns nothing, after a warning, if they cannot be computed here.
std::vector<LogitEffects> compute(const Manifest& manifest, std::span<const std::int32_t> features,
                                  const RunControl& control) {
  const auto& inputs = manifest.inputs;
  std::string problem;
  try {
    problem = problem_with_inputs(inputs);
    if (problem.empty()) {
      auto sae = load_sae(inputs.sae_path, manifest.sae_format);
      apply_settings(inputs.sae_settings, sae);
      problem = problem_with_directions(sae, manifest);
      if (problem.empty()) {
        return logit_effects(inputs.model.path, decoder_rows(sae, manifest, features),
                             manifest.d_model, kTokensPerList, control);
      }
    }
  } catch (const Error& error) {
    if (error.code() == ErrorCode::kInterrupted) throw;
    problem = error.what();
  }
  control.warning(fmt::format("the tokens that features promote are left out: {}", problem));
  return {};
}

void check_features(const Manifest& manifest, std::span<const std::int32_t> features) {
  for (const auto feature : features) {
    if (feature >= 0 && feature < manifest.n_features) continue;
    throw Error(ErrorCode::kUsage, fmt::format("no feature {}: the SAE has {}, 0 to {}", feature,
                                               manifest.n_features, manifest.n_features - 1));
  }
}

}  // namespace

void add_logit_effects(const ResultFolder& folder, const Manifest& manifest,
                       std::span<const std::int32_t> features, const RunControl& control) {
  check_features(manifest, features);
  auto known = read_vocabulary(folder);
  std::vector<std::int32_t> missing;
  for (const auto feature : features) {
    if (find_vocabulary(known, feature) == nullptr) missing.push_back(feature);
  }
  std::ranges::sort(missing);
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  if (missing.empty()) return;

  auto effects = compute(manifest, missing, control);
  if (effects.empty()) return;
  for (std::size_t i = 0; i < missing.size(); ++i) {
    known.push_back({missing[i], std::move(effects[i])});
  }
  std::ranges::sort(known, {}, &FeatureVocabulary::feature);
  write_vocabulary(folder, known);
}

std::optional<LogitEffects> feature_logit_effects(const ResultFolder& folder,
                                                  const Manifest& manifest, std::int32_t feature,
                                                  const RunControl& control) {
  check_features(manifest, {&feature, 1});
  const auto known = read_vocabulary(folder);
  if (const auto* found = find_vocabulary(known, feature)) return found->effect;
  auto effects = compute(manifest, {&feature, 1}, control);
  if (effects.empty()) return std::nullopt;
  return std::move(effects.front());
}

}  // namespace isogloss
