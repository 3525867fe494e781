#include <fmt/format.h>

#include <algorithm>
#include <cassert>
#include <functional>
#include <nlohmann/json.hpp>

#include "isogloss/core/json_text.h"
#include "isogloss/stats/statistics.h"

namespace isogloss {
namespace {

/// For each feature, the share of the given languages' rows with x > threshold.
std::vector<double> sorted_shares(const Maxima& maxima, std::span<const std::int32_t> languages,
                                  double threshold) {
  const double n_rows =
      static_cast<double>(maxima.n_rows()) * static_cast<double>(languages.size());
  std::vector<double> shares(static_cast<std::size_t>(maxima.n_features));
  for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
    std::ptrdiff_t above = 0;
    for (const auto language : languages) {
      const auto values = maxima.column(language, feature).values;
      above += std::count_if(values.begin(), values.end(),
                             [&](float x) { return static_cast<double>(x) > threshold; });
    }
    shares[static_cast<std::size_t>(feature)] =
        n_rows > 0 ? static_cast<double>(above) / n_rows : 0.0;
  }
  std::sort(shares.begin(), shares.end(), std::greater<>());
  return shares;
}

GroupStatistics group_statistics(const Maxima& maxima, std::string name,
                                 std::span<const std::int32_t> languages,
                                 const ThresholdState::Result& thresholds) {
  GroupStatistics group{.group = std::move(name), .series = {}};
  const auto add = [&](std::string series_name, double value) {
    group.series.push_back(
        {std::move(series_name), value, sorted_shares(maxima, languages, value)});
  };
  add("mean", thresholds.mean);
  for (std::size_t i = 0; i < kQuantiles.size(); ++i) {
    add(fmt::format("q_{}", kQuantiles[i]), thresholds.quantiles[i]);
  }
  return group;
}

}  // namespace

std::vector<GroupStatistics> threshold_series(const Maxima& maxima,
                                              std::span<const ThresholdState::Result> thresholds) {
  assert(thresholds.size() == maxima.languages.size() + 1);
  std::vector<std::int32_t> all;
  for (std::int32_t language = 0; language < maxima.n_languages(); ++language) {
    all.push_back(language);
  }
  std::vector<GroupStatistics> groups = {group_statistics(maxima, "global", all, thresholds[0])};
  for (std::size_t language = 0; language < maxima.languages.size(); ++language) {
    groups.push_back(group_statistics(maxima, maxima.languages[language],
                                      std::span(all).subspan(language, 1),
                                      thresholds[language + 1]));
  }
  return groups;
}

std::string statistics_json(std::span<const GroupStatistics> groups) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& group : groups) {
    auto& entry = json[group.group];
    for (const auto& series : group.series) {
      // json_text writes the NaN of a group without activations as null.
      entry[series.name] = {{"value", series.value}, {"series", series.shares}};
    }
  }
  return json_text(json) + '\n';
}

}  // namespace isogloss
