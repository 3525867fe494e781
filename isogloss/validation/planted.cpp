#include "isogloss/validation/planted.h"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>

#include "isogloss/numeric/random_draws.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::uint64_t kStream = 4'000;
constexpr std::int32_t kMostRows = 5'000;
constexpr std::int32_t kDenseDecoys = 200;
constexpr double kLeastDense = 0.6;
constexpr double kMostDense = 0.95;

/// Appends columns of random strength to both languages.
class Planter {
 public:
  Planter(Maxima& maxima, Random& random) : maxima_(maxima), random_(random) {
    maxima_.languages = {"a", "b"};
    maxima_.by_language.resize(2);
    for (auto& language : maxima_.by_language) language.offsets.assign(1, 0);
  }

  void add_planted(const PlantedCell& cell) {
    const auto first = random_subset(n_rows(), count(cell.density), random_);
    std::size_t next = 0;
    for (std::int32_t row = 0; row < n_rows(); ++row) {
      const bool fires = next < first.size() && first[next] == row;
      next += fires ? 1 : 0;
      const double z = random_normal(random_);
      if (fires) put(0, row, z);
      const double chance = fires ? cell.recall : cell.noise * cell.density;
      if (random_.uniform() >= chance) continue;
      const double correlation = fires ? cell.correlation : 0;
      put(1, row,
          correlation * z + std::sqrt(1 - correlation * correlation) * random_normal(random_));
    }
    end_feature();
  }

  void add_independent(std::int32_t count_a, double density_b) {
    for (const auto row : random_subset(n_rows(), count_a, random_))
      put(0, row, random_normal(random_));
    for (std::int32_t row = 0; row < n_rows(); ++row) {
      if (random_.uniform() < density_b) put(1, row, random_normal(random_));
    }
    end_feature();
  }

  /// The rows on which the first language of a planted feature fires.
  std::int32_t count(double density) const {
    return std::max(1, static_cast<std::int32_t>(std::lround(density * n_rows())));
  }

 private:
  std::int32_t n_rows() const { return maxima_.n_rows(); }

  void put(std::size_t language, std::int32_t row, double log_strength) {
    auto& to = maxima_.by_language[language];
    to.rows.push_back(row);
    to.values.push_back(static_cast<float>(std::exp(log_strength)));
    to.positions.push_back(1);
  }

  void end_feature() {
    ++maxima_.n_features;
    for (auto& language : maxima_.by_language) {
      language.offsets.push_back(static_cast<std::int64_t>(language.rows.size()));
    }
  }

  Maxima& maxima_;
  Random& random_;
};

/// ROC and precision of one score for one set of positives and negatives.
void append_rates(std::span<const double> positives, std::span<const double> negatives, Finding row,
                  std::vector<Finding>& findings) {
  row.quantity = "roc_auc";
  findings.push_back(row.with(*roc_auc(positives, negatives)));
  row.quantity = "average_precision";
  findings.push_back(row.with(*average_precision(positives, negatives)));
}

void append(std::vector<double>& to, std::span<const double> values) {
  to.insert(to.end(), values.begin(), values.end());
}

void append_score(const Planted& planted, const NamedScore& score, std::vector<Finding>& findings) {
  const auto values_at = [&](std::int32_t first, std::int32_t count) {
    return std::span(score.value)
        .subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(count));
  };
  Finding row{.section = "planted", .score = score.name};
  std::vector<double> positives;
  std::vector<double> negatives;
  row.condition = "decoys of equal density";
  for (std::size_t c = 0; c < planted.cells.size(); ++c) {
    const auto& cell = planted.cells[c];
    row.density = cell.density;
    row.recall = cell.recall;
    row.noise = cell.noise;
    row.correlation = cell.correlation;
    const auto shared = values_at(planted.first_planted(c), planted.n_each);
    const auto decoys = values_at(planted.first_decoy(c), planted.n_each);
    append_rates(shared, decoys, row, findings);
    append(positives, shared);
    append(negatives, decoys);
  }
  Finding all{.section = "planted", .score = score.name};
  all.condition = "all decoys of the grid";
  append_rates(positives, negatives, all, findings);
  all.condition = "dense decoys";
  append_rates(positives, values_at(planted.first_dense(), planted.n_dense), all, findings);
}

}  // namespace

std::vector<PlantedCell> planted_grid() {
  std::vector<PlantedCell> cells;
  for (const double correlation : {0.0, 0.8}) {
    for (const double noise : {0.0, 0.5, 1.0}) {
      for (const double recall : {0.9, 0.7, 0.5, 0.3}) {
        for (const double density : {0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5}) {
          cells.push_back({density, recall, noise, correlation});
        }
      }
    }
  }
  return cells;
}

Planted plant(std::vector<PlantedCell> cells, std::int32_t n_rows, std::int32_t n_each,
              std::int32_t n_dense, Random& random) {
  Planted planted{std::move(cells), n_each, n_dense, {}};
  for (std::int32_t row = 0; row < n_rows; ++row) planted.maxima.samples.push_back(row);
  Planter planter(planted.maxima, random);
  for (const auto& cell : planted.cells) {
    for (std::int32_t i = 0; i < n_each; ++i) planter.add_planted(cell);
    const auto count = planter.count(cell.density);
    const double share = static_cast<double>(count) / n_rows;
    const double density_b = share * cell.recall + (1 - share) * cell.noise * cell.density;
    for (std::int32_t i = 0; i < n_each; ++i) planter.add_independent(count, density_b);
  }
  for (std::int32_t i = 0; i < n_dense; ++i) {
    const auto dense = [&] { return kLeastDense + (kMostDense - kLeastDense) * random.uniform(); };
    const auto count = planter.count(dense());
    planter.add_independent(count, dense());
  }
  return planted;
}

std::vector<Finding> planted_findings(std::int32_t n_rows, const ScoringOptions& scoring,
                                      const ValidationOptions& options, const RunControl& control) {
  Random random(options.seed, kStream);
  auto planted =
      plant(planted_grid(), std::min(n_rows, kMostRows), options.n_planted, kDenseDecoys, random);
  control.throw_if_stopped();
  MaximaWithTraits observed{std::move(planted.maxima), {}};
  std::vector<Finding> findings;
  const auto table = score_observed(observed, scoring, control);
  for (const auto& score : all_scores(table)) append_score(planted, score, findings);
  control.report({.stage = "planted", .unit = "grids", .done = 1, .total = 1});
  return findings;
}

}  // namespace isogloss
