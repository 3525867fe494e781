#include "tests/page/page_support.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "isogloss/page/page.h"
#include "isogloss/page/page_template.h"
#include "isogloss/results/pairs_file.h"

namespace isogloss {

std::vector<GroupStatistics> made_up_statistics(const SmallResult& result) {
  std::vector<GroupStatistics> groups;
  std::vector<std::string> names = {"global"};
  names.insert(names.end(), result.languages().begin(), result.languages().end());
  for (const auto& name : names) {
    std::vector<double> shares;
    for (std::int32_t i = 0; i < result.manifest.n_features; ++i) shares.push_back(1.0 / (1 + i));
    groups.push_back({name, {{"mean", 12.3456789, shares}, {"q_0.5", 9, shares}}});
  }
  return groups;
}

std::vector<PairScores> write_pairs(const SmallResult& result) {
  std::vector<PairScores> all;
  PairsWriter writer(result.folder, result.languages());
  const auto maxima = result.maxima();
  const auto take = [&](std::span<const PairScores> pairs) {
    writer.append(pairs);
    all.insert(all.end(), pairs.begin(), pairs.end());
  };
  score_features({.maxima = maxima, .take_pairs = take}, {.max_permutations = 0, .n_bootstrap = 0},
                 RunControl{});
  writer.finish();
  return all;
}

std::string read_page(const SmallResult& result) {
  std::ifstream file(result.folder.report(), std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

std::string write_page(const SmallResult& result) {
  if (!std::filesystem::exists(result.folder.pairs_parquet())) write_pairs(result);
  write_report(result.folder, result.manifest, result.table(), made_up_statistics(result),
               result.maxima(), {});
  return read_page(result);
}

std::string data_of(const std::string& page) {
  const auto frame = report_template();
  EXPECT_TRUE(page.starts_with(frame.head));
  EXPECT_TRUE(page.ends_with(frame.end));
  const auto data = page.substr(frame.head.size(), page.size() - frame.size());
  EXPECT_EQ(page, frame.filled(data));
  return data;
}

std::vector<std::string> keys(const nlohmann::json& object) {
  std::vector<std::string> names;
  for (const auto& [name, value] : object.items()) names.push_back(name);
  return names;
}

}  // namespace isogloss
