// What may explain a high score other than meaning (docs/method.md, "Artefacts").
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

/// A flag needs at least this many sentences in each language, and an n_eff at least this large:
/// with fewer, one sentence decides the score.
inline constexpr double kLeastSupport = 5;

/// Columns of length n_features, described in artefact_columns.inc. Values of the columns declared
/// there are absent where the feature fires in no language.
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
  /// True if some flag of `feature` explains its agreement.
  bool explain_agreement(std::int32_t feature) const;
};

/// Computes all features on all cores; no result depends on the threads. Costs O(k) in the
/// non-zeros.
Artefacts find_artefacts(const Maxima& maxima, const RowTraits& traits,
                         const FeatureProfiles& profiles, const ScoredColumns& scores);

/// How a flag's column is described to readers.
inline ColumnInfo flag_info(const FlagDefinition& flag) {
  return {.name = flag.name,
          .label = flag.word,
          .tip = flag.meaning,
          .format = ColumnFormat::kTruth,
          .best = BestEnd::kLow};
}

/// Calls visit(info, column) for each column, flags last, but not for the languages' top tokens.
/// `Table` is Artefacts or const Artefacts; the elements are optional<double>, or uint8_t for
/// flags.
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
