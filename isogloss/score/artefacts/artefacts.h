// What a high score may be instead of meaning (docs/method.md, "Artefacts").
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/numeric/optional_column.h"
#include "isogloss/score/artefacts/agreement_controls.h"
#include "isogloss/score/artefacts/flags.h"
#include "isogloss/score/columns/column_info.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"

namespace isogloss {

/// A flag rests on at least this many sentences in each language, and on as large an n_eff: with
/// fewer, one sentence decides the score.
inline constexpr double kLeastSupport = 5;

/// Columns of length n_features; artefact_columns.inc says what each is. The values of the plain
/// ones are absent where the feature fires in no language.
struct Artefacts {
#define ISOGLOSS_ARTEFACT(member, ...) OptionalColumn member;
#include "isogloss/score/artefacts/artefact_columns.inc"
#undef ISOGLOSS_ARTEFACT
  std::vector<std::vector<std::string>> top_token;  ///< [n_languages][n_features] "" if silent
  std::vector<OptionalColumn> top_token_share_of;   ///< [n_languages]
  /// [flags()][n_features]
  std::vector<std::vector<std::uint8_t>> flags =
      std::vector<std::vector<std::uint8_t>>(isogloss::flags().size());

  bool has(const FlagDefinition& flag, std::int32_t feature) const;
  /// Some flag of `feature` explains its agreement.
  bool explain_agreement(std::int32_t feature) const;
};

/// All features, on all cores; no result depends on the threads. O(k) in the non-zeros.
Artefacts find_artefacts(const Maxima& maxima, const RowTraits& traits,
                         const FeatureProfiles& profiles, const ScoredColumns& scores);

/// What readers say of a flag's column.
inline ColumnInfo flag_info(const FlagDefinition& flag) {
  return {.name = flag.name,
          .label = flag.word,
          .tip = flag.meaning,
          .format = ColumnFormat::kTruth,
          .best = BestEnd::kLow};
}

/// Calls visit(info, column) for each column, flags last. `Table` is Artefacts or const Artefacts;
/// the columns' elements are optional<double> and, of flags, uint8_t. The top tokens of languages
/// are left out.
template <class Table, class Visit>
void visit_artefact_columns(Table&& table, const Visit& visit) {
#define ISOGLOSS_ARTEFACT(member, ...) \
  visit(ColumnInfo{.name = #member, __VA_ARGS__}, table.member);
#include "isogloss/score/artefacts/artefact_columns.inc"
#undef ISOGLOSS_ARTEFACT
  for (std::size_t i = 0; i < flags().size(); ++i) {
    visit(flag_info(*flags()[i]), table.flags[i]);
  }
}

}  // namespace isogloss
