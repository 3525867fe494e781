#include "isogloss/imports/language_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

/// What is wrong with an activation that is to be kept or left out as 0.
std::optional<std::string> find_fault(std::int64_t feature, float value) {
  if (value >= 0 && std::isfinite(value)) return std::nullopt;
  return fmt::format(
      "feature {} has {}; save what the SAE's activation function gives: finite, and 0 or more",
      feature, value);
}

}  // namespace

std::optional<std::string> append_dense(std::span<const float> values, SparseRows& to) {
  for (std::size_t f = 0; f < values.size(); ++f) {
    if (values[f] == 0) continue;
    if (auto fault = find_fault(static_cast<std::int64_t>(f), values[f])) return fault;
    to.features.push_back(static_cast<std::int32_t>(f));
    to.values.push_back(values[f]);
  }
  to.offsets.push_back(std::ssize(to.features));
  return std::nullopt;
}

std::optional<std::string> append_sparse(std::span<const std::int64_t> features,
                                         std::span<const float> values, std::int64_t n_features,
                                         SparseRows& to) {
  std::int64_t before = -1;
  for (std::size_t i = 0; i < features.size(); ++i) {
    const auto feature = features[i];
    if (feature < 0 || feature >= n_features) {
      return fmt::format("feature {} is not one of 0 to {}; number the features from 0", feature,
                         n_features - 1);
    }
    if (feature <= before) {
      return fmt::format("feature {} comes after {}; list each feature once, in ascending order",
                         feature, before);
    }
    before = feature;
    if (auto fault = find_fault(feature, values[i])) return fault;
    if (values[i] == 0) continue;
    to.features.push_back(static_cast<std::int32_t>(feature));
    to.values.push_back(values[i]);
  }
  to.offsets.push_back(std::ssize(to.features));
  return std::nullopt;
}

std::optional<std::string> set_positions(std::span<const std::int64_t> special, ImportedText& to) {
  if (special.size() != to.tokens.size()) {
    return fmt::format("special_tokens_mask has {} entries for {} tokens; give one for each token",
                       special.size(), to.tokens.size());
  }
  for (std::size_t t = 0; t < special.size(); ++t) {
    if (special[t] != 0 && special[t] != 1) {
      return fmt::format(
          "special_tokens_mask has {} for token {}; write 1 for a token that is not to count, such "
          "as BOS, and 0 for every other",
          special[t], t);
    }
    if (special[t] == 0) to.positions.push_back(static_cast<std::int32_t>(t));
  }
  if (!to.positions.empty()) return std::nullopt;
  return "special_tokens_mask leaves no token that counts; leave the sentence out in every "
         "language";
}

std::optional<std::string> find_sentence_fault(const ImportedSentence& sentence) {
  const auto& text = sentence.text;
  if (const auto fault = find_text_fault(sentence.id)) return "id: " + *fault;
  if (const auto fault = find_text_fault(text.text)) return "text: " + *fault;
  if (sentence.document) {
    if (const auto fault = find_text_fault(*sentence.document)) return "document: " + *fault;
  }
  for (const auto& token : text.tokens) {
    if (const auto fault = find_text_fault(token)) return "tokens: " + *fault;
  }
  if (text.tokens.empty()) return "tokens is empty; leave the sentence out in every language";
  const auto empty = std::ranges::find(text.tokens, "");
  if (empty != text.tokens.end()) {
    return fmt::format("token {} is an empty string; write each as the vocabulary spells it",
                       empty - text.tokens.begin());
  }
  if (text.token_ids.empty() || text.token_ids.size() == text.tokens.size()) return std::nullopt;
  return fmt::format("token_ids has {} entries for {} tokens; give one for each token, or none",
                     text.token_ids.size(), text.tokens.size());
}

}  // namespace isogloss
