#include "isogloss/score/score_columns.h"

#include <type_traits>
#include <utility>

namespace isogloss {
namespace {

constexpr const char* kLanguage = "<language>";

/// Parquet's name of an element's type.
template <class T>
constexpr std::string_view kTypeName = "";
template <>
constexpr std::string_view kTypeName<std::uint8_t> = "bool";
template <>
constexpr std::string_view kTypeName<std::int32_t> = "int32";
template <>
constexpr std::string_view kTypeName<float> = "float";
template <>
constexpr std::string_view kTypeName<double> = "double";
template <>
constexpr std::string_view kTypeName<std::string> = "string";

template <class T>
struct Element : std::type_identity<T> {
  static constexpr bool kMayBeNull = false;
};
template <class T>
struct Element<std::optional<T>> : std::type_identity<T> {
  static constexpr bool kMayBeNull = true;
};

/// A column whose elements have type T; there is one per language if its name ends in "_".
template <class T>
ScoreColumn column_of(const ColumnInfo& info, std::string_view present) {
  const bool per_language = info.name.ends_with('_');
  return {.name = std::string(info.name) + (per_language ? kLanguage : ""),
          .type = kTypeName<typename Element<T>::type>,
          .may_be_null = Element<T>::kMayBeNull,
          .per_language = per_language,
          .present = present,
          .info = info};
}

void add_measures(std::vector<ScoreColumn>& columns) {
  const std::vector<std::string> languages = {kLanguage};
  for (const auto* measure : measures()) {
    for (auto& name : measure_columns(*measure, languages)) {
      auto column = column_of<std::optional<double>>(measure_info(*measure), "asked");
      column.per_language = name != measure->name;
      column.name = std::move(name);
      columns.push_back(std::move(column));
    }
  }
}

}  // namespace

std::string general_tip(const ScoreColumn& column) {
  std::string text(column.info.tip);
  for (const auto& [name, words] :
       {std::pair("{null}", "another of its stratum"), std::pair("{lambda}", "λ"),
        std::pair("{fdr}", "Benjamini–Hochberg or –Yekutieli"),
        std::pair("{max_permutations}", "--permutations"),
        std::pair("{max_t_permutations}", "--max-t"),
        std::pair("{intervals_over}", "sentences or documents"),
        std::pair("{language}", kLanguage)}) {
    const std::string_view hole(name);
    for (auto at = text.find(hole); at != std::string::npos; at = text.find(hole, at)) {
      text.replace(at, hole.size(), words);
    }
  }
  return text;
}

std::vector<ScoreColumn> score_columns() {
  std::vector<ScoreColumn> columns = {column_of<std::int32_t>(kFeatureColumn, "always")};
  const auto add = [&](std::string_view present) {
    return [&columns, present]<class T>(const ColumnInfo& info, const std::vector<T>&) {
      columns.push_back(column_of<T>(info, present));
    };
  };
  visit_plain_columns(ScoreTable{}, add("always"));
  columns.push_back(column_of<std::int32_t>(kActiveColumn, "always"));
  columns.push_back(column_of<float>(kMaxColumn, "always"));
  visit_artefact_columns(Artefacts{}, add("profile"));
  columns.push_back(column_of<std::string>(kTopTokenColumn, "profile"));
  columns.push_back(column_of<std::optional<double>>(kTopTokenShareColumn, "profile"));
  add_measures(columns);
  return columns;
}

}  // namespace isogloss
