// Groups of rows that are exchangeable under the null: similar in length and from the same
// document.
#pragma once

#include <cstdint>
#include <vector>

#include "isogloss/store/row_traits.h"
#include "isogloss/store/scoring_options.h"

namespace isogloss {

/// A partition of the rows. Under the null, sentences are permuted within strata only.
struct Strata {
  std::vector<std::int32_t> of_row;  ///< [n_rows] 0 … n_strata − 1
  std::vector<std::int32_t> size;    ///< [n_strata] rows in each, > 0

  std::int32_t n_rows() const { return static_cast<std::int32_t>(of_row.size()); }
  std::int32_t n_strata() const { return static_cast<std::int32_t>(size.size()); }
  /// n²/Σ n_g²: the number of equally large strata that would be as fine; 1 for a single stratum.
  double effective_number() const;
};

/// All rows in one stratum: the plain null.
Strata single_stratum(std::int32_t n_rows);

/// Length is the mean over languages of a row's rank by token count (ties share their mean rank;
/// the special tokens of a model are the same for every row and do not matter). With R the rank of
/// that mean (ties share their mean rank), its decile is ⌊10·(R − ½)/n⌋. Deciles are crossed with
/// the document. No stratum has fewer than 10 rows unless there are fewer in total (a singleton
/// would force E = M):
/// 1. Within a document, from its shortest decile up, a stratum takes in the next longer decile
///    until it has 10 rows; if fewer than 10 are left after it, it takes those too.
/// 2. Documents of fewer than 10 rows are together treated as one document.
/// 3. If those have fewer than 10 rows together, they join the stratum whose mean R is nearest to
/// theirs;
///    strata equally near become one with it.
/// So the partition depends on lengths and documents, not on the order of rows or of documents.
Strata make_strata(const RowTraits& traits, NullModel model);

}  // namespace isogloss
