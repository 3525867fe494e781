// The columns of scores.parquet and scores.csv, named once for both and for reading back.
#pragma once

#include <string>

#include "isogloss/score/score_table.h"

namespace isogloss {

inline constexpr const char* kActivePrefix = "active_";
inline constexpr const char* kMaxPrefix = "max_";
inline constexpr const char* kTopTokenPrefix = "top_token_";
inline constexpr const char* kTopTokenSharePrefix = "top_token_share_";

/// Calls visit(name, column) for every column in the order of the files. `Table` is ScoreTable or
/// const ScoreTable; `languages` and the per-language columns are set, artefacts and measures are
/// there if the table has them.
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
  visit("rank", table.rank);
  visit("agreement_stratified", table.agreement_stratified);
  visit("agreement_stratified_raw", table.agreement_stratified_raw);
  visit("agreement_low", table.agreement_low);
  visit("agreement_high", table.agreement_high);
  visit("p_agreement", table.p_agreement);
  visit("q_agreement", table.q_agreement);
  visit("n_permutations", table.n_permutations);
  visit("p_agreement_max_t", table.p_agreement_max_t);
  visit("overlap_expected_stratified", table.overlap_expected_stratified);
  visit("p_cofire_stratified", table.p_cofire_stratified);
  visit("agreement_min", table.agreement_min);
  visit("agreement_strict", table.agreement_strict);
  visit("overlap_strict", table.overlap_strict);
  visit("overlap_expected_strict", table.overlap_expected_strict);
  visit("agreement_attainable", table.agreement_attainable);
  visit("containment", table.containment);
  visit("bi_loss", table.bi_loss);
  visit("bi_rank", table.bi_rank);
  visit("bi_loss_text", table.bi_loss_text);
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    visit(kActivePrefix + table.languages[l], table.active[l]);
  }
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    visit(kMaxPrefix + table.languages[l], table.max[l]);
  }
  if (table.artefacts) {
    visit_artefact_columns(*table.artefacts, visit);
    for (std::size_t l = 0; l < table.languages.size(); ++l) {
      visit(kTopTokenPrefix + table.languages[l], table.artefacts->top_token[l]);
      visit(kTopTokenSharePrefix + table.languages[l], table.artefacts->top_token_share_of[l]);
    }
  }
  for (auto& measure : table.measures) visit(measure.name, measure.values);
}

}  // namespace isogloss
