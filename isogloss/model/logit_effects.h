// Which tokens a direction of the residual stream makes more or less likely.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"

namespace isogloss {

/// How much a direction adds to the logit of one token.
struct TokenEffect {
  std::int32_t id = 0;
  std::string piece;  ///< as readable_piece() writes it
  float effect = 0;   ///< see logit_effects()
  bool operator==(const TokenEffect&) const = default;
};

/// The tokens on which a direction has the greatest effects.
struct LogitEffects {
  std::vector<TokenEffect> promoted;    ///< descending by effect, equal ones ascending by id
  std::vector<TokenEffect> suppressed;  ///< ascending by effect, equal ones ascending by id
  bool operator==(const LogitEffects&) const = default;
};

/// The direct path from the residual stream to the logits, with the scale of the final norm held
/// fixed (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; for SAE features
/// Bricken et al. 2023, "Towards Monosemanticity"):
///   effect[v] = U_v · (γ ⊙ d)
/// d is the direction. U is the unembedding: the tensor output.weight, or token_embd.weight where
/// the model ties the two. γ is the weight of the final norm: the tensor output_norm.weight, in
/// which the GGUF of a Gemma model includes the "1 +" of its formula. If the final norm is a
/// LayerNorm, d − mean(d) is used in place of d.
///
/// An effect is what adding the direction once adds to the logit if the final residual has root
/// mean square 1 (for a LayerNorm: standard deviation 1). For larger residuals it is smaller in
/// proportion. Only differences between the effects on two tokens change probabilities.
/// Soft-capping, a bias of the output, and a scale of the logits are left out because they do not
/// change the order of the tokens.
///
/// `directions` is row-major [n, d_model]. The result holds, for each direction, the `n_top` tokens
/// that it promotes most and the `n_top` that it suppresses most, or fewer if the vocabulary is
/// smaller. Control, unused and unknown tokens are never among them. All is computed in float32;
/// the result for one direction does not depend on the other directions or on the number of
/// threads. It takes a few MiB of memory beside the mapped file and the directions. Throws
/// Error(kBadInput) if the file is damaged, lacks a tensor, or has another width than `d_model`,
/// and if a direction is not finite; Error(kUsage) if n_top < 1; Error(kInterrupted) on a stop.
std::vector<LogitEffects> logit_effects(const std::filesystem::path& gguf,
                                        std::span<const float> directions, std::int32_t d_model,
                                        std::int32_t n_top, const RunControl& control);

}  // namespace isogloss
