// What a direction of the residual stream says: its direct effect on the output vocabulary.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"

namespace isogloss {

/// A token and how far a direction moves its logit.
struct TokenEffect {
  std::int32_t id = 0;
  std::string token;  ///< as readable_token() writes it
  float effect = 0;   ///< see vocabulary_effects()
  bool operator==(const TokenEffect&) const = default;
};

struct VocabularyEffect {
  std::vector<TokenEffect> promoted;    ///< largest effect first, ties by id
  std::vector<TokenEffect> suppressed;  ///< smallest effect first, ties by id
  bool operator==(const VocabularyEffect&) const = default;
};

/// A token for a reader's eye, valid UTF-8 that shows every white space: " " is "▁", a line break
/// "↵", a tab "⇥"; other characters that would not be seen are "<U+200B>", bytes that are part of a
/// character "<0xE2>". So tokens side by side need no quotes. `spelling` is the vocabulary's;
/// `byte_level` says that its characters stand for bytes, as GPT-2's do.
std::string readable_token(std::string_view spelling, bool byte_level);

/// The direct path from the residual stream to the logits, with the final norm's scale held fixed
/// (Elhage et al. 2021, "A Mathematical Framework for Transformer Circuits"; for SAE features
/// Bricken et al. 2023, "Towards Monosemanticity"):
///   effect[v] = U_v · (γ ⊙ d)
/// U is the unembedding (tensor output.weight; token_embd.weight where the two are tied), γ the
/// weight of the final norm (output_norm.weight, which in a GGUF of Gemma includes its "1 +").
/// Where that norm is a LayerNorm, d − mean(d) takes the place of d. The unit: logits that the
/// direction once added gives where the final residual has root mean square 1 (a LayerNorm:
/// standard deviation 1); they fall as 1/RMS. Only differences between tokens matter to the
/// probabilities. Soft-capping, a bias of the output and a scale on the logits are left out: they
/// change no order.
///
/// `directions` is row-major [n, d_model]. Of each the `n_top` most promoted and most suppressed
/// tokens come back, fewer if the vocabulary is smaller; control, unused and unknown tokens are
/// left out. Float32; a direction's result does not depend on the others or on the number of
/// threads. Memory: some MiB beside the mapped file and the directions. Throws Error(kBadInput) if
/// the file is damaged, lacks a tensor or is `d_model` wide no more than the directions are,
/// Error(kUsage) if n_top < 1, Error(kInterrupted) on a stop.
std::vector<VocabularyEffect> vocabulary_effects(const std::filesystem::path& gguf,
                                                 std::span<const float> directions,
                                                 std::int32_t d_model, std::int32_t n_top,
                                                 const RunControl& control);

}  // namespace isogloss
