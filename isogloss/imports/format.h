// The forms in which other programs leave activations. Each is declared once: in a file of its own
// in formats/, and a row of formats.inc lists it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/sae/encode.h"

namespace isogloss {

/// One sentence in one language.
struct ImportedText {
  std::string text;
  std::vector<std::int32_t> token_ids;
  std::vector<std::string> tokens;      ///< as the vocabulary spells them; one per id
  std::vector<std::int32_t> positions;  ///< of the tokens that count, ascending
  SparseRows activations;               ///< one row per position; values > 0
};

/// The same sentence in every language.
struct ImportedRow {
  std::int32_t sample = 0;
  std::string source;
  std::optional<std::string> document;
  std::vector<ImportedText> by_language;  ///< [n_languages], in the reader's order
};

struct ImportChoices {
  bool count_padding = false;  ///< padding counts like a sentence's own tokens
};

/// Activations in one form. Constructing a reader reads no more than the schema and, where the
/// languages stand in the rows, the sentences.
class ActivationReader {
 public:
  virtual ~ActivationReader() = default;
  virtual const std::vector<std::string>& languages() const = 0;
  virtual std::int64_t n_rows() const = 0;
  /// Passes every row to `sink` by ascending sample, validated; holds a few at a time. Throws
  /// Error(kBadInput), which names the file and the place, at the first fault.
  virtual void read(const std::function<void(ImportedRow)>& sink) = 0;
  /// The number of features, known once read() is done; 0 where the form does not say.
  virtual std::int32_t n_features() const = 0;
};

struct ImportFormat {
  std::string_view name;      ///< in manifests and in docs/imports.md
  std::string_view accepted;  ///< what a user can name, for --help and messages
  bool has_padding;           ///< whether ImportChoices::count_padding means something
  /// The files at `path`, if they are of this form; otherwise none.
  std::vector<std::filesystem::path> (*find_files)(const std::filesystem::path& path);
  /// `path` and `files` as they were given to and by find_files.
  std::unique_ptr<ActivationReader> (*open)(const std::filesystem::path& path,
                                            std::span<const std::filesystem::path> files,
                                            const ImportChoices& choices);
};

struct FoundImport {
  const ImportFormat* format;
  std::vector<std::filesystem::path> files;
};

/// The first form that `path` has, with its files. Throws Error(kEnvironment) if nothing is there,
/// Error(kBadInput) if it has none.
FoundImport find_import(const std::filesystem::path& path);

/// What find_import takes, as part of a sentence.
std::string accepted_imports();

/// The Parquet files that `path` is or holds, by name; empty if none.
std::vector<std::filesystem::path> parquet_files(const std::filesystem::path& path);

namespace import_format {
#define ISOGLOSS_IMPORT_FORMAT(name) extern const ImportFormat name;
#include "isogloss/imports/formats.inc"
#undef ISOGLOSS_IMPORT_FORMAT
}  // namespace import_format

}  // namespace isogloss
