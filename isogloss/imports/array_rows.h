// The activations in one npz or safetensors file, sentence by sentence.
#pragma once

#include <filesystem>
#include <memory>
#include <span>

#include "isogloss/imports/language_source.h"

namespace isogloss {

class ArrayRows {
 public:
  virtual ~ArrayRows() = default;
  virtual std::int32_t n_features() const = 0;
  /// How many of `sentences` the file holds, from the first on. Throws Error(kBadInput) if it does
  /// not end where one of them ends.
  virtual std::size_t n_sentences(std::span<const ImportedSentence> sentences) const = 0;
  /// Fills the activations of the file's next sentence.
  virtual void read(ImportedSentence& to) = 0;
};

/// Opens a file in one of the layouts of docs/imports.md. Throws Error(kBadInput).
std::unique_ptr<ArrayRows> open_array_rows(const std::filesystem::path& path);

}  // namespace isogloss
