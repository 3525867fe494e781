// The columns of scores.parquet and scores.csv, named once for both and for reading back.
#pragma once

#include <string>

#include "isogloss/score/score_table.h"

namespace isogloss {

inline constexpr const char* kActivePrefix = "active_";
inline constexpr const char* kMaxPrefix = "max_";

/// Calls visit(name, column) for every column in the order of the files. `Table` is ScoreTable or
/// const ScoreTable; `languages` and the per-language columns are set.
template <class Table, class Visit>
void visit_score_columns(Table& table, const Visit& visit) {
  visit("alive", table.alive);
  visit("n_languages_active", table.n_languages_active);
  visit("agreement", table.agreement);
  visit("agreement_raw", table.agreement_raw);
  visit("agreement_rank", table.agreement_rank);
  visit("overlap", table.overlap);
  visit("overlap_expected", table.overlap_expected);
  visit("n_eff", table.n_eff);
  visit("cofire", table.cofire);
  visit("p_cofire", table.p_cofire);
  visit("q_cofire", table.q_cofire);
  visit("bi_loss", table.bi_loss);
  visit("bi_rank", table.bi_rank);
  visit("bi_loss_text", table.bi_loss_text);
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    visit(kActivePrefix + table.languages[l], table.active[l]);
  }
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    visit(kMaxPrefix + table.languages[l], table.max[l]);
  }
}

}  // namespace isogloss
