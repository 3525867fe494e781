#include "isogloss/score/artefacts/agreement_controls.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "isogloss/numeric/mean.h"
#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/agreement/prepared_column.h"
#include "isogloss/score/cofiring/common_rows.h"
#include "isogloss/stats/profile_file.h"

namespace isogloss {
namespace {

constexpr std::int32_t kFeaturesPerReport = 1024;

/// A column with its own storage. It has no positions, since κ needs none.
struct PartColumn {
  std::vector<std::int32_t> rows;
  std::vector<float> values;
  bool changed = false;  ///< differs from the whole column

  SparseColumn view() const { return {rows, values, {}}; }
  void append(std::int32_t row, float value) {
    if (value == 0) return;
    rows.push_back(row);
    values.push_back(value);
  }
};

PartColumn without_shared_words(const Maxima& maxima, const PartMaxima& parts,
                                std::int32_t language, std::int32_t feature) {
  const auto column = maxima.column(language, feature);
  const auto begin = maxima.by_language[static_cast<std::size_t>(language)]
                         .offsets[static_cast<std::size_t>(feature)];
  auto next = std::ranges::lower_bound(parts.unshared, begin, {}, [](const auto& unshared) {
    return static_cast<std::int64_t>(unshared.entry);
  });
  PartColumn result;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const bool replaced =
        next != parts.unshared.end() && next->entry == static_cast<std::size_t>(begin) + i;
    result.changed = result.changed || replaced;
    result.append(column.rows[i], replaced ? next->value : column.values[i]);
    if (replaced) ++next;
  }
  return result;
}

std::optional<double> agreement_unshared(const Maxima& maxima, std::span<const PartMaxima> parts,
                                         std::int32_t feature) {
  std::vector<PartColumn> columns;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    if (maxima.column(l, feature).size() == 0) continue;
    columns.push_back(without_shared_words(maxima, parts[static_cast<std::size_t>(l)], l, feature));
  }
  Mean mean;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t j = i + 1; j < columns.size(); ++j) {
      const auto kappa =
          pair_agreement(columns[i].view(), columns[j].view(), maxima.n_rows()).kappa;
      if (kappa || columns[i].changed || columns[j].changed) mean.add(kappa.value_or(0));
    }
  }
  return mean.value();
}

std::optional<double> half_agreement(const Maxima& maxima, const PartMaxima& parts,
                                     std::int32_t language, std::int32_t feature) {
  const auto column = maxima.column(language, feature);
  const auto begin = static_cast<std::size_t>(maxima.by_language[static_cast<std::size_t>(language)]
                                                  .offsets[static_cast<std::size_t>(feature)]);
  PartColumn even;
  PartColumn odd;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const bool is_odd = parts.peak_is_odd(begin + i);
    const float other = parts.other_half[begin + i];
    even.append(column.rows[i], is_odd ? other : column.values[i]);
    odd.append(column.rows[i], is_odd ? column.values[i] : other);
  }
  return pair_agreement(even.view(), odd.view(), maxima.n_rows()).kappa;
}

std::optional<double> noise_ceiling(const Maxima& maxima, std::span<const PartMaxima> parts,
                                    std::int32_t feature) {
  Mean mean;
  for (std::int32_t l = 0; l < maxima.n_languages(); ++l) {
    mean.add(half_agreement(maxima, parts[static_cast<std::size_t>(l)], l, feature));
  }
  return mean.value();
}

std::optional<double> agreement_within(const Maxima& maxima, std::int32_t feature,
                                       const Strata& strata) {
  const auto columns = prepare_feature(maxima, feature, strata);
  return mean_over_pairs(columns, [&](const PreparedColumn& a, const PreparedColumn& b) {
    return chance_corrected(common_mass(a, b).overlap, overlap_bounds(a, b, strata).expected);
  });
}

}  // namespace

AgreementControls agreement_controls(const Maxima& maxima, std::span<const PartMaxima> parts,
                                     const Strata& by_length, const RunControl& control) {
  AgreementControls scores;
  for (auto* column :
       {&scores.agreement_unshared, &scores.noise_ceiling, &scores.agreement_length}) {
    column->resize(static_cast<std::size_t>(maxima.n_features));
  }
  for (std::int32_t first = 0; first < maxima.n_features; first += kFeaturesPerReport) {
    control.throw_if_stopped();
    const auto end = std::min(first + kFeaturesPerReport, maxima.n_features);
    tbb::parallel_for(first, end, [&](std::int32_t feature) {
      const auto f = static_cast<std::size_t>(feature);
      scores.agreement_unshared[f] = agreement_unshared(maxima, parts, feature);
      scores.noise_ceiling[f] = noise_ceiling(maxima, parts, feature);
      scores.agreement_length[f] = agreement_within(maxima, feature, by_length);
    });
    control.report({"profile", "features", end, maxima.n_features});
  }
  return scores;
}

std::optional<FeatureProfiles> read_profiles(const ResultFolder& folder, std::int32_t n_features,
                                             std::int32_t n_rows,
                                             const std::vector<std::string>& languages) {
  auto tokens = read_token_profile(folder, n_features, n_rows, languages);
  if (!tokens) return std::nullopt;
  auto parts = read_agreement_controls(folder, n_features);
  if (!parts) return std::nullopt;
  return FeatureProfiles{std::move(*tokens), std::move(*parts)};
}

FeatureProfiles profile_features(const ResultFolder& folder, const Maxima& maxima,
                                 const RowTraits& traits, const RunControl& control) {
  auto profiled = compute_token_profile(folder, maxima, control);
  FeatureProfiles profiles{
      std::move(profiled.profile),
      agreement_controls(maxima, profiled.parts, make_strata(traits, NullModel::kLength), control)};
  write_agreement_controls(folder, profiles.parts);
  write_token_profile(folder, profiles.tokens);
  return profiles;
}

}  // namespace isogloss
