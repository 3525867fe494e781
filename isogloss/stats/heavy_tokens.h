// The tokens that carry most of a sum, in bounded memory.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace isogloss {

/// A token and its activation mass.
struct TokenMass {
  std::int32_t token = 0;
  double mass = 0;
};

/// Misra & Gries' (1982) summary with weights, combined as in Agarwal et al., "Mergeable Summaries"
/// (PODS 2012, §2). It holds at most kCapacity tokens. The mass it gives a token is at most the
/// mass added, and short of it by at most (mass of all tokens)/(kCapacity + 1); it is exact while
/// no more than kCapacity different tokens have been added. The result depends on the order of add.
class HeavyTokens {
 public:
  static constexpr std::size_t kCapacity = 128;

  /// Masses are > 0 and in any order; a token may occur more than once. Sorts `masses` by token.
  void add(std::vector<TokenMass>& masses);
  /// The token with the largest mass, or the smallest such token if several are equal; nullopt if
  /// there is none.
  std::optional<TokenMass> heaviest() const;

 private:
  void reduce();

  std::vector<TokenMass> held_;  ///< ascending by token
};

}  // namespace isogloss
