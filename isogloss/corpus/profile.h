// What a corpus is like: lengths, and how well its rows seem to be aligned.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "isogloss/corpus/corpus.h"

namespace isogloss {

/// Lengths in code points, without white space at the ends.
struct LengthProfile {
  std::string language;
  double shortest = 0;
  double median = 0;
  double percentile_95 = 0;  ///< the smallest length that 95 % of the rows do not exceed
  double longest = 0;
  std::int64_t n_empty = 0;
};

/// A row whose lengths are far from what is usual for the two languages.
struct OddRow {
  std::string source;
  double length = 0;        ///< in the language
  double length_first = 0;  ///< in the corpus' first language
  double factor = 1;        ///< how far from the usual ratio; infinite if one text is empty
};

/// A language beside the first of the corpus.
struct AlignmentProfile {
  std::string language;
  double ratio = 1;          ///< the median of length / length in the first
  double correlation = 0;    ///< of the logarithms of the lengths
  std::ptrdiff_t shift = 0;  ///< by how many rows to look on for the highest correlation, up to ±3
  double shifted_correlation = 0;  ///< with that shift
  /// Whether something seems wrong with the order of the rows rather than with single ones: the
  /// correlation is below kLowCorrelation, or higher by kHigherCorrelation with a shift. Told only
  /// of kMinRowsForLengths rows or more, whose lengths vary: in each language the 95th percentile
  /// is kVariedLengths times the median or more.
  bool seems_misaligned = false;
  std::int64_t n_identical = 0;  ///< rows with the same text, as cleaning compares it
  std::int64_t n_odd = 0;        ///< rows whose ratio cleaning would find odd
  std::vector<OddRow> oddest;    ///< up to kShownOddRows of these, the oddest first
};

inline constexpr std::size_t kShownOddRows = 3;
inline constexpr double kLowCorrelation = 0.4;  ///< of translations it is usually .8 or more
inline constexpr double kHigherCorrelation = 0.1;
inline constexpr double kVariedLengths = 1.5;

struct CorpusProfile {
  std::vector<LengthProfile> lengths;        ///< [n_languages]
  std::vector<AlignmentProfile> alignments;  ///< [n_languages - 1]
};

/// `corpus` as it was read, not cleaned, and not empty.
CorpusProfile profile_corpus(const Corpus& corpus);

}  // namespace isogloss
