// The tokens on which a feature fires: scores.parquet does not hold them, and artefacts are
// recognised by them (docs/method.md, "Artefacts").
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/stats/token_totals.h"
#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// The largest number of peak tokens kept per feature and language.
inline constexpr std::size_t kPeakTokens = 5;

/// A token and its share of something.
struct TokenShare {
  std::int32_t token = -1;  ///< index into TokenProfile::texts; −1: none
  double share = 0;
  bool operator==(const TokenShare&) const = default;
};

/// One language. Columns of length n_features; a silent feature has zeros everywhere. A peak is the
/// token at which a sentence's maximum is first reached; there is one per firing sentence.
struct LanguageProfile {
  TokenTotals totals;
  std::vector<double> shared_mass;              ///< Σ_t a over the tokens of shared words
  std::vector<std::int32_t> n_peaks;            ///< sentences that fire
  std::vector<std::int32_t> punctuation_peaks;  ///< on tokens without letters (is_punctuation)
  std::vector<std::int32_t> edge_peaks;         ///< in the first or last tenth of the sentence
  /// The token with the largest share of the activation mass. The share is a lower bound, short by
  /// less than 1/129, and is exact if the feature fires on at most 128 different tokens.
  std::vector<TokenShare> top_token;
  /// [n_features · kPeakTokens] row-major: the most frequent peak tokens with their shares of the
  /// peaks, ties by token id.
  std::vector<TokenShare> peaks;

  std::span<const TokenShare> peaks_of(std::int32_t feature) const {
    return std::span(peaks).subspan(static_cast<std::size_t>(feature) * kPeakTokens, kPeakTokens);
  }
};

struct TokenProfile {
  std::int32_t n_features = 0;
  std::int32_t n_rows = 0;
  std::vector<std::string> languages;
  std::vector<LanguageProfile> by_language;
  std::vector<std::string> texts;  ///< texts of the tokens named above, spaces included
};

/// One language's maxima over parts of a sentence, beside those over the whole sentence in
/// LanguageMaxima. An entry is an index into the rows, values and positions there.
struct PartMaxima {
  /// An entry whose maximum changes when the tokens of shared words are left out.
  struct Unshared {
    std::uint32_t entry = 0;
    float value = 0;  ///< over the other tokens; 0 if none fires
  };

  /// [n_entries] The maximum over the content tokens whose index has the opposite parity to that of
  /// the peak; 0 if none fires. With the peak's own, this gives the maxima over even and over odd
  /// tokens.
  std::vector<float> other_half;
  /// Bit e % 64 of element e / 64: the peak of entry e has an odd index.
  std::vector<std::uint64_t> odd_peaks;
  std::vector<Unshared> unshared;  ///< ascending by entry

  bool peak_is_odd(std::size_t entry) const {
    return (odd_peaks[entry / 64] >> entry % 64 & 1) != 0;
  }
};

struct ProfiledTokens {
  TokenProfile profile;
  std::vector<PartMaxima> parts;  ///< [n_languages]; input of the score stage
};

/// Profiles all features on all cores, in one pass over sequences.parquet and one over activations/
/// (`maxima` is the folder's). Takes 4 bytes of memory per entry of `maxima`, 8 more per entry that
/// changes without shared words, 5 per token, at most 2 KB per feature and language, and some 50
/// MB. No result depends on the threads. Throws Error(kBadInput) if the folder's files contradict
/// each other.
ProfiledTokens compute_token_profile(const ResultFolder& folder, const Maxima& maxima,
                                     const RunControl& control);

}  // namespace isogloss
