#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "isogloss/core/error.h"
#include "isogloss/numeric/quantile.h"
#include "isogloss/validation/scoring_similarity.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

constexpr std::array<std::size_t, 3> kTops = {32, 100, 320};

std::vector<std::string> hashes(const std::vector<HashedFile>& files) {
  std::vector<std::string> result;
  for (const auto& file : files) result.push_back(file.sha256);
  return result;
}

/// The sentences in which features fire in one run, in the other and in both, and how far the
/// maxima of those in both differ.
struct Firings {
  std::int64_t n_one = 0;  ///< in one of the runs only
  std::int64_t n_both = 0;
  std::vector<double> differences;  ///< of both, |a − b| / max(a, b)

  void add(const SparseColumn& a, const SparseColumn& b) {
    std::size_t i = 0;
    std::size_t j = 0;
    while (i < a.size() && j < b.size()) {
      if (a.rows[i] == b.rows[j]) {
        const double largest = std::max(a.values[i], b.values[j]);
        differences.push_back(std::abs(double{a.values[i]} - b.values[j]) / largest);
        ++n_both, ++i, ++j;
      } else {
        ++n_one;
        ++(a.rows[i] < b.rows[j] ? i : j);
      }
    }
    n_one += static_cast<std::int64_t>(a.size() - i + b.size() - j);
  }
};

Firings compare_firings(const Maxima& a, const Maxima& b) {
  Firings firings;
  for (std::int32_t language = 0; language < a.n_languages(); ++language) {
    for (std::int32_t feature = 0; feature < a.n_features; ++feature) {
      firings.add(a.column(language, feature), b.column(language, feature));
    }
  }
  std::ranges::sort(firings.differences);
  return firings;
}

/// |a − b| of the features alive in both runs whose score is defined in both, ascending.
std::vector<double> score_differences(const ValidationRun& a, const ValidationRun& b,
                                      std::size_t score) {
  std::vector<double> differences;
  for (std::size_t f = 0; f < a.table.alive.size(); ++f) {
    const double of_a = a.scores[score].value[f];
    const double of_b = b.scores[score].value[f];
    if (!a.table.alive[f] || !b.table.alive[f] || of_a == kUndefined || of_b == kUndefined)
      continue;
    differences.push_back(std::abs(of_a - of_b));
  }
  std::ranges::sort(differences);
  return differences;
}

}  // namespace

void check_same_sentences(const ValidationRun& run, const ValidationRun& other) {
  if (run.observed.maxima.samples == other.observed.maxima.samples &&
      run.observed.traits.n_tokens == other.observed.traits.n_tokens &&
      hashes(run.manifest.inputs.corpus) == hashes(other.manifest.inputs.corpus)) {
    return;
  }
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: has other sentences or tokens than {}; extract it from the same "
                          "--corpus with the same --samples and --seed",
                          other.folder.root.string(), run.folder.root.string()));
}

std::vector<Finding> rounding_findings(const ValidationRun& run, const ValidationRun& other) {
  const auto differing = differing_fields(run.manifest.inputs, other.manifest.inputs);
  Finding row{.section = "rounding",
              .run = run.name,
              .other_run = other.name,
              .variant = fmt::format("{}", fmt::join(differing, ", "))};
  std::vector<Finding> findings;
  const auto add = [&](const char* quantity, double value, std::optional<double> at = {}) {
    row.quantity = quantity;
    row.at = at;
    findings.push_back(row.with(value));
  };
  const auto firings = compare_firings(run.observed.maxima, other.observed.maxima);
  if (const auto n = firings.n_one + firings.n_both; n > 0) {
    add("firings_changed", static_cast<double>(firings.n_one) / static_cast<double>(n));
  }
  if (!firings.differences.empty()) {
    add("median_change", quantile(firings.differences, 0.5));
  }
  for (std::size_t s = 0; s < run.scores.size(); ++s) {
    row.score = run.scores[s].name;
    const auto similarity =
        compare_scores(run.table, run.scores[s].value, other.table, other.scores[s].value, kTops);
    if (similarity.spearman) add("spearman", *similarity.spearman);
    for (const auto& [k, share] : similarity.top_overlap) {
      add("top_overlap", share, static_cast<double>(k));
    }
    const auto differences = score_differences(run, other, s);
    if (differences.empty()) continue;
    for (const double share : {0.5, 0.95, 1.0}) {
      add("difference", quantile(differences, share), share);
    }
  }
  return findings;
}

}  // namespace isogloss
