// Iteration over the registry of columns, for scores.parquet, scores.csv, the page, `show --json`,
// the contract and the validation.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/score/score_table.h"

namespace isogloss {

inline constexpr ColumnInfo kFeatureColumn{
    .name = "feature",
    .label = "Feature",
    .tip = "Index of the feature in the sparse autoencoder, from 0.",
    .format = ColumnFormat::kWhole,
    .best = BestEnd::kLow,
    .place = 20};

// Columns per language: the name precedes the language's code.
inline constexpr ColumnInfo kActiveColumn{
    .name = "active_",
    .label = "Fires {language}",
    .tip = "Number of {language} sentences on which the feature fires.",
    .format = ColumnFormat::kWhole,
    .place = 600};
inline constexpr ColumnInfo kMaxColumn{
    .name = "max_",
    .label = "Max {language}",
    .tip =
        "Largest activation of the feature on any token of the {language} sentences; 0 if silent.",
    .format = ColumnFormat::kQuantity,
    .place = 610};
inline constexpr ColumnInfo kTopTokenColumn{
    .name = "top_token_",
    .label = "Top token {language}",
    .tip = "The token with most of the feature's activation in {language}; empty if silent."};
inline constexpr ColumnInfo kTopTokenShareColumn{
    .name = "top_token_share_",
    .label = "Its share {language}",
    .tip = "That token's share of the activation in {language}.",
    .format = ColumnFormat::kShare,
    .best = BestEnd::kLow};

/// How a published measure's column is described to readers.
inline ColumnInfo measure_info(const MeasureDefinition& measure) {
  return {.name = measure.name,
          .label = measure.name,
          .tip = measure.description,
          .format = ColumnFormat::kQuantity,
          .best = measure.high_is_shared ? BestEnd::kHigh : BestEnd::kLow,
          .place = 500,
          .validated_as = measure.is_weight ? ValidatedAs::kWeight : ValidatedAs::kRanking,
          .chance_is_zero = measure.chance_is_zero};
}

/// Calls visit(info, column) for every column that each table has with one number per feature, in
/// the order of the files. `Table` is ScoreTable or const ScoreTable.
template <class Table, class Visit>
void visit_plain_columns(Table&& table, const Visit& visit) {
#define ISOGLOSS_SCORE(member, type, ...) \
  visit(ColumnInfo{.name = #member, __VA_ARGS__}, table.member);
#include "isogloss/score/score_columns.inc"
#undef ISOGLOSS_SCORE
}

/// Calls visit(name, column) for every column in the order of the files. `Table` is ScoreTable or
/// const ScoreTable; `languages` and the per-language columns must be set; artefacts and measures
/// are visited if the table has them.
template <class Table, class Visit>
void visit_score_columns(Table& table, const Visit& visit) {
  const auto of_language = [&](const ColumnInfo& info, std::size_t l) {
    return std::string(info.name) + table.languages[l];
  };
  const auto by_info = [&](const ColumnInfo& info, auto& column) {
    visit(std::string(info.name), column);
  };
  visit_plain_columns(table, by_info);
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    visit(of_language(kActiveColumn, l), table.active[l]);
  }
  for (std::size_t l = 0; l < table.languages.size(); ++l) {
    visit(of_language(kMaxColumn, l), table.max[l]);
  }
  if (table.artefacts) {
    visit_artefact_columns(*table.artefacts, by_info);
    for (std::size_t l = 0; l < table.languages.size(); ++l) {
      visit(of_language(kTopTokenColumn, l), table.artefacts->top_token[l]);
      visit(of_language(kTopTokenShareColumn, l), table.artefacts->top_token_share_of[l]);
    }
  }
  for (auto& measure : table.measures) visit(measure.name, measure.values);
}

/// A column of scores.parquet as the file's contract describes it.
struct ScoreColumn {
  std::string name;       ///< for a column per language, with "<language>" in place of the code
  std::string_view type;  ///< Parquet's: "bool", "int32", "float", "double", "string"
  bool may_be_null = false;
  bool per_language = false;  ///< there is one for each language
  /// "always"; "profile": with profile.parquet; "asked": with --measures.
  std::string_view present;
  ColumnInfo info;
};

/// The column's tip for no run in particular: with words in place of the braces.
std::string general_tip(const ScoreColumn& column);

/// Every possible column, in the order of the files.
std::vector<ScoreColumn> score_columns();

}  // namespace isogloss
