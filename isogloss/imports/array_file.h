// The arrays in an npz or safetensors file, by their names.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/file.h"
#include "isogloss/imports/language_source.h"
#include "isogloss/sae/tensor_file.h"

namespace isogloss {

class ArrayFile {
 public:
  /// Throws Error(kBadInput) if the file cannot be read.
  explicit ArrayFile(const std::filesystem::path& path);

  /// Throws Error(kBadInput): "FILE: PROBLEM", or with the sentence.
  [[noreturn]] void fail(const std::string& problem) const;
  [[noreturn]] void fail(const ImportedSentence& sentence, const std::string& problem) const;

  bool has(std::string_view name) const;
  /// These fail if there is no such array.
  const TensorInfo& info(std::string_view name) const;
  std::unique_ptr<TensorStream> stream(std::string_view name) const;
  std::vector<std::int64_t> integers(std::string_view name) const;

  /// Fails if there is an array besides those `known`.
  void expect_only(std::span<const std::string_view> known) const;

 private:
  MappedFile bytes_;
  std::unique_ptr<TensorFile> file_;
};

}  // namespace isogloss
