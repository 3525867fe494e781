#include "isogloss/validation/sentence_permutation.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

#include "isogloss/numeric/random_draws.h"

namespace isogloss {
namespace {

/// A copy of everything except the entries.
Maxima without_entries(const Maxima& maxima) {
  Maxima result;
  result.n_features = maxima.n_features;
  result.samples = maxima.samples;
  result.languages = maxima.languages;
  result.by_language.resize(maxima.by_language.size());
  return result;
}

/// Builds a language feature by feature.
class LanguageBuilder {
 public:
  explicit LanguageBuilder(LanguageMaxima& to) : to_(to) { to_.offsets.assign(1, 0); }

  void add(std::int32_t row, float value, std::int32_t position) {
    to_.rows.push_back(row);
    to_.values.push_back(value);
    to_.positions.push_back(position);
  }
  void end_feature() { to_.offsets.push_back(static_cast<std::int64_t>(to_.rows.size())); }

 private:
  LanguageMaxima& to_;
};

template <class T>
std::vector<T> pick(const std::vector<T>& values, std::span<const std::int32_t> rows) {
  std::vector<T> picked;
  if (values.empty()) return picked;
  picked.reserve(rows.size());
  for (const auto row : rows) picked.push_back(values[static_cast<std::size_t>(row)]);
  return picked;
}

/// Where each row goes when rows are permuted at random within strata.
std::vector<std::int32_t> shuffle_within(const Strata& strata, Random& random) {
  std::vector<std::vector<std::int32_t>> members(static_cast<std::size_t>(strata.n_strata()));
  for (std::int32_t row = 0; row < strata.n_rows(); ++row) {
    members[static_cast<std::size_t>(strata.of_row[static_cast<std::size_t>(row)])].push_back(row);
  }
  std::vector<std::int32_t> to(strata.of_row.size());
  for (const auto& rows : members) {
    const auto order = random_permutation(static_cast<std::int32_t>(rows.size()), random);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      to[static_cast<std::size_t>(rows[i])] = rows[static_cast<std::size_t>(order[i])];
    }
  }
  return to;
}

LanguageMaxima permuted(const Maxima& maxima, std::int32_t language,
                        std::span<const std::int32_t> to) {
  LanguageMaxima result = maxima.by_language[static_cast<std::size_t>(language)];
  std::vector<std::size_t> order;
  for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
    const auto column = maxima.column(language, feature);
    order.resize(column.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto goes_to = [&](std::size_t i) {
      return to[static_cast<std::size_t>(column.rows[i])];
    };
    std::sort(order.begin(), order.end(),
              [&](std::size_t a, std::size_t b) { return goes_to(a) < goes_to(b); });
    auto next = static_cast<std::size_t>(result.offsets[static_cast<std::size_t>(feature)]);
    for (const auto i : order) {
      result.rows[next] = goes_to(i);
      result.values[next] = column.values[i];
      result.positions[next++] = column.positions[i];
    }
  }
  return result;
}

}  // namespace

MaximaWithTraits select_rows(const MaximaWithTraits& observed, std::span<const std::int32_t> rows) {
  const auto& maxima = observed.maxima;
  assert(std::is_sorted(rows.begin(), rows.end()));
  MaximaWithTraits result{without_entries(maxima), {}};
  result.maxima.samples = pick(maxima.samples, rows);
  std::vector<std::int32_t> new_row(maxima.samples.size(), -1);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    new_row[static_cast<std::size_t>(rows[i])] = static_cast<std::int32_t>(i);
  }
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    LanguageBuilder builder(result.maxima.by_language[static_cast<std::size_t>(l)]);
    for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
      const auto column = maxima.column(l, feature);
      for (std::size_t i = 0; i < column.size(); ++i) {
        const auto row = new_row[static_cast<std::size_t>(column.rows[i])];
        if (row >= 0) builder.add(row, column.values[i], column.positions[i]);
      }
      builder.end_feature();
    }
  }
  result.traits.document = pick(observed.traits.document, rows);
  for (const auto& lengths : observed.traits.n_tokens) {
    result.traits.n_tokens.push_back(pick(lengths, rows));
  }
  return result;
}

Maxima permute_rows(const Maxima& maxima, std::span<const std::vector<std::int32_t>> to) {
  Maxima result = without_entries(maxima);
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    const auto language = static_cast<std::size_t>(l);
    result.by_language[language] =
        to[language].empty() ? maxima.by_language[language] : permuted(maxima, l, to[language]);
  }
  return result;
}

MaximaWithTraits permute_sentences(const MaximaWithTraits& observed, const Strata& strata,
                                   Random& random) {
  std::vector<std::vector<std::int32_t>> to(observed.maxima.languages.size());
  for (std::size_t l = 1; l < to.size(); ++l) to[l] = shuffle_within(strata, random);
  return {permute_rows(observed.maxima, to), observed.traits};
}

Maxima with_values(const Maxima& maxima, std::span<const std::vector<float>> values) {
  Maxima result = without_entries(maxima);
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    const auto language = static_cast<std::size_t>(l);
    const auto& from = maxima.by_language[language];
    LanguageBuilder builder(result.by_language[language]);
    for (std::int32_t feature = 0; feature < maxima.n_features; ++feature) {
      const auto end =
          static_cast<std::size_t>(from.offsets[static_cast<std::size_t>(feature) + 1]);
      for (auto i = static_cast<std::size_t>(from.offsets[static_cast<std::size_t>(feature)]);
           i < end; ++i) {
        const float value = values[language][i];
        if (value > 0) builder.add(from.rows[i], value, from.positions[i]);
      }
      builder.end_feature();
    }
  }
  return result;
}

}  // namespace isogloss
