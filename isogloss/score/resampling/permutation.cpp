#include "isogloss/score/resampling/permutation.h"

#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cassert>
#include <limits>

#include "isogloss/score/resampling/kappa_statistic_internal.h"
#include "isogloss/score/resampling/permuted_overlap_internal.h"
#include "isogloss/score/resampling/sequential_fdr_internal.h"

namespace isogloss {
namespace {

/// A feature that is tested.
struct Hypothesis {
  std::int32_t feature;
  double threshold;             ///< draws at or above it are exceedances
  std::vector<double> weights;  ///< from KappaStatistic
};

/// Some of one hypothesis's draws. How a round is cut into these depends only on its size.
struct Piece {
  std::int32_t hypothesis;
  std::int64_t first;  ///< number of the first permutation
  std::int64_t count;
};

using Gatherers = tbb::enumerable_thread_specific<StratumGatherer>;

std::vector<Hypothesis> find_hypotheses(const Maxima& maxima, Gatherers& gatherers,
                                        const RunControl& control) {
  std::vector<std::optional<Hypothesis>> of_feature(static_cast<std::size_t>(maxima.n_features));
  tbb::parallel_for(std::int32_t{0}, maxima.n_features, [&](std::int32_t feature) {
    control.throw_if_stopped();
    const auto columns = firing_columns(maxima, feature);
    if (columns.size() < 2) return;
    const auto statistic = kappa_statistic(columns, gatherers.local());
    if (statistic.n_pairs == 0) return;
    of_feature[static_cast<std::size_t>(feature)] = {feature, statistic.threshold(columns),
                                                     statistic.weights};
  });
  std::vector<Hypothesis> hypotheses;
  for (auto& hypothesis : of_feature) {
    if (hypothesis) hypotheses.push_back(std::move(*hypothesis));
  }
  return hypotheses;
}

/// The number of `count` draws that reach the threshold.
template <class RePairing>
std::int64_t count_exceedances(RePairing& re_pairing, double scale, double threshold,
                               std::int64_t count, Random random) {
  std::int64_t exceedances = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    exceedances += scale * re_pairing.draw(random) >= threshold;
  }
  return exceedances;
}

std::int64_t draw_piece(const Maxima& maxima, const Hypothesis& hypothesis, const Piece& piece,
                        std::uint64_t seed, StratumGatherer& gatherer) {
  const auto columns = firing_columns(maxima, hypothesis.feature);
  const Random random(seed, static_cast<std::uint64_t>(hypothesis.feature),
                      static_cast<std::uint64_t>(piece.first));
  if (columns.size() == 2) {
    PermutedPair re_pairing(columns[0], columns[1], gatherer);
    return count_exceedances(re_pairing, hypothesis.weights[1], hypothesis.threshold, piece.count,
                             random);
  }
  PermutedLanguages re_pairing(columns, hypothesis.weights, gatherer);
  return count_exceedances(re_pairing, 1, hypothesis.threshold, piece.count, random);
}

/// Pieces are large enough to justify gathering the feature's columns, and small enough to share
/// among threads.
std::vector<Piece> pieces_of_round(const SequentialFdr& test) {
  constexpr std::int64_t kPiece = 2000;
  std::vector<Piece> pieces;
  for (const auto hypothesis : test.open()) {
    for (auto first = test.drawn(); first < test.target(); first += kPiece) {
      pieces.push_back({hypothesis, first, std::min(kPiece, test.target() - first)});
    }
  }
  return pieces;
}

void draw_round(const Maxima& maxima, const std::vector<Hypothesis>& hypotheses,
                const std::vector<Piece>& pieces, std::uint64_t seed, Gatherers& gatherers,
                const RunControl& control, std::vector<std::int64_t>& exceedances) {
  std::vector<std::int64_t> of_piece(pieces.size());
  tbb::parallel_for(std::size_t{0}, pieces.size(), [&](std::size_t i) {
    control.throw_if_stopped();
    const auto& hypothesis = hypotheses[static_cast<std::size_t>(pieces[i].hypothesis)];
    of_piece[i] = draw_piece(maxima, hypothesis, pieces[i], seed, gatherers.local());
  });
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    exceedances[static_cast<std::size_t>(pieces[i].hypothesis)] += of_piece[i];
  }
}

}  // namespace

PermutationResult permutation_p_values(const Maxima& maxima, const Strata& strata,
                                       const PermutationOptions& options,
                                       const RunControl& control) {
  const auto n_features = static_cast<std::size_t>(maxima.n_features);
  PermutationResult result;
  result.p.resize(n_features);
  result.n_permutations.resize(n_features);
  result.exceedances.resize(n_features);
  result.decided.resize(n_features);
  if (options.max_permutations == 0) return result;
  assert(options.max_permutations <= std::numeric_limits<std::int32_t>::max());

  Gatherers gatherers([&] { return StratumGatherer(strata); });
  const auto hypotheses = find_hypotheses(maxima, gatherers, control);
  const auto n_hypotheses = static_cast<std::int64_t>(hypotheses.size());
  SequentialFdr test(hypotheses.size(), options);
  std::vector<std::int64_t> exceedances(hypotheses.size());
  std::vector<std::int64_t> n_drawn(hypotheses.size());
  while (!test.open().empty()) {
    for (const auto i : test.open()) n_drawn[static_cast<std::size_t>(i)] = test.target();
    draw_round(maxima, hypotheses, pieces_of_round(test), options.seed, gatherers, control,
               exceedances);
    test.end_round(exceedances);
    const auto n_open = static_cast<std::int64_t>(test.open().size());
    control.report({.stage = "permutations",
                    .unit = "features",
                    .done = n_hypotheses - n_open,
                    .total = n_hypotheses});
  }
  const auto decided = test.decided();
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const auto feature = static_cast<std::size_t>(hypotheses[i].feature);
    result.n_permutations[feature] = static_cast<std::int32_t>(n_drawn[i]);
    result.exceedances[feature] = static_cast<std::int32_t>(exceedances[i]);
    result.p[feature] =
        static_cast<double>(exceedances[i] + 1) / static_cast<double>(n_drawn[i] + 1);
    result.decided[feature] = decided[i];
  }
  return result;
}

}  // namespace isogloss
