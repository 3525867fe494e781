// The parts of a GGUF that turn a final residual into logits.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/file.h"
#include "isogloss/model/gguf_header_internal.h"

namespace isogloss {

/// A mapped GGUF, checked before anything of it is used. Reading is thread-safe.
class Unembedding {
 public:
  /// Throws Error(kBadInput) for what logit_effects() names.
  explicit Unembedding(const std::filesystem::path& path);

  std::int32_t d_model() const { return d_model_; }
  std::int32_t n_vocab() const { return n_vocab_; }
  const std::string& name() const { return name_; }

  /// γ ⊙ d, or γ ⊙ (d − mean(d)) for a LayerNorm, to `out`; both [d_model].
  void apply_norm(std::span<const float> direction, std::span<float> out) const;

  /// Rows `first` … of U as float32; `out` holds a whole number of rows that are there. Throws
  /// Error(kBadInput) on NaN or infinity.
  void read_rows(std::int32_t first, std::span<float> out) const;

  /// False for tokens that no text contains: control, unused, unknown.
  bool is_text(std::int32_t token) const { return is_text_[static_cast<std::size_t>(token)]; }
  std::string readable(std::int32_t token) const;

 private:
  [[noreturn]] void fail(const std::string& problem, std::string_view remedy) const;
  const GgufTensor* find(std::string_view tensor) const;
  const GgufTensor& required(std::string_view tensor) const;
  /// Throws unless the tensor has this shape and ggml can give its values as float32.
  void check(const GgufTensor& tensor, std::vector<std::int64_t> extent) const;
  std::vector<float> vector_of(const GgufTensor& tensor) const;
  bool has_layer_norm(const std::string& architecture) const;
  void read_token_types();

  std::string name_;
  MappedFile file_;
  GgufHeader header_;  ///< views file_
  std::int32_t d_model_ = 0;
  std::int32_t n_vocab_ = 0;
  const GgufTensor* rows_ = nullptr;  ///< U: n_vocab rows of d_model, in header_
  std::vector<float> norm_weight_;    ///< γ [d_model]
  bool layer_norm_ = false;
  std::vector<std::string_view> tokens_;  ///< [n_vocab] views file_
  std::vector<bool> is_text_;             ///< [n_vocab]
  std::vector<bool> is_byte_level_;       ///< [n_vocab] spelt in GPT-2's alphabet
};

}  // namespace isogloss
