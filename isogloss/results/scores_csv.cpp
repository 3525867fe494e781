#include "isogloss/results/scores_csv.h"

#include <fmt/format.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

/// A field as RFC 4180 quotes it: language codes and tokens may hold anything.
std::string quoted(const std::string& field) {
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string result = "\"";
  for (const char c : field) {
    if (c == '"') result += '"';
    result += c;
  }
  return result + '"';
}

void append(std::string& csv, const std::string& value) { csv += quoted(value); }
void append(std::string& csv, std::uint8_t value) { csv += value != 0 ? "true" : "false"; }
void append(std::string& csv, std::int32_t value) {
  fmt::format_to(std::back_inserter(csv), "{}", value);
}
void append(std::string& csv, double value) {
  fmt::format_to(std::back_inserter(csv), "{:.17g}", value);
}
void append(std::string& csv, float value) { append(csv, static_cast<double>(value)); }
template <class T>
void append(std::string& csv, const std::optional<T>& value) {
  if (value) append(csv, *value);
}

constexpr std::int32_t kFeaturesPerBlock = 1024;

std::string lines_of(const ScoreTable& table, std::int32_t first, std::int32_t end) {
  std::string csv;
  for (auto feature = first; feature < end; ++feature) {
    append(csv, feature);
    visit_score_columns(table, [&](const std::string&, const auto& column) {
      csv += ',';
      append(csv, column[static_cast<std::size_t>(feature)]);
    });
    csv += '\n';
  }
  return csv;
}

}  // namespace

std::string scores_csv(const ScoreTable& table) {
  const auto n_features = table.n_features();
  std::vector<std::string> blocks(
      static_cast<std::size_t>((n_features + kFeaturesPerBlock - 1) / kFeaturesPerBlock));
  tbb::parallel_for(std::size_t{0}, blocks.size(), [&](std::size_t block) {
    const auto first = static_cast<std::int32_t>(block) * kFeaturesPerBlock;
    blocks[block] = lines_of(table, first, std::min(first + kFeaturesPerBlock, n_features));
  });
  std::string csv = "feature";
  visit_score_columns(table, [&](const std::string& name, const auto&) {
    csv += ',';
    csv += quoted(name);
  });
  csv += '\n';
  for (const auto& block : blocks) csv += block;
  return csv;
}

}  // namespace isogloss
