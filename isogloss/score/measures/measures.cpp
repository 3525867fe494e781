#include "isogloss/score/measures/measures.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cassert>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

using Values = std::vector<std::optional<double>>;

std::vector<const MeasureDefinition*>& registry() {
  static std::vector<const MeasureDefinition*> definitions = {
#define ISOGLOSS_MEASURE(name) &measure::name,
#include "isogloss/score/measures/measures.inc"
#undef ISOGLOSS_MEASURE
  };
  return definitions;
}

/// Calls visit(f, items) for all features, in any order, with items[l] = item_of(l, f).
template <class ItemOf, class Visit>
void for_each_feature(const Maxima& maxima, const ItemOf& item_of, const Visit& visit) {
  const auto n_features = static_cast<std::size_t>(maxima.n_features);
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n_features), [&](const auto& range) {
    std::vector<decltype(item_of(0, 0))> items(maxima.languages.size());
    for (auto f = range.begin(); f < range.end(); ++f) {
      for (std::size_t l = 0; l < items.size(); ++l) items[l] = item_of(l, f);
      visit(f, items);
    }
  });
}

void compute_of_sentences(const MeasureDefinition& definition, const Maxima& maxima,
                          Values& values) {
  const auto column = [&](std::size_t l, std::size_t f) {
    return maxima.column(static_cast<std::int32_t>(l), static_cast<std::int32_t>(f));
  };
  for_each_feature(maxima, column, [&](std::size_t f, const auto& columns) {
    values[f] = definition.of_sentences(columns, maxima.n_rows());
  });
}

/// The first column is the measure's; the others are for single languages.
void compute_of_tokens(const MeasureDefinition& definition, const Maxima& maxima,
                       std::span<const TokenTotals> totals, std::span<Measure> columns) {
  const auto number = [&](std::size_t l, std::size_t f) {
    return definition.token_number(totals[l], f);
  };
  for_each_feature(maxima, number, [&](std::size_t f, const auto& numbers) {
    columns.front().values[f] = definition.of_token_numbers(numbers);
    if (definition.by_language == nullptr || !columns.front().values[f]) return;
    const auto by_language = definition.by_language(numbers);
    for (std::size_t l = 0; l < by_language.size(); ++l) columns[l + 1].values[f] = by_language[l];
  });
}

}  // namespace

double token_mean(const TokenTotals& totals, std::size_t feature) {
  return totals.n_tokens == 0 ? 0 : totals.mass[feature] / static_cast<double>(totals.n_tokens);
}

double token_rate(const TokenTotals& totals, std::size_t feature) {
  return totals.n_tokens == 0
             ? 0
             : static_cast<double>(totals.firing[feature]) / static_cast<double>(totals.n_tokens);
}

std::span<const MeasureDefinition* const> measures() { return registry(); }

void add_measure(const MeasureDefinition& definition) {
  assert(
      std::ranges::none_of(registry(), [&](const auto* m) { return m->name == definition.name; }));
  registry().push_back(&definition);
}

const MeasureDefinition& find_measure(std::string_view name) {
  std::string message = "no measure is called '" + std::string(name) + "'; use one of ";
  for (const auto* definition : registry()) {
    if (definition->name == name) return *definition;
    if (definition != registry().front()) message += ", ";
    message += definition->name;
  }
  throw Error(ErrorCode::kUsage, message);
}

std::vector<std::string> measure_columns(const MeasureDefinition& definition,
                                         std::span<const std::string> languages) {
  std::vector<std::string> names = {std::string(definition.name)};
  if (definition.by_language == nullptr) return names;
  for (const auto& language : languages) names.push_back(names.front() + "_" + language);
  return names;
}

std::vector<Measure> compute_measure(std::string_view name, const Maxima& maxima,
                                     std::span<const TokenTotals> totals) {
  const auto& definition = find_measure(name);
  assert(maxima.n_languages() >= 2);
  assert(!definition.uses_tokens() || totals.size() == maxima.languages.size());
  std::vector<Measure> columns;
  for (auto& column : measure_columns(definition, maxima.languages)) {
    columns.push_back({std::move(column), Values(static_cast<std::size_t>(maxima.n_features))});
  }
  if (definition.uses_tokens()) {
    compute_of_tokens(definition, maxima, totals, columns);
  } else {
    compute_of_sentences(definition, maxima, columns.front().values);
  }
  return columns;
}

}  // namespace isogloss
