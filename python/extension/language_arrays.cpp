#include "python/extension/language_arrays.h"

#include <fmt/format.h>

#include <cmath>
#include <numeric>
#include <span>

#include "isogloss/core/error.h"

namespace isogloss::python {
namespace {

/// Where an activation stands, for messages.
struct Place {
  const std::string& language;
  std::int32_t row;
  std::size_t feature;
};

void check_entry(const Place& place, std::int32_t previous_row, std::int32_t n_sentences,
                 float value) {
  if (place.row < 0 || place.row >= n_sentences || place.row <= previous_row) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: the sentences of feature {} do not ascend from 0 to {}; give a "
                            "matrix whose indices are sorted and none twice",
                            place.language, place.feature, n_sentences - 1));
  }
  if (!std::isfinite(value) || value < 0) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: sentence {} has {} for feature {}; give what the SAE's activation "
                            "function gives, which is 0 or more",
                            place.language, place.row, value, place.feature));
  }
}

LanguageMaxima language_maxima(const LanguageArrays& arrays, std::int32_t n_sentences,
                               std::int32_t n_features) {
  const auto& [language, indptr, indices, data] = arrays;
  const std::span ends(indptr.data(), indptr.size());
  const std::span rows(indices.data(), indices.size());
  const std::span values(data.data(), data.size());
  if (ends.size() != static_cast<std::size_t>(n_features) + 1 || ends.front() != 0 ||
      rows.size() != values.size() || static_cast<std::size_t>(ends.back()) != rows.size()) {
    throw Error(ErrorCode::kUsage, fmt::format("{}: the arrays are no CSC matrix of {} features",
                                               language, n_features));
  }
  LanguageMaxima maxima;
  maxima.offsets.reserve(ends.size());
  maxima.offsets.push_back(0);
  maxima.rows.reserve(rows.size());
  maxima.values.reserve(rows.size());
  for (std::size_t feature = 0; feature + 1 < ends.size(); ++feature) {
    if (ends[feature + 1] < ends[feature] || ends[feature + 1] > ends.back()) {
      throw Error(ErrorCode::kUsage, fmt::format("{}: indptr does not ascend", language));
    }
    std::int32_t previous = -1;
    for (auto i = static_cast<std::size_t>(ends[feature]);
         i < static_cast<std::size_t>(ends[feature + 1]); ++i) {
      check_entry({language, rows[i], feature}, previous, n_sentences, values[i]);
      previous = rows[i];
      if (values[i] == 0) continue;
      maxima.rows.push_back(rows[i]);
      maxima.values.push_back(values[i]);
    }
    maxima.offsets.push_back(static_cast<std::int64_t>(maxima.rows.size()));
  }
  maxima.positions.resize(maxima.rows.size());  // no score of a feature looks at them
  return maxima;
}

}  // namespace

Maxima maxima_of(const std::vector<LanguageArrays>& languages, std::int32_t n_sentences,
                 std::int32_t n_features) {
  if (languages.size() < 2) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{} language is given; scores compare two or more", languages.size()));
  }
  Maxima maxima;
  maxima.n_features = n_features;
  maxima.samples.resize(static_cast<std::size_t>(n_sentences));
  std::iota(maxima.samples.begin(), maxima.samples.end(), 0);
  for (const auto& arrays : languages) {
    maxima.languages.push_back(std::get<0>(arrays));
    maxima.by_language.push_back(language_maxima(arrays, n_sentences, n_features));
  }
  return maxima;
}

}  // namespace isogloss::python
