#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/json_depth.h"
#include "isogloss/stats/statistics.h"

namespace isogloss {
namespace {

using Json = nlohmann::ordered_json;  // ordered, since thresholds are drawn in the order in which
                                      // they were written

ThresholdSeries read_series(const std::string& name, const Json& json) {
  ThresholdSeries series;
  series.name = name;
  const auto& value = json.at("value");
  series.value = value.is_null() ? std::numeric_limits<double>::quiet_NaN() : value.get<double>();
  series.shares = json.at("series").get<std::vector<double>>();
  return series;
}

}  // namespace

std::vector<GroupStatistics> read_statistics(const std::filesystem::path& path,
                                             std::span<const std::string> languages) {
  const MappedFile file(path);
  if (nests_too_deep(file.text())) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: not the statistics of this run (it nests more than {} deep); run "
                            "isogloss score again",
                            path.string(), kMaxJsonDepth));
  }
  try {
    const auto json = Json::parse(file.text());
    std::vector<std::string> names{"global"};
    names.insert(names.end(), languages.begin(), languages.end());
    std::vector<GroupStatistics> groups;
    for (const auto& name : names) {
      GroupStatistics group{name, {}};
      for (const auto& [threshold, series] : json.at(name).items()) {
        group.series.push_back(read_series(threshold, series));
      }
      groups.push_back(std::move(group));
    }
    return groups;
  } catch (const Json::exception& error) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: not the statistics of this run ({}); run isogloss score again",
                            path.string(), error.what()));
  }
}

}  // namespace isogloss
