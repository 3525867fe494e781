// Text to tokens and back, by a model's own vocabulary.
#pragma once

#include <llama.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// A view of a loaded model's vocabulary; ActivationSource says what its functions mean.
class LlamaVocabulary {
 public:
  LlamaVocabulary() = default;
  /// `name` is the model's file, for messages. Throws Error(kBadInput) on a vocabulary for which
  /// llama.cpp would fail an assertion when it tokenizes.
  LlamaVocabulary(const llama_model* model, std::string name);

  std::int32_t n_tokens() const;
  std::vector<std::int32_t> tokenize(std::string_view text) const;
  std::string token_piece(std::int32_t id) const;
  std::string token_bytes(std::int32_t id) const;
  bool is_special(std::int32_t id) const;

 private:
  [[noreturn]] void fail(const std::string& problem) const;

  const llama_vocab* vocab_ = nullptr;
  std::string name_;
};

}  // namespace isogloss
