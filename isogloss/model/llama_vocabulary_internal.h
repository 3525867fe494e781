// Text to tokens and back, by a model's own vocabulary.
#pragma once

#include <llama.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/model/bos.h"

namespace isogloss {

/// A view of a loaded model's vocabulary; ActivationSource says what its functions mean.
class LlamaVocabulary {
 public:
  LlamaVocabulary() = default;
  /// `name` is the model's file, for messages. Throws Error(kBadInput) on a vocabulary for which
  /// llama.cpp would fail an assertion when it tokenizes, or that lacks a BOS that `bos` asks for.
  LlamaVocabulary(const llama_model* model, std::string name, BosRule bos);

  std::int32_t n_tokens() const;
  std::vector<std::int32_t> tokenize(std::string_view text) const;
  std::optional<std::int32_t> first_token() const;
  bool tokenizer_adds_bos() const;
  std::string token_piece(std::int32_t id) const;
  std::string token_bytes(std::int32_t id) const;
  bool is_special(std::int32_t id) const;

 private:
  [[noreturn]] void fail(const std::string& problem) const;

  llama_token bos() const;  ///< or EOS where there is none; LLAMA_TOKEN_NULL if neither exists
  void apply_bos_rule(std::vector<std::int32_t>& ids) const;

  const llama_vocab* vocab_ = nullptr;
  BosRule bos_rule_ = BosRule::kTokenizer;
  std::string name_;
};

}  // namespace isogloss
