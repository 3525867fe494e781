// Aligned sentences in N languages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace isogloss {

/// One unit of parallel text: the same sentence in every language of the corpus.
struct ParallelSentence {
  std::int32_t sample = 0;              ///< index in the drawn sample; cleaning leaves gaps
  std::string source;                   ///< the row's id in the corpus, or its 1-based line number
  std::optional<std::string> document;  ///< the text it belongs to, if the corpus says so
  std::vector<std::string> text;        ///< [n_languages], valid UTF-8, in the corpus' order
};

/// How many rows cleaning removed, by the first rule that applied.
struct DropCounts {
  std::int64_t empty = 0;         ///< some language has no text
  std::int64_t duplicate = 0;     ///< all languages equal to an earlier row
  std::int64_t identical = 0;     ///< two languages have the same text (untranslated)
  std::int64_t length_ratio = 0;  ///< lengths too far apart, see clean()
};

struct Corpus {
  std::vector<std::string> languages;  ///< e.g. {"en", "es"}, the order every stage keeps
  std::vector<ParallelSentence> rows;  ///< ascending by sample
  std::int64_t n_rows_read = 0;        ///< rows in the file, before sampling and cleaning
  DropCounts dropped;
};

/// Which rows to take and whether to clean them.
struct CorpusOptions {
  std::vector<std::string> languages;     ///< >= 2, or empty for all the corpus has
  std::optional<std::int64_t> n_samples;  ///< draw this many rows; all rows, in order, if absent
  std::uint64_t seed = 42;                ///< for the draw
  bool clean = true;
};

/// Reads `path`: TSV with a header of language codes, JSONL or Parquet with `translation: {en: …}`,
/// or a Moses pair, named by its common stem ("books" for books.en + books.es; languages required).
/// A sidecar `STEM.ids` (TSV, header `id` and optionally `document`, a line a row) names the rows.
/// Validates, then samples (draw_rows), then cleans. Throws Error(kBadInput / kUsage /
/// kEnvironment).
Corpus read_corpus(const std::filesystem::path& path, const CorpusOptions& options);

/// The files read_corpus reads for `path` (sidecar included), e.g. to hash them.
std::vector<std::filesystem::path> corpus_files(const std::filesystem::path& path,
                                                const std::vector<std::string>& languages);

/// The languages a corpus file offers, in file order, without reading its rows.
std::vector<std::string> corpus_languages(const std::filesystem::path& path);

/// Drops empty, duplicate, untranslated and badly proportioned rows; never renumbers `sample`.
void clean(Corpus& corpus);

}  // namespace isogloss
