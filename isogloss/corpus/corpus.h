// Aligned sentences in N languages.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isogloss {

/// One unit of parallel text: the same sentence in every language of the corpus.
struct ParallelSentence {
  std::int32_t sample = 0;              ///< index in the drawn sample; cleaning leaves gaps
  std::string source;                   ///< the row's id; its 1-based line, or Parquet row, if none
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
  std::string split;               ///< the one that was read; empty if the corpus is not divided
  std::vector<std::string> notes;  ///< what reading did that the user should know, a line each
};

/// Which rows to take and whether to clean them.
struct CorpusOptions {
  std::vector<std::string> languages;     ///< >= 2, or empty for all the corpus has
  std::optional<std::int64_t> n_samples;  ///< draw this many rows; all rows, in order, if absent
  std::uint64_t seed = 42;                ///< for the draw
  bool clean = true;
  std::string split =
      {};  ///< which, of a corpus divided into several; empty: train, or the only one
};

/// Reads the corpus that `path` stands for, in any of the formats of docs/corpora.md. A sidecar
/// `STEM.ids` names the rows: a TSV with the header `id` and optionally `document` and one line per
/// row, or the file that OPUS packs with its Moses pairs. Every row is validated, then rows are
/// drawn (hugging_face_shuffle over all of them), then cleaned; texts are kept as they stand,
/// untrimmed.
/// Throws Error: kBadInput for what is wrong with the corpus, a language it lacks or one named like
/// a word of the results included; kUsage for options that cannot be met by any corpus, or more
/// samples than rows; kEnvironment for a file that is missing or unreadable.
Corpus read_corpus(const std::filesystem::path& path, const CorpusOptions& options);

/// What read_corpus takes, as part of a sentence: "a .tsv file, …, or a .parquet file or …".
std::string accepted_corpora();

/// Whether `path` is called like a corpus or stands for files that are; nothing is read.
bool is_corpus(const std::filesystem::path& path);

/// The files read_corpus reads for `path` (sidecar included), e.g. to hash them. `languages` and
/// `split` as in CorpusOptions; the languages matter only to formats in which each language has a
/// file of its own.
std::vector<std::filesystem::path> corpus_files(const std::filesystem::path& path,
                                                const std::vector<std::string>& languages,
                                                std::string_view split = {});

/// The languages a corpus offers, in its order, without reading its rows.
std::vector<std::string> corpus_languages(const std::filesystem::path& path,
                                          std::string_view split = {});

/// The length rule's constants, see clean().
inline constexpr double kMaxLengthFactor = 3;
inline constexpr double kShortText = 20;  ///< code points
inline constexpr std::size_t kMinRowsForLengths = 20;

/// Drops rows by these rules, in this order, on texts without the white space at their ends, and
/// counts each dropped row once, under the first rule that applies:
/// 1. empty: some language has no text;
/// 2. duplicate: the texts of all languages equal those of an earlier row, kept or not;
/// 3. identical: two languages have the same text;
/// 4. length_ratio: for some pair of languages, |r − median r| > ln kMaxLengthFactor, where
///    r = ln(code points in one / code points in the other) and the median is over the rows that
///    rules 1 to 3 left. The median is the ratio that is usual for the two languages and their
///    scripts. Exempt are pairs of texts both shorter than kShortText, and corpora of which fewer
///    than kMinRowsForLengths rows are left, too few to know what is usual.
/// Never renumbers `sample`.
void clean(Corpus& corpus);

}  // namespace isogloss
