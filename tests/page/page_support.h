// Report pages of small results, and the data in them.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "isogloss/score/agreement/feature_pairs.h"
#include "isogloss/stats/statistics.h"
#include "tests/support/small_result.h"

namespace isogloss {

/// Two thresholds a group; shares fall as 1, 1/2, 1/3 …
std::vector<GroupStatistics> made_up_statistics(const SmallResult& result);

/// pairs.parquet as scoring writes it; returns its rows.
std::vector<PairScores> write_pairs(const SmallResult& result);

std::string read_page(const SmallResult& result);

/// Writes the page of result.table(), and pairs.parquet first if it is not there.
std::string write_page(const SmallResult& result);

/// What stands in the place of the data.
std::string data_of(const std::string& page);

std::vector<std::string> keys(const nlohmann::json& object);

}  // namespace isogloss
