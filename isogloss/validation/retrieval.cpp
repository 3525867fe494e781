#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>

#include "isogloss/numeric/random_draws.h"
#include "isogloss/validation/mexa.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::uint64_t kRowStream = 3'000;
constexpr std::uint64_t kDrawStream = 3'001;
constexpr std::array<std::size_t, 7> kCounts = {16, 32, 64, 128, 256, 512, 1024};
constexpr std::int32_t kMostSentences = 5'000;  // the cost of the cosines grows with the square
constexpr std::size_t kDeciles = 10;

std::span<const std::size_t> counts_up_to(std::size_t n_features) {
  const auto end = std::upper_bound(kCounts.begin(), kCounts.end(), n_features);
  return {kCounts.begin(), end};
}

/// For each feature, the mean over languages of the share of sentences on which it fires.
std::vector<double> densities(const ScoreTable& table) {
  std::vector<double> result(table.alive.size());
  const double n = static_cast<double>(table.n_rows) * static_cast<double>(table.active.size());
  for (const auto& active : table.active) {
    for (std::size_t f = 0; f < result.size(); ++f) result[f] += active[f] / n;
  }
  return result;
}

std::vector<std::int32_t> live_features(const ScoreTable& table) {
  std::vector<std::int32_t> live;
  for (std::int32_t f = 0; f < table.n_features(); ++f) {
    if (table.alive[static_cast<std::size_t>(f)]) live.push_back(f);
  }
  return live;
}

/// Live features in deciles by density.
class DensityDeciles {
 public:
  DensityDeciles(const ScoreTable& table, const std::vector<double>& density)
      : decile_of_(table.alive.size()) {
    auto live = live_features(table);
    std::stable_sort(live.begin(), live.end(), [&](std::int32_t a, std::int32_t b) {
      return density[static_cast<std::size_t>(a)] < density[static_cast<std::size_t>(b)];
    });
    for (std::size_t i = 0; i < live.size(); ++i) {
      const auto decile = i * kDeciles / live.size();
      decile_of_[static_cast<std::size_t>(live[i])] = decile;
      members_[decile].push_back(live[i]);
    }
  }

  /// Draws as many random features of each decile as `like` has, in its order and without repeats.
  /// `like` holds live features.
  std::vector<std::int32_t> draw(std::span<const std::int32_t> like, Random& random) const {
    std::array<std::vector<std::int32_t>, kDeciles> order;
    for (std::size_t d = 0; d < kDeciles; ++d) {
      order[d] = random_permutation(static_cast<std::int32_t>(members_[d].size()), random);
    }
    std::array<std::size_t, kDeciles> next{};
    std::vector<std::int32_t> drawn;
    for (const auto feature : like) {
      const auto d = decile_of_[static_cast<std::size_t>(feature)];
      drawn.push_back(members_[d][static_cast<std::size_t>(order[d][next[d]++])]);
    }
    return drawn;
  }

 private:
  std::vector<std::size_t> decile_of_;
  std::array<std::vector<std::int32_t>, kDeciles> members_;
};

/// One feature set for all language pairs: a label and the order in which features enter.
struct FeatureSet {
  std::string score;
  std::string condition;
  FeatureOrder order;
  bool whole = false;  ///< all features at once instead of the first k
};

/// Live features with one weight each: max(0, score) …
FeatureOrder weighted_by_value(const std::vector<std::int32_t>& live,
                               std::span<const double> value) {
  FeatureOrder order{live, {}};
  for (const auto f : live)
    order.weights.push_back(std::max(0.0, value[static_cast<std::size_t>(f)]));
  return order;
}

/// … or the share of live features below it, which uses the ranking in the same way for every
/// score.
FeatureOrder weighted_by_rank(const std::vector<std::int32_t>& live,
                              std::span<const double> value) {
  std::vector<double> of_live;
  for (const auto f : live) of_live.push_back(value[static_cast<std::size_t>(f)]);
  FeatureOrder order{live, mean_ranks(of_live)};
  for (std::size_t i = 0; i < live.size(); ++i) {
    order.weights[i] =
        of_live[i] == kUndefined ? 0 : (order.weights[i] - 0.5) / static_cast<double>(live.size());
  }
  return order;
}

FeatureOrder best_features(const ScoreTable& table, std::span<const double> value) {
  FeatureOrder order{features_by_score(value), {}};
  std::erase_if(order.features,
                [&](std::int32_t f) { return !table.alive[static_cast<std::size_t>(f)]; });
  order.features.resize(std::min(order.features.size(), kCounts.back()));
  return order;
}

/// All sets of features that a run suggests.
class FeatureSets {
 public:
  FeatureSets(const ValidationRun& run, const ValidationOptions& options)
      : run_(run), live_(live_features(run.table)), density_(densities(run.table)) {
    sets_.push_back({"", "unweighted", {live_, {}}, true});
    sets_.push_back({"", "densest", best_features(run.table, density_), false});
    const DensityDeciles deciles(run.table, density_);
    for (const auto& score : run.scores) add(score, deciles, options);
  }

  const std::vector<FeatureSet>& sets() const { return sets_; }

 private:
  void add(const NamedScore& score, const DensityDeciles& deciles,
           const ValidationOptions& options) {
    if (score.is_weight) {
      sets_.push_back({score.name, "weighted", weighted_by_value(live_, score.value), true});
    }
    sets_.push_back({score.name, "rank-weighted", weighted_by_rank(live_, score.value), true});
    const auto best = best_features(run_.table, score.value);
    sets_.push_back({score.name, "top", best, false});
    for (std::int32_t draw = 0; draw < options.n_draws; ++draw) {
      Random random(options.seed, kDrawStream + static_cast<std::uint64_t>(draw));
      sets_.push_back({score.name, "random", {deciles.draw(best.features, random), {}}, false});
    }
  }

  const ValidationRun& run_;
  std::vector<std::int32_t> live_;
  std::vector<double> density_;
  std::vector<FeatureSet> sets_;
};

/// Accuracies of consecutive sets with the same label are repetitions of one finding.
void append_accuracies(const Maxima& maxima, std::int32_t l, std::int32_t m,
                       const std::vector<FeatureSet>& sets, const Finding& base,
                       std::vector<Finding>& findings) {
  for (std::size_t first = 0, end = 0; first < sets.size(); first = end) {
    const auto& set = sets[first];
    const auto n_features = set.order.features.size();
    const std::vector<std::size_t> whole{n_features};
    const auto counts = set.whole ? std::span<const std::size_t>(whole) : counts_up_to(n_features);
    std::vector<Repetitions> accuracies(counts.size());
    for (;
         end < sets.size() && sets[end].score == set.score && sets[end].condition == set.condition;
         ++end) {
      const auto values = mexa(maxima, l, m, sets[end].order, counts);
      for (std::size_t c = 0; c < counts.size(); ++c) accuracies[c].add(values[c]);
    }
    Finding row = base;
    row.score = set.score;
    row.condition = set.condition;
    for (std::size_t c = 0; c < counts.size(); ++c) {
      if (!set.whole) row.at = static_cast<double>(counts[c]);
      findings.push_back(row.with(accuracies[c]));
    }
  }
}

/// At most kMostSentences rows, drawn at random.
Maxima some_sentences(const Maxima& maxima, const ValidationOptions& options) {
  if (maxima.n_rows() <= kMostSentences) return maxima;
  Random random(options.seed, kRowStream);
  return select_rows({maxima, {}}, random_subset(maxima.n_rows(), kMostSentences, random)).maxima;
}

}  // namespace

std::vector<Finding> retrieval_findings(const ValidationRun& run, const ValidationRun& other,
                                        const ValidationOptions& options,
                                        const RunControl& control) {
  const FeatureSets sets(run, options);
  Finding base{
      .section = "retrieval", .quantity = "mexa", .run = run.name, .other_run = other.name};
  std::vector<Finding> findings;
  const auto retrieve = [&](const Maxima& sentences) {
    const auto n_languages = sentences.n_languages();
    const auto stage = fmt::format("retrieval, {} to {}{}", run.name, other.name,
                                   base.variant.empty() ? "" : ", " + base.variant);
    std::int32_t n_done = 0;
    for (std::int32_t l = 0; l < n_languages; ++l) {
      for (std::int32_t m = l + 1; m < n_languages; ++m) {
        control.throw_if_stopped();
        base.languages = sentences.languages[static_cast<std::size_t>(l)] + "-" +
                         sentences.languages[static_cast<std::size_t>(m)];
        append_accuracies(sentences, l, m, sets.sets(), base, findings);
        control.report({.stage = stage,
                        .unit = "language pairs",
                        .done = ++n_done,
                        .total = n_languages * (n_languages - 1) / 2});
      }
    }
  };
  retrieve(some_sentences(other.observed.maxima, options));
  if (!other.unshared.languages.empty()) {
    base.variant = "without copied words";
    retrieve(some_sentences(other.unshared, options));
  }
  return findings;
}

}  // namespace isogloss
