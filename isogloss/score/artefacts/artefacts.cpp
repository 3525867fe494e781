#include "isogloss/score/artefacts/artefacts.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>

namespace isogloss {
namespace {

/// Sentence lengths in one language, minus their mean.
struct CentredLengths {
  std::vector<double> of_row;
  double squares = 0;  ///< Σ of_row²
};

CentredLengths centre(const std::vector<std::int32_t>& lengths) {
  CentredLengths centred;
  const double mean =
      std::accumulate(lengths.begin(), lengths.end(), 0.0) / static_cast<double>(lengths.size());
  for (const auto length : lengths) {
    centred.of_row.push_back(length - mean);
    centred.squares += centred.of_row.back() * centred.of_row.back();
  }
  return centred;
}

/// Σ (x − x̄)(y − ȳ) / √(Σ(x − x̄)² Σ(y − ȳ)²) over all rows. It costs only the non-zeros: since
/// Σ(y − ȳ) = 0, the numerator is Σ x (y − ȳ). Absent if x or y does not vary.
std::optional<double> length_correlation(const SparseColumn& column,
                                         const CentredLengths& lengths) {
  const auto n = static_cast<double>(lengths.of_row.size());
  const double mean = std::accumulate(column.values.begin(), column.values.end(), 0.0) / n;
  double covariance = 0;
  double squares = (n - static_cast<double>(column.size())) * mean * mean;
  double scale = 0;
  for (std::size_t i = 0; i < column.size(); ++i) {
    const double x = column.values[i];
    covariance += x * lengths.of_row[static_cast<std::size_t>(column.rows[i])];
    squares += (x - mean) * (x - mean);
    scale += x * x;
  }
  // A column that is constant up to rounding has no correlation.
  constexpr double kRounding = 1e-24;
  if (squares <= kRounding * scale || lengths.squares == 0) return std::nullopt;
  return std::clamp(covariance / std::sqrt(squares * lengths.squares), -1.0, 1.0);
}

double ratio(double part, double whole) { return part / whole; }

class ArtefactFinder {
 public:
  ArtefactFinder(const Maxima& maxima, const RowTraits& traits, const FeatureProfiles& profiles,
                 const ScoredColumns& scores)
      : maxima_(maxima), profiles_(profiles), scores_(scores) {
    for (const auto& lengths : traits.n_tokens) lengths_.push_back(centre(lengths));
    const auto n = static_cast<std::size_t>(maxima.n_features);
    visit_artefact_columns(found_, [n](const ColumnInfo&, auto& column) { column.resize(n); });
    found_.top_token.assign(maxima.languages.size(), std::vector<std::string>(n));
    found_.top_token_share_of.assign(maxima.languages.size(), OptionalColumn(n));
    found_.agreement_unshared = profiles.parts.agreement_unshared;
    found_.noise_ceiling = profiles.parts.noise_ceiling;
    found_.agreement_length = profiles.parts.agreement_length;
  }

  Artefacts find() && {
    tbb::parallel_for(std::int32_t{0}, maxima_.n_features, [&](std::int32_t feature) {
      std::vector<std::size_t> firing;
      for (std::int32_t l = 0; l < maxima_.n_languages(); ++l) {
        if (maxima_.column(l, feature).size() > 0) firing.push_back(static_cast<std::size_t>(l));
      }
      if (firing.empty()) return;
      fill_columns(feature, firing);
      raise_flags(feature, firing);
    });
    return std::move(found_);
  }

 private:
  void fill_columns(std::int32_t feature, std::span<const std::size_t> firing);
  void raise_flags(std::int32_t feature, std::span<const std::size_t> firing);

  const Maxima& maxima_;
  const FeatureProfiles& profiles_;
  const ScoredColumns& scores_;
  std::vector<CentredLengths> lengths_;
  Artefacts found_;
};

void ArtefactFinder::fill_columns(std::int32_t feature, std::span<const std::size_t> firing) {
  const auto f = static_cast<std::size_t>(feature);
  double shared = 0;
  double punctuation = 0;
  double edge = 0;
  double density = 0;
  double correlation = 0;
  double n_correlations = 0;
  double rates = 0;
  double largest_rate = 0;
  for (const auto language : firing) {
    const auto& profile = profiles_.tokens.by_language[language];
    const auto column = maxima_.column(static_cast<std::int32_t>(language), feature);
    shared += ratio(profile.shared_mass[f], profile.totals.mass[f]);
    punctuation += ratio(profile.punctuation_peaks[f], profile.n_peaks[f]);
    edge += ratio(profile.edge_peaks[f], profile.n_peaks[f]);
    density = std::max(density, ratio(static_cast<double>(column.size()), maxima_.n_rows()));
    if (const auto r = length_correlation(column, lengths_[language])) {
      correlation += *r;
      ++n_correlations;
    }
    const double rate = ratio(static_cast<double>(profile.totals.firing[f]),
                              static_cast<double>(profile.totals.n_tokens));
    rates += rate;
    largest_rate = std::max(largest_rate, rate);
    const auto& top = profile.top_token[f];
    found_.top_token[language][f] = profiles_.tokens.texts[static_cast<std::size_t>(top.token)];
    found_.top_token_share_of[language][f] = top.share;
    if (static_cast<double>(column.size()) >= kLeastSupport) {
      found_.top_token_share[f] = std::max(found_.top_token_share[f].value_or(0), top.share);
    }
  }
  const auto n = static_cast<double>(firing.size());
  found_.shared_mass[f] = shared / n;
  found_.punctuation_share[f] = punctuation / n;
  found_.edge_share[f] = edge / n;
  found_.density[f] = density;
  if (n_correlations > 0) found_.length_correlation[f] = correlation / n_correlations;
  found_.language_share[f] = largest_rate / rates;
}

void ArtefactFinder::raise_flags(std::int32_t feature, std::span<const std::size_t> firing) {
  auto fewest = std::numeric_limits<std::int64_t>::max();
  for (const auto language : firing) {
    const auto column = maxima_.column(static_cast<std::int32_t>(language), feature);
    fewest = std::min(fewest, static_cast<std::int64_t>(column.size()));
  }
  const FlagInput input{found_, scores_, static_cast<std::size_t>(feature), fewest};
  for (std::size_t i = 0; i < flags().size(); ++i) {
    found_.flags[i][input.feature] = flags()[i]->raised(input) ? 1 : 0;
  }
}

}  // namespace

Artefacts find_artefacts(const Maxima& maxima, const RowTraits& traits,
                         const FeatureProfiles& profiles, const ScoredColumns& scores) {
  [[maybe_unused]] const auto n = static_cast<std::size_t>(maxima.n_features);
  assert(scores.agreement.size() == n && scores.overlap_expected.size() == n &&
         scores.overlap_expected_stratified.size() == n && scores.n_eff.size() == n);
  assert(traits.n_rows() == maxima.n_rows());
  return ArtefactFinder(maxima, traits, profiles, scores).find();
}

}  // namespace isogloss
