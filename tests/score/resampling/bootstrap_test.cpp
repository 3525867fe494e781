#include "isogloss/score/resampling/bootstrap.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include <cmath>
#include <numeric>
#include <random>

#include "isogloss/score/agreement/agreement.h"
#include "isogloss/score/resampling/bootstrap_kappa_internal.h"
#include "isogloss/score/resampling/kappa_statistic_internal.h"
#include "tests/score/golden_columns.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::DenseColumn;
using testing::maxima_of;
using testing::random_column;
using testing::strata_of;

/// κ* is computed in single precision, the golden values in double: bootstrap.h promises this.
constexpr double kSingle = 2e-6;

std::vector<std::int32_t> all_features(const Maxima& maxima) {
  std::vector<std::int32_t> features(static_cast<std::size_t>(maxima.n_features));
  std::iota(features.begin(), features.end(), 0);
  return features;
}

Resamples resamples_of(const std::vector<std::vector<float>>& counts) {
  Resamples resamples{static_cast<std::int32_t>(counts.size()),
                      static_cast<std::int32_t>(counts[0].size()),
                      false,
                      {}};
  resamples.count.resize(resamples.n_groups() * counts[0].size() * Resamples::kGroup);
  for (std::size_t b = 0; b < counts.size(); ++b) {
    for (std::size_t row = 0; row < counts[b].size(); ++row) resamples.of(b, row) = counts[b][row];
  }
  return resamples;
}

TEST(BootstrapGolden, EqualsItsDefinitionOnTheSameResamples) {
  int n_cases = 0;
  int n_undefined = 0;
  const auto golden = testing::read_golden_json("permutation.json");
  testing::for_each_golden(golden, "bootstrap: ", [&](const auto& name, const auto& entry) {
    ++n_cases;
    const auto maxima = maxima_of({testing::dense_columns(entry["x"])});
    const auto strata = strata_of(entry["strata"]);
    const auto resamples = resamples_of(entry["counts"]);
    const ResampledStrata shared(strata, resamples);
    StratumGatherer gatherer(strata);
    BootstrapKappa kappa(firing_columns(maxima, 0), shared, gatherer);
    std::int32_t undefined = 0;
    const auto found = kappa.of_resamples();
    ASSERT_EQ(std::ssize(found), resamples.n_resamples);
    for (std::size_t b = 0; b < found.size(); ++b) {
      const auto& expected = entry["kappa"][b];
      const auto actual = found[b];
      ASSERT_EQ(actual.has_value(), !expected.is_null()) << name << " resample " << b;
      undefined += !actual;
      if (actual) {
        EXPECT_NEAR(*actual, expected.template get<double>(), kSingle) << name;
      }
    }
    n_undefined += undefined;
    const auto interval =
        bootstrap_intervals(maxima, strata, resamples, std::vector{0}, entry["confidence"], {})[0];
    if (!interval.low) return;  // rare: under five sentences
    EXPECT_EQ(interval.n_undefined, undefined) << name;
    EXPECT_NEAR(*interval.low, entry["low"].template get<double>(), kSingle) << name;
    EXPECT_NEAR(*interval.high, entry["high"].template get<double>(), kSingle) << name;
  });
  EXPECT_EQ(n_cases, 4);
  EXPECT_GT(n_undefined, 0);
}

/// κ of three random columns, and of resamples that draw every row once, or every row twice: no new
/// evidence, same κ.
void expect_kappa_of_all_rows(std::size_t n_rows, double density) {
  std::mt19937 random(1);
  std::vector<std::int32_t> of_row(n_rows);
  for (auto& g : of_row) g = static_cast<std::int32_t>(random() % 6);
  const auto strata = strata_of(of_row);
  std::vector<DenseColumn> languages;
  for (int l = 0; l < 3; ++l) languages.push_back(random_column(random, n_rows, density));
  const auto maxima = maxima_of({languages});
  const auto columns = firing_columns(maxima, 0);
  double expected = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = i + 1; j < 3; ++j) {
      const double e = expected_overlap(columns[i], columns[j], strata);
      const double overlap = pair_agreement(columns[i], columns[j], maxima.n_rows()).overlap;
      expected += (overlap - e) / (1 - e) / 3;
    }
  }
  for (const float count : {1.0F, 2.0F}) {
    const auto resamples = resamples_of({std::vector<float>(n_rows, count)});
    const ResampledStrata shared(strata, resamples);
    StratumGatherer gatherer(strata);
    EXPECT_NEAR(*BootstrapKappa(columns, shared, gatherer).of_resamples()[0], expected, kSingle)
        << n_rows << " rows at density " << density;
  }
}

TEST(Bootstrap, OfEqualColumnsIsAtMostOne) {
  std::mt19937 random(2);
  for (int i = 0; i < 50; ++i) {
    const auto column = random_column(random, 300, 0.05 + 0.01 * i);
    const auto maxima = maxima_of({{column, column}});
    const auto resamples = draw_resamples(300, {}, 200, 7);
    const auto strata = strata_of(std::vector<std::int32_t>(300));
    const auto interval =
        bootstrap_intervals(maxima, strata, resamples, std::vector{0}, 0.95, {})[0];
    ASSERT_TRUE(interval.high);
    EXPECT_LE(*interval.high, 1.0);
    EXPECT_GT(*interval.low, 1.0 - kSingle);
  }
}

TEST(BootstrapKappa, OfEveryRowOnceIsKappa) {
  for (const double density : {0.1, 0.5, 1.0}) expect_kappa_of_all_rows(80, density);
}

TEST(BootstrapKappa, SumsOfManyRowsLoseNoMore) {
  for (const double density : {0.01, 0.5, 1.0}) expect_kappa_of_all_rows(100'000, density);
}

/// A stratum of made-up shares, with ties, in resamples that differ by lane.
struct MadeUp {
  std::vector<double> share;
  Lanes mass{};
  DrawnStratum stratum;

  MadeUp(std::mt19937& random, std::size_t n) : share(n) {
    for (auto& p : share) p = static_cast<double>(1 + random() % 20) / 7;
    std::sort(share.begin(), share.end());
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      mass.v[lane] = 1 + static_cast<double>(random() % 30) / 11;
    }
    stratum.share = share;
    stratum.weight.resize(n);
    stratum.drawn.resize(n);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        stratum.weight[i].v[lane] = static_cast<double>(random() % 4);
        stratum.drawn[i].v[lane] = share[i] / mass[lane];
      }
    }
  }
};

TEST(WeightedSumOfMinima, EqualsTheDoubleSumInEveryLane) {
  std::mt19937 random(2);
  for (const std::size_t n : {0, 1, 2, 7, 40}) {
    for (const std::size_t m : {0, 1, 3, 40}) {
      const MadeUp a(random, n);
      const MadeUp b(random, m);
      Lanes actual;
      weighted_sum_of_minima(a.stratum, b.stratum, ratio_of_scales(a.mass, b.mass), actual);
      for (std::size_t lane = 0; lane < kLanes; ++lane) {
        double expected = 0;
        for (std::size_t i = 0; i < n; ++i) {
          for (std::size_t j = 0; j < m; ++j) {
            expected += a.stratum.weight[i][lane] * b.stratum.weight[j][lane] *
                        std::min(a.stratum.drawn[i][lane], b.stratum.drawn[j][lane]);
          }
        }
        EXPECT_NEAR(actual[lane], expected, kSingle * (1 + expected));
      }
    }
  }
}

/// Features of which each language fires where a hidden one does with chance `copy`, else on its
/// own; firing alike strong. κ of infinitely many rows is copy²: P(both fire) = d² + copy²·d(1 − d)
/// at density d, M = P/d, E = d.
Maxima planted(std::mt19937& random, int n_features, std::int32_t n_rows, double density,
               double copy, std::int32_t rows_a_document = 1) {
  std::bernoulli_distribution fires(density);
  std::bernoulli_distribution copies(copy);
  std::vector<std::vector<DenseColumn>> features;
  for (int f = 0; f < n_features; ++f) {
    std::vector<DenseColumn> languages(2);
    for (std::int32_t row = 0; row < n_rows; row += rows_a_document) {
      const bool hidden = fires(random);
      for (auto& column : languages) {
        const bool on = copies(random) ? hidden : fires(random);
        column.insert(column.end(), static_cast<std::size_t>(rows_a_document), on ? 1.0F : 0.0F);
      }
    }
    features.push_back(std::move(languages));
  }
  return maxima_of(features);
}

double coverage(const Maxima& maxima, const Resamples& resamples, double truth) {
  const auto intervals = bootstrap_intervals(maxima, single_stratum(maxima.n_rows()), resamples,
                                             all_features(maxima), 0.95, {});
  double n_covered = 0;
  for (const auto& interval : intervals) {
    n_covered += interval.low && *interval.low <= truth && truth <= *interval.high;
  }
  return n_covered / static_cast<double>(intervals.size());
}

TEST(Bootstrap, CoversAKnownKappa) {
  std::mt19937 random(3);
  const auto maxima = planted(random, 400, 600, 0.3, std::sqrt(0.5));
  const double covered = coverage(maxima, draw_resamples(600, {}, 200, 4), 0.5);
  EXPECT_GT(covered, 0.90);  // a percentile interval of a slightly biased statistic: a bit low
  EXPECT_LT(covered, 0.985);
}

TEST(Bootstrap, ByDocumentCoversWhereSentencesOfADocumentAreAlike) {
  std::mt19937 random(5);
  const std::int32_t n_documents = 300;
  const auto maxima = planted(random, 300, n_documents * 4, 0.3, std::sqrt(0.5), 4);
  std::vector<std::int32_t> document;
  for (std::int32_t s = 0; s < n_documents * 4; ++s) document.push_back(s / 4);
  const auto by_document = draw_resamples(n_documents * 4, document, 200, 6);
  EXPECT_TRUE(by_document.by_document);
  EXPECT_GT(coverage(maxima, by_document, 0.5), 0.88);
  EXPECT_LT(coverage(maxima, draw_resamples(n_documents * 4, {}, 200, 6), 0.5), 0.8);
}

TEST(Bootstrap, IsNotBiasedBySmallStrata) {
  // Copies of a sentence are no chance partners of each other. By an independent numpy simulation
  // of this very set-up the mean of κ* lies .007 to .015 below κ (three seeds; the shares' own
  // nonlinearity), with copies as partners .032 to .039.
  std::mt19937 random(7);
  const auto maxima = planted(random, 60, 300, 0.3, 0.8);
  std::vector<std::int32_t> of_row(300);
  for (std::size_t s = 0; s < 300; ++s) of_row[s] = static_cast<std::int32_t>(s / 10);
  const auto strata = strata_of(of_row);
  const auto resamples = draw_resamples(300, {}, 200, 8);
  const ResampledStrata shared(strata, resamples);
  StratumGatherer gatherer(strata);
  double bias = 0;
  for (std::int32_t f = 0; f < 60; ++f) {
    const auto statistic = kappa_statistic(firing_columns(maxima, f), gatherer);
    BootstrapKappa kappa(firing_columns(maxima, f), shared, gatherer);
    double mean = 0;
    for (const auto& of_resample : kappa.of_resamples()) mean += *of_resample / 200;
    bias += (mean - (statistic.observed - statistic.expected)) / 60;
  }
  EXPECT_NEAR(bias, 0, 0.022);
}

TEST(Bootstrap, AbsentUnderFiveSentencesOfAFiringLanguage) {
  const DenseColumn five = {1, 2, 3, 4, 5, 0, 0, 0, 0, 0};
  const DenseColumn four = {1, 2, 3, 4, 0, 0, 0, 0, 0, 0};
  const DenseColumn silent(10);
  const auto maxima = maxima_of({{five, five, five},
                                 {five, four, five},
                                 {five, silent, five},
                                 {five, silent, silent},
                                 {silent, silent, silent},
                                 {DenseColumn(10, 1), DenseColumn(10, 2), silent}});  // E = 1
  const auto resamples = draw_resamples(10, {}, 100, 1);
  const auto intervals =
      bootstrap_intervals(maxima, single_stratum(10), resamples, all_features(maxima), 0.95, {});
  EXPECT_TRUE(intervals[0].low.has_value());
  EXPECT_FALSE(intervals[1].low.has_value());
  EXPECT_TRUE(intervals[2].low.has_value());
  for (const std::size_t f : {3, 4, 5}) EXPECT_FALSE(intervals[f].low.has_value()) << f;
  EXPECT_LE(*intervals[0].low, *intervals[0].high);
}

TEST(Bootstrap, AbsentWhereManyResamplesAreSilent) {
  // All five sentences in one of six documents: silent in a third of the resamples.
  const DenseColumn column = {1, 2, 3, 4, 5, 0, 0, 0, 0, 0};
  const std::vector<std::int32_t> document = {0, 0, 0, 0, 0, 1, 2, 3, 4, 5};
  const auto resamples = draw_resamples(10, document, 100, 1);
  const auto interval = bootstrap_intervals(maxima_of({{column, column}}), single_stratum(10),
                                            resamples, std::vector{0}, 0.95, {})[0];
  EXPECT_GT(interval.n_undefined, 15);
  EXPECT_FALSE(interval.low.has_value());
  EXPECT_FALSE(interval.high.has_value());
}

std::vector<float> counts_of(Resamples resamples, std::size_t b) {
  std::vector<float> counts;
  for (std::size_t s = 0; s < 50; ++s) counts.push_back(resamples.of(b, s));
  return counts;
}

TEST(Resamples, DrawAsManyRowsOrWholeDocuments) {
  const auto rows = draw_resamples(50, std::vector<std::int32_t>(50, 0), 20, 1);
  EXPECT_FALSE(rows.by_document);  // one document is no sample of documents
  for (std::size_t b = 0; b < 20; ++b) {
    const auto counts = counts_of(rows, b);
    EXPECT_EQ(std::accumulate(counts.begin(), counts.end(), 0), 50);
  }
  std::vector<std::int32_t> document(50);
  for (std::size_t s = 0; s < 50; ++s) document[s] = static_cast<std::int32_t>(s / 9);
  const auto documents = draw_resamples(50, document, 20, 1);
  EXPECT_TRUE(documents.by_document);
  for (std::size_t b = 0; b < 20; ++b) {
    const auto counts = counts_of(documents, b);
    std::vector<int> of_document(6);
    for (std::size_t s = 0; s < 50; ++s) {
      const auto d = static_cast<std::size_t>(document[s]);
      if (s % 9 == 0) of_document[d] = counts[s];
      EXPECT_EQ(counts[s], of_document[d]);
    }
    EXPECT_EQ(std::accumulate(of_document.begin(), of_document.end(), 0), 6);
  }
}

TEST(Bootstrap, DoesNotDependOnThreads) {
  std::mt19937 random(9);
  const auto maxima = planted(random, 30, 100, 0.3, 0.7);
  const auto run = [&](std::size_t n_threads, std::uint64_t seed) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, n_threads);
    std::vector<double> ends;
    for (const auto& interval :
         bootstrap_intervals(maxima, single_stratum(100), draw_resamples(100, {}, 50, seed),
                             all_features(maxima), 0.95, {})) {
      ends.insert(ends.end(), {*interval.low, *interval.high});
    }
    return ends;
  };
  EXPECT_EQ(run(1, 1), run(4, 1));
  EXPECT_NE(run(4, 1), run(4, 2));
}

}  // namespace
}  // namespace isogloss
