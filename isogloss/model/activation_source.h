// The interface between a language model and the stages after it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// One sequence to run: token ids as the model wants them, special tokens included.
struct TokenSequence {
  std::vector<std::int32_t> ids;
};

/// The seconds that a source's run() has taken so far.
struct ModelSeconds {
  double total = 0;
  double products = 0;   ///< of these, products with weights that ggml does not compute
  double attention = 0;  ///< likewise
};

/// A model that turns token sequences into the rows of activations at one or more hook points. The
/// const functions may be called by several threads at once, run() by one at a time: a source for
/// each thread runs batches side by side. Implemented on llama.cpp (llama_source.h).
class ActivationSource {
 public:
  virtual ~ActivationSource() = default;

  /// Numbers per token at the hook point of that index, in the order the source was opened with.
  virtual std::int32_t width(std::size_t hook) const = 0;
  virtual std::int32_t max_tokens_per_sequence() const = 0;  ///< the context's length
  virtual std::int32_t max_tokens_per_batch() const = 0;
  virtual std::int32_t max_sequences_per_batch() const = 0;

  /// Token ids of `text`, with the special tokens the model's metadata asks for, except that the
  /// source may have been opened to begin with BOS always or never. BOS comes once, never twice.
  /// May exceed max_tokens_per_sequence.
  virtual std::vector<std::int32_t> tokenize(std::string_view text) const = 0;
  /// The special token that begins every sequence; nullopt if none does.
  virtual std::optional<std::int32_t> first_token() const = 0;
  /// Whether the model's tokenizer, left to itself, begins a sequence with BOS.
  virtual bool tokenizer_adds_bos() const = 0;
  /// The token as the vocabulary spells it ("▁the", "<0xE2>", "<bos>"), valid UTF-8.
  virtual std::string token_piece(std::int32_t id) const = 0;
  /// The bytes that the token stands for in running text, perhaps only a part of a character. Empty
  /// for special tokens.
  virtual std::string token_bytes(std::int32_t id) const = 0;
  /// True for tokens that are never counted: BOS, EOS, padding and other control tokens.
  virtual bool is_special(std::int32_t id) const = 0;

  /// Runs one batch (within the three limits above) and returns the rows of every hook point, in
  /// the order the source was opened with: row-major [n_tokens, width(hook)] float32, sequences in
  /// the order given, tokens in order. Rows equal tokens sent at every hook point, or it throws.
  /// The spans are valid until the next call. The result depends on the batch's make-up in the last
  /// bits: equal batches give equal bits, whatever other hook points are read beside.
  virtual std::vector<std::span<const float>> run(std::span<const TokenSequence> batch) = 0;

  /// A source of the same rows over the same weights, which lie in memory once. Its run() uses
  /// `n_threads` threads, and gives the same bits for any number of them.
  virtual std::unique_ptr<ActivationSource> another(std::int32_t n_threads) const = 0;
  /// What run() takes of memory beside the weights, in bytes, at most.
  virtual std::uint64_t working_memory() const = 0;
  virtual ModelSeconds seconds() const { return {}; }
};

}  // namespace isogloss
