// Whether sentences begin with the model's BOS token.
#pragma once

#include <optional>
#include <string_view>

namespace isogloss {

enum class BosRule {
  kTokenizer,  ///< as the model's own tokenizer does
  kAlways,     ///< with BOS, or where the vocabulary has none, with EOS, as in TransformerLens
  kNever,
};

/// "tokenizer", "always", "never".
constexpr std::string_view to_string(BosRule rule) {
  switch (rule) {
    case BosRule::kTokenizer:
      return "tokenizer";
    case BosRule::kAlways:
      return "always";
    case BosRule::kNever:
      return "never";
  }
  return {};
}

constexpr std::optional<BosRule> bos_rule_from(std::string_view word) {
  for (const auto rule : {BosRule::kTokenizer, BosRule::kAlways, BosRule::kNever}) {
    if (word == to_string(rule)) return rule;
  }
  return std::nullopt;
}

}  // namespace isogloss
