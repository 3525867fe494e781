// One language's sentences with their activations, in order: what an import joins to rows.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/imports/format.h"

namespace isogloss {

struct ImportedSentence {
  std::string id;                       ///< the same in every language
  std::optional<std::string> document;  ///< the text it comes from
  ImportedText text;                    ///< without token ids if the files have none
};

class LanguageSource {
 public:
  virtual ~LanguageSource() = default;
  virtual std::int64_t n_sentences() const = 0;
  /// Of the sentences read so far; 0 if the files do not say.
  virtual std::int32_t n_features() const = 0;
  /// The next sentence, validated; called n_sentences() times. Throws Error(kBadInput), which names
  /// the file, the sentence and the token.
  virtual ImportedSentence next() = 0;
};

/// Sentences from a JSONL file and their activations from npz or safetensors files, in order.
std::unique_ptr<LanguageSource> open_arrays(const std::filesystem::path& sentences,
                                            std::span<const std::filesystem::path> arrays);

/// Sentences and activations as lists in Parquet files, in order.
std::unique_ptr<LanguageSource> open_lists(std::span<const std::filesystem::path> files);

/// Appends a token's activations from `values`, which has one for each feature. Returns what is
/// wrong with them ("feature 3 has -0.5, …"), or nothing.
std::optional<std::string> append_dense(std::span<const float> values, SparseRows& to);

/// The same from the features that fire, which must ascend and be below `n_features`.
std::optional<std::string> append_sparse(std::span<const std::int64_t> features,
                                         std::span<const float> values, std::int64_t n_features,
                                         SparseRows& to);

/// Puts the tokens that count, those with 0 in `special`, into `to.positions`. Returns what is
/// wrong with `special`, or nothing.
std::optional<std::string> set_positions(std::span<const std::int64_t> special, ImportedText& to);

/// What is wrong with a sentence's words and token ids, or nothing.
std::optional<std::string> find_sentence_fault(const ImportedSentence& sentence);

}  // namespace isogloss
