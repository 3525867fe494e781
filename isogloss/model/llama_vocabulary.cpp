#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

#include "isogloss/core/error.h"
#include "isogloss/core/ggml_assertions.h"
#include "isogloss/core/text.h"
#include "isogloss/model/llama_vocabulary_internal.h"

namespace isogloss {

LlamaVocabulary::LlamaVocabulary(const llama_model* model, std::string name, BosRule bos)
    : vocab_(llama_model_get_vocab(model)), bos_rule_(bos), name_(std::move(name)) {
  const auto missing = [](bool wanted, llama_token id) { return wanted && id == LLAMA_TOKEN_NULL; };
  if (llama_vocab_type(vocab_) == LLAMA_VOCAB_TYPE_NONE) {
    fail("the model has no tokenizer; take a file with its vocabulary");
  }
  if (missing(llama_vocab_get_add_bos(vocab_), llama_vocab_bos(vocab_)) ||
      missing(llama_vocab_get_add_eos(vocab_), llama_vocab_eos(vocab_)) ||
      missing(llama_vocab_get_add_sep(vocab_), llama_vocab_sep(vocab_))) {
    fail("the vocabulary asks for a special token it lacks; fetch it again");
  }
  if (missing(bos_rule_ == BosRule::kAlways, this->bos())) {
    fail("the vocabulary has neither BOS nor EOS to begin sentences with; say --bos never");
  }
}

llama_token LlamaVocabulary::bos() const {
  const auto bos = llama_vocab_bos(vocab_);
  return bos == LLAMA_TOKEN_NULL ? llama_vocab_eos(vocab_) : bos;
}

bool LlamaVocabulary::tokenizer_adds_bos() const { return llama_vocab_get_add_bos(vocab_); }

std::optional<std::int32_t> LlamaVocabulary::first_token() const {
  const bool begins_with_bos =
      bos_rule_ == BosRule::kAlways || (bos_rule_ == BosRule::kTokenizer && tokenizer_adds_bos());
  return begins_with_bos ? std::optional(bos()) : std::nullopt;
}

void LlamaVocabulary::apply_bos_rule(std::vector<std::int32_t>& ids) const {
  if (tokenizer_adds_bos() == first_token().has_value()) return;
  if (bos_rule_ == BosRule::kAlways) {
    ids.insert(ids.begin(), bos());
  } else if (!ids.empty() && ids.front() == bos()) {
    ids.erase(ids.begin());
  }
}

void LlamaVocabulary::fail(const std::string& problem) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", name_, problem));
}

std::int32_t LlamaVocabulary::n_tokens() const { return llama_vocab_n_tokens(vocab_); }

std::vector<std::int32_t> LlamaVocabulary::tokenize(std::string_view text) const {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 30;  // llama.cpp counts in 32 bits
  if (text.size() > kMaxBytes) fail("a text of over 1 GiB; split it");
  if (const auto offset = find_invalid_utf8(text)) {
    fail(fmt::format("text to tokenize is not UTF-8 at byte {}", *offset));
  }
  const AssertionsThrow guard;
  const auto attempt = [&](std::vector<std::int32_t>& ids) {
    return llama_tokenize(vocab_, text.data(), static_cast<std::int32_t>(text.size()), ids.data(),
                          static_cast<std::int32_t>(ids.size()), /*add_special=*/true,
                          /*parse_special=*/false);
  };
  try {
    std::vector<std::int32_t> ids(text.size() + 4);
    std::int32_t n_ids = attempt(ids);
    if (n_ids < 0) {
      ids.resize(static_cast<std::size_t>(-std::int64_t{n_ids}));
      n_ids = attempt(ids);
    }
    ids.resize(static_cast<std::size_t>(std::max(n_ids, 0)));
    apply_bos_rule(ids);
    return ids;
  } catch (const std::out_of_range&) {
    fail("the vocabulary has no token for a byte of the text; fetch it again");
  } catch (const GgmlAssertion& assertion) {
    fail(fmt::format("llama.cpp cannot tokenize with its vocabulary: {}; fetch it again",
                     assertion.what()));
  }
}

std::string LlamaVocabulary::token_piece(std::int32_t id) const {
  const std::string_view text = llama_vocab_get_text(vocab_, id);
  if (!find_invalid_utf8(text)) return std::string(text);
  std::string escaped;
  for (const char byte : text) {
    escaped += fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte));
  }
  return escaped;
}

std::string LlamaVocabulary::token_bytes(std::int32_t id) const {
  if (is_special(id)) return {};
  std::string piece(32, '\0');
  const auto attempt = [&] {
    return llama_token_to_piece(vocab_, id, piece.data(), static_cast<std::int32_t>(piece.size()),
                                /*lstrip=*/0, /*special=*/false);
  };
  std::int32_t size = attempt();
  if (size < 0) {
    piece.resize(static_cast<std::size_t>(-size));
    size = attempt();
  }
  piece.resize(static_cast<std::size_t>(std::max(size, 0)));
  return piece;
}

bool LlamaVocabulary::is_special(std::int32_t id) const {
  return llama_vocab_is_control(vocab_, id) || llama_vocab_is_eog(vocab_, id) ||
         id == llama_vocab_bos(vocab_) || id == llama_vocab_pad(vocab_);
}

}  // namespace isogloss
