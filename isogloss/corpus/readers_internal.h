// What the corpus readers share. Included by the stage's .cpp files and its tests only.
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

#include "isogloss/core/file.h"

namespace isogloss {

/// One row as it stands in the file. The views hold during the sink's call only.
struct RowView {
  std::string_view source;                   ///< its id, or its 1-based line (Parquet: row) number
  std::optional<std::string_view> document;  ///< only a sidecar knows it
  std::span<const std::string_view> text;    ///< one a language asked for; UTF-8 without NUL
};

using RowSink = std::function<void(const RowView&)>;

/// A corpus in one format. Constructing one reads no more than the languages need.
class RowReader {
 public:
  virtual ~RowReader() = default;

  /// Those the corpus offers, in its order: at least two, distinct, of sound spelling.
  const std::vector<std::string>& languages() const { return languages_; }

  /// Passes every row to `sink`, in file order, and validates it; throws Error(kBadInput) at the
  /// first fault. `wanted` is a subset of languages(), in the order the texts are wanted.
  virtual void read(std::span<const std::string> wanted, const RowSink& sink) const = 0;

 protected:
  std::vector<std::string> languages_;
};

enum class CorpusFormat { kTsv, kMoses, kJsonl, kParquet };

/// What a path stands for.
struct CorpusLocation {
  CorpusFormat format;
  std::vector<std::filesystem::path> files;  ///< kParquet: the shards by name; kMoses: none
  std::filesystem::path stem;                ///< path without its suffix: STEM.en, STEM.ids
};

/// Throws Error(kEnvironment) if nothing is there, Error(kBadInput) if it is no known format.
CorpusLocation locate_corpus(const std::filesystem::path& path);
std::unique_ptr<RowReader> open_corpus(const CorpusLocation& location);

/// The languages of the files STEM.<language>, ascending.
std::vector<std::string> moses_languages(const std::filesystem::path& stem);
std::filesystem::path with_suffix(const std::filesystem::path& stem, std::string_view suffix);

std::unique_ptr<RowReader> open_tsv_corpus(const std::filesystem::path& path);
std::unique_ptr<RowReader> open_moses_corpus(const std::filesystem::path& stem);
std::unique_ptr<RowReader> open_jsonl_corpus(const std::filesystem::path& path);
std::unique_ptr<RowReader> open_parquet_corpus(const std::vector<std::filesystem::path>& shards);

/// The TSV reader on bytes; `name` stands for the file in messages.
std::vector<std::string> tsv_languages(std::string_view bytes, std::string_view name);
void read_tsv(std::string_view bytes, std::string_view name, std::span<const std::string> wanted,
              const RowSink& sink);

/// Passes on what `reader` reads, named by the sidecar STEM.ids if there is one.
void read_named_rows(const RowReader& reader, const CorpusLocation& location,
                     std::span<const std::string> wanted, const RowSink& sink);
std::optional<std::filesystem::path> find_sidecar(const CorpusLocation& location);

/// Walks over lines ended by LF or CRLF, past a byte order mark, checking each to be UTF-8 without
/// NUL. A final line end starts no further line. Holds views only.
class LineReader {
 public:
  LineReader(std::string_view bytes, std::string_view name);

  /// The next line without its end, or nullopt. Throws Error(kBadInput) naming line and byte.
  std::optional<std::string_view> next();
  std::int64_t line_number() const { return line_number_; }  ///< of the last line, from 1
  std::string_view name() const { return name_; }

  /// Throws Error(kBadInput) "NAME:LINE: problem".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  std::string_view rest_;
  std::string_view name_;
  std::int64_t line_number_ = 0;
};

/// `line` cut at its tabs, into `fields`, whose old content goes.
void split_tabs(std::string_view line, std::vector<std::string_view>& fields);

/// What is wrong with `text` as the text of a sentence, with the byte from 1; nullopt if nothing.
std::optional<std::string> find_text_fault(std::string_view text);

/// Throws Error(kBadInput) unless `languages` are at least two, distinct, and spelt of ASCII
/// letters, digits, '-' and '_'.
void check_offered_languages(std::span<const std::string> languages, std::string_view name);

}  // namespace isogloss
