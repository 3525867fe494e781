// The formats of corpora. Each is declared once: in a file of its own in formats/, and a row of
// formats.inc lists it.
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

namespace isogloss {

/// One row as it stands in the file. The views are valid only during the sink's call.
struct RowView {
  std::string_view source;                   ///< its id, or its 1-based line (Parquet: row) number
  std::optional<std::string_view> document;  ///< only a sidecar knows it
  std::span<const std::string_view> text;    ///< one per language asked for; UTF-8 without NUL
};

using RowSink = std::function<void(const RowView&)>;

/// A corpus in one format. Constructing one reads no more than it takes to know the languages.
class RowReader {
 public:
  virtual ~RowReader() = default;

  /// The languages that the corpus offers, in its order: at least two, all different, each passed
  /// by check_offered_languages.
  const std::vector<std::string>& languages() const { return languages_; }

  /// Passes every row to `sink`, in file order, and validates it; throws Error(kBadInput) at the
  /// first fault. `wanted` is a subset of languages(), in the order the texts are wanted.
  virtual void read(std::span<const std::string> wanted, const RowSink& sink) = 0;

  /// What the last read did that the user should know, each a sentence without its file's name.
  const std::vector<std::string>& notes() const { return notes_; }

 protected:
  std::vector<std::string> languages_;
  std::vector<std::string> notes_;
};

struct CorpusFile {
  std::filesystem::path path;
  std::string language = {};  ///< the only one in the file; empty if the file holds all of them
  std::string document = {};  ///< of which it is a part; empty if it is a corpus' only file
};

/// What a path, or one split of it, stands for.
struct CorpusFiles {
  std::vector<CorpusFile> files;  ///< at least one, without the sidecar
  std::filesystem::path stem;     ///< the sidecar, if there is one, is STEM.ids
  std::string split = {};         ///< "train"; empty if the corpus is not divided
};

struct CorpusFormat {
  std::string_view name;      ///< as docs/corpora.md calls it
  std::string_view accepted;  ///< what a user can name, for --help and messages: "a .tsv file"
  /// File name extensions, with their dots. A file so called is in this format.
  std::span<const std::string_view> extensions;
  /// The files of this format that another path stands for, such as a folder or a common stem, by
  /// splits; empty if it stands for none. Null for a format that has extensions only.
  std::vector<CorpusFiles> (*find_files)(const std::filesystem::path& path) = nullptr;
  std::unique_ptr<RowReader> (*open)(const CorpusFiles& files);
};

/// All formats, in the order in which they are tried and named.
std::span<const CorpusFormat* const> corpus_formats();

struct CorpusLocation {
  const CorpusFormat* format;
  CorpusFiles files;                ///< of the split chosen
  std::vector<std::string> splits;  ///< all that are there; empty if the corpus is not divided
};

/// The files that `path` stands for, of the split `asked`; if none is asked for, of "train" or of
/// the only one. Looks at names only, not into files. Throws Error(kEnvironment) if nothing is
/// there, Error(kBadInput) if what is there is in no known format or has no such split.
CorpusLocation locate_corpus(const std::filesystem::path& path, std::string_view asked = {});

/// `stem` with "." and `suffix` behind it.
std::filesystem::path with_suffix(const std::filesystem::path& stem, std::string_view suffix);

namespace corpus_format {
#define ISOGLOSS_CORPUS_FORMAT(name) extern const CorpusFormat name;
#include "isogloss/corpus/formats.inc"
#undef ISOGLOSS_CORPUS_FORMAT
}  // namespace corpus_format

}  // namespace isogloss
