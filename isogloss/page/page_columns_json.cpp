// How the page heads, explains, orders and writes each column: the registry's texts, completed with
// what the run decided.
#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "isogloss/page/page_json_internal.h"
#include "isogloss/score/agreement/language_similarity.h"
#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

using nlohmann::json;

// Columns that only the page has.
constexpr ColumnInfo kSharingColumn{
    .name = "n_languages_sharing",
    .label = "Shared by",
    .tip =
        "Number of languages that share the feature with some other: κ score of the pair at least "
        "{threshold}.",
    .format = ColumnFormat::kWhole,
    .place = 80};
constexpr ColumnInfo kFlagsColumn{
    .name = "flags",
    .label = "Flags",
    .tip =
        "What the agreement may be instead of meaning. A filled label explains the agreement by "
        "itself; an outlined one only describes the feature.",
    .format = ColumnFormat::kWhole,
    .best = BestEnd::kLow,
    .place = 90};

const char* null_words(NullModel model) {
  switch (model) {
    case NullModel::kPlain:
      return "any other";
    case NullModel::kLength:
      return "one of similar length";
    case NullModel::kLengthDocument:
      return "one of similar length and, where the corpus names documents, of the same document";
  }
  return "";
}

/// `text` with the names in braces replaced by what `run` decided.
std::string filled(std::string_view text, const ScoringOptions& options, const ScoreTable& table) {
  const auto whole = [](auto number) { return fmt::format("{}", number); };
  const std::pair<std::string_view, std::string> values[] = {
      {"{null}", null_words(options.null_model)},
      {"{lambda}", fmt::format("{:g}", options.shrinkage_lambda)},
      {"{fdr}", options.fdr == FdrProcedure::kBenjaminiYekutieli ? "Benjamini–Yekutieli"
                                                                 : "Benjamini–Hochberg"},
      {"{max_permutations}", whole(options.max_permutations)},
      {"{max_t_permutations}", whole(options.max_t_permutations)},
      {"{intervals_over}", intervals_over(table)},
      {"{threshold}", fmt::format("{:g}", kSharedAgreement)}};
  std::string result(text);
  for (const auto& [name, value] : values) {
    for (auto at = result.find(name); at != std::string::npos; at = result.find(name, at)) {
      result.replace(at, name.size(), value);
    }
  }
  return result;
}

json column_of(const ColumnInfo& info, const std::string& key, const std::string& tip) {
  return {{"key", key},
          {"label", info.label},
          {"tip", tip},
          {"format", to_string(info.format)},
          {"best", info.best == BestEnd::kHigh ? "high" : "low"},
          {"place", info.place},
          {"core", info.shown_at_first()}};
}

std::string measure_tip(const MeasureDefinition& measure) {
  std::string tip(measure.description);
  tip.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(tip.front())));
  return fmt::format("{}. {}.", tip, measure.source);
}

void add_measures(const ScoreTable& table, json& list) {
  for (const auto* measure : measures()) {
    const auto names = measure_columns(*measure, table.languages);
    if (std::ranges::find(table.measures, names.front(), &Measure::name) == table.measures.end()) {
      continue;
    }
    for (std::size_t i = 0; i < names.size(); ++i) {
      auto column = column_of(measure_info(*measure), names[i], measure_tip(*measure));
      column["label"] = names[i];
      if (i == 0) column["measure"] = true;
      if (i > 0) column["language"] = table.languages[i - 1];
      list.push_back(std::move(column));
    }
  }
}

}  // namespace

json column_list_json(const ScoreTable& table, const ScoringOptions& options) {
  json list = json::array();
  const auto add = [&](const ColumnInfo& info) {
    list.push_back(column_of(info, std::string(info.name), filled(info.tip, options, table)));
  };
  const auto add_of_languages = [&](const ColumnInfo& info) {
    for (const auto& language : table.languages) {
      auto column = column_of(info, std::string(info.name) + language, std::string(info.tip));
      column["language"] = language;
      list.push_back(std::move(column));
    }
  };
  add(kFeatureColumn);
  visit_plain_columns(table, [&](const ColumnInfo& info, const auto&) { add(info); });
  add(kSharingColumn);
  if (table.languages.size() <= 2) list.back()["core"] = false;
  if (table.artefacts) {
    add(kFlagsColumn);
    visit_artefact_columns(*table.artefacts, [&]<class T>(const ColumnInfo& info, const T&) {
      if (!std::is_same_v<T, std::vector<std::uint8_t>>)
        add(info);  // flags have a column of their own
    });
  }
  add_measures(table, list);
  add_of_languages(kActiveColumn);
  add_of_languages(kMaxColumn);
  std::stable_sort(list.begin(), list.end(), [](const json& a, const json& b) {
    return a["place"].get<int>() < b["place"].get<int>();
  });
  return list;
}

}  // namespace isogloss
