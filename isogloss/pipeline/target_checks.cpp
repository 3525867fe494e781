#include "isogloss/pipeline/target_checks.h"

#include <fmt/format.h>

#include <set>
#include <string>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/pipeline/training_conditions.h"
#include "isogloss/store/limits.h"

namespace isogloss {
namespace {

/// The hook point's own name, or the text itself where it names none.
std::string canonical_hook(const std::string& text) {
  try {
    return parse_hook_point(text).name;
  } catch (const Error&) {
    return text;
  }
}

void warn_of_threads(std::int32_t n_threads, const RunControl& control) {
  if (const auto n_cores = usable_cores(); n_threads > n_cores) {
    control.warning(fmt::format(
        "{} threads, but this process may use {}: more threads than that take more memory and no "
        "less time; --threads {} is better",
        n_threads, n_cores == 1 ? "one core" : fmt::format("{} cores", n_cores), n_cores));
  }
}

}  // namespace

void check_widths(std::span<const ExtractionTarget> targets) {
  std::vector<HookPoint> hooks;
  for (const auto& target : targets) {
    hooks.push_back(parse_hook_point(target.manifest.inputs.hook));
  }
  const auto& model = targets.front().manifest.inputs.model.path;
  const auto widths = hook_widths(model, hooks);
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto d_in = targets[i].sae->sae.d_in;
    if (targets[i].sae->sae.n_features > kMostFeatures) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: has more than {} features; use another SAE",
                              targets[i].manifest.inputs.sae_path, kMostFeatures));
    }
    if (d_in == widths[i]) continue;
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: reads {} numbers per token, but {} has {} at {}; use an SAE of this "
                    "model and hook",
                    targets[i].manifest.inputs.sae_path, d_in, model, widths[i], hooks[i].name));
  }
}

std::optional<HookPoint> predicted_hook(const ExtractionTarget& target) {
  const auto& inputs = target.manifest.inputs;
  const auto& sae = target.sae->sae;
  if (!sae.is_transcoder || inputs.skip_self_check) return std::nullopt;
  if (canonical_hook(sae.hook_name) != inputs.hook) return std::nullopt;
  try {
    auto hook = parse_hook_point(sae.hook_name_out);
    const auto width = hook_widths(inputs.model.path, {&hook, 1}).front();
    if (static_cast<std::size_t>(width) == sae.b_dec.size()) return hook;
  } catch (const Error&) {
    // A hook by another name, or one that this model has not.
  }
  return std::nullopt;
}

void warn_of_doubts(std::span<const ExtractionTarget> targets, const ActivationSource& source,
                    const RunControl& control) {
  if (targets.front().manifest.inputs.skip_self_check) {
    control.warning("the self-check is skipped: nothing says that this SAE belongs to this layer");
  }
  warn_of_threads(targets.front().manifest.inputs.n_threads, control);
  std::set<std::string> said;
  for (const auto& target : targets) {
    const auto& inputs = target.manifest.inputs;
    for (const auto& remark : bos_remarks(inputs.bos, source, target.sae->sae, inputs.sae_path)) {
      if (said.insert(remark).second) control.warning(remark);
    }
    const auto& sae = target.sae->sae;
    if (sae.is_transcoder && !inputs.skip_self_check && !target.predicted_hook) {
      control.warning(fmt::format(
          "{}: a transcoder, and {} is not captured here; the self-check says how many features "
          "fire, not how well it predicts",
          inputs.sae_path,
          sae.hook_name_out.empty() ? std::string("what it predicts") : sae.hook_name_out));
    }
    const auto& trained_on = sae.hook_name;
    if (trained_on.empty() || inputs.hook == canonical_hook(trained_on)) continue;
    control.warning(
        fmt::format("{}: trained on {}, used on {}", inputs.sae_path, trained_on, inputs.hook));
  }
}

}  // namespace isogloss
