#include "isogloss/score/measures/measures.h"

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <iterator>

#include "isogloss/core/error.h"
#include "isogloss/score/measures/formulas.h"

namespace isogloss {
namespace {

using Values = std::vector<std::optional<double>>;

/// 0 where there are no tokens.
double token_mean(const TokenTotals& totals, std::size_t feature) {
  return totals.n_tokens == 0 ? 0 : totals.mass[feature] / static_cast<double>(totals.n_tokens);
}

/// Share of tokens that fire; 0 where there are none.
double token_rate(const TokenTotals& totals, std::size_t feature) {
  return totals.n_tokens == 0
             ? 0
             : static_cast<double>(totals.firing[feature]) / static_cast<double>(totals.n_tokens);
}

/// 0 or more, as the ν of all languages sum to 0. Absent if the feature is silent everywhere.
std::optional<double> largest_nu(std::span<const double> means) {
  if (std::ranges::max(means) == 0) return std::nullopt;
  return std::ranges::max(monolinguality(means));
}

/// Either `of_columns`, or `of_numbers` of one number a language.
struct Entry {
  MeasureInfo info;
  std::optional<double> (*of_columns)(std::span<const SparseColumn>, std::int32_t n_rows);
  double (*token_number)(const TokenTotals&, std::size_t feature);
  std::optional<double> (*of_numbers)(std::span<const double>);
};

constexpr bool kHigh = true;  // high values mean "shared"
constexpr bool kLow = false;
constexpr bool kTokens = true;
constexpr bool kSentences = false;

constexpr std::array kEntries = {
    Entry{{"nu", "token mean less the mean of the other languages', the largest of all languages",
           "Deng et al. 2025, arXiv 2505.05111", kLow, kTokens},
          nullptr,
          token_mean,
          largest_nu},
    Entry{{"lape", "entropy over languages of the share of sentences that fire",
           "Tang et al. 2024, arXiv 2402.16438", kHigh, kSentences},
          lape,
          nullptr,
          nullptr},
    Entry{{"sae_lape", "entropy over languages of the share of tokens that fire",
           "Andrylie et al. 2025, arXiv 2507.11230", kHigh, kTokens},
          nullptr,
          token_rate,
          entropy_of_shares},
    Entry{{"mean_ratio", "smallest over largest token mean", "the plain ratio", kHigh, kTokens},
          nullptr,
          token_mean,
          mean_ratio},
    Entry{{"jaccard", "sentences that fire both over those that fire either", "Jaccard 1912", kHigh,
           kSentences},
          jaccard,
          nullptr,
          nullptr},
    Entry{{"jaccard_adjusted", "Jaccard corrected for chance, its expectation exact",
           "Hubert & Arabie 1985, on Jaccard", kHigh, kSentences},
          jaccard_adjusted,
          nullptr,
          nullptr},
    Entry{
        {"phi", "correlation of firing (Matthews')", "Yule 1912; Matthews 1975", kHigh, kSentences},
        phi,
        nullptr,
        nullptr},
    Entry{{"spearman", "rank correlation of sentence maxima, zeros and ties included",
           "Spearman 1904", kHigh, kSentences},
          spearman,
          nullptr,
          nullptr},
    Entry{{"auroc", "how well strength in one language tells which sentences fire the other",
           "Hanley & McNeil 1982", kHigh, kSentences},
          auroc,
          nullptr,
          nullptr},
    Entry{{"cosine", "cosine of sentence maxima", "Salton & McGill 1983", kHigh, kSentences},
          cosine,
          nullptr,
          nullptr},
    Entry{{"fleiss", "kappa of firing, each language a rater", "Fleiss 1971", kHigh, kSentences},
          fleiss,
          nullptr,
          nullptr},
    Entry{{"icc", "ICC(C,1), consistency of sentence maxima over languages",
           "McGraw & Wong 1996; Shrout & Fleiss 1979", kHigh, kSentences},
          icc,
          nullptr,
          nullptr},
};

constexpr auto kInfos = [] {
  std::array<MeasureInfo, kEntries.size()> infos{};
  for (std::size_t i = 0; i < infos.size(); ++i) infos[i] = kEntries[i].info;
  return infos;
}();

const Entry& find_entry(std::string_view name) {
  for (const auto& entry : kEntries) {
    if (entry.info.name == name) return entry;
  }
  std::string message = "no measure is called '" + std::string(name) + "'; use one of ";
  for (const auto& info : kInfos) {
    if (&info != &kInfos.front()) message += ", ";
    message += info.name;
  }
  throw Error(ErrorCode::kUsage, message);
}

/// visit(f, items) for all features, in any order: items[l] = item_of(l, f).
template <class ItemOf, class Visit>
void for_each_feature(const Maxima& maxima, const ItemOf& item_of, const Visit& visit) {
  const auto n_features = static_cast<std::size_t>(maxima.n_features);
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, n_features), [&](const auto& range) {
    std::vector<decltype(item_of(0, 0))> items(maxima.languages.size());
    for (auto f = range.begin(); f < range.end(); ++f) {
      for (std::size_t l = 0; l < items.size(); ++l) items[l] = item_of(l, f);
      visit(f, items);
    }
  });
}

Values compute(const Entry& entry, const Maxima& maxima, std::span<const TokenTotals> totals) {
  Values values(static_cast<std::size_t>(maxima.n_features));
  if (entry.of_columns != nullptr) {
    const auto column = [&](std::size_t l, std::size_t f) {
      return maxima.column(static_cast<std::int32_t>(l), static_cast<std::int32_t>(f));
    };
    for_each_feature(maxima, column, [&](std::size_t f, const auto& columns) {
      values[f] = entry.of_columns(columns, maxima.n_rows());
    });
  } else {
    const auto number = [&](std::size_t l, std::size_t f) {
      return entry.token_number(totals[l], f);
    };
    for_each_feature(maxima, number, [&](std::size_t f, const auto& numbers) {
      values[f] = entry.of_numbers(numbers);
    });
  }
  return values;
}

/// One column a language, absent where the feature is silent everywhere.
std::vector<Measure> nu_by_language(const Maxima& maxima, std::span<const TokenTotals> totals) {
  std::vector<Measure> columns;
  for (const auto& language : maxima.languages) {
    columns.push_back({"nu_" + language, Values(static_cast<std::size_t>(maxima.n_features))});
  }
  const auto mean = [&](std::size_t l, std::size_t f) { return token_mean(totals[l], f); };
  for_each_feature(maxima, mean, [&](std::size_t f, const auto& means) {
    if (std::ranges::max(means) == 0) return;
    const auto nu = monolinguality(means);
    for (std::size_t l = 0; l < nu.size(); ++l) columns[l].values[f] = nu[l];
  });
  return columns;
}

}  // namespace

std::span<const MeasureInfo> measures() { return kInfos; }

const MeasureInfo& find_measure(std::string_view name) {
  return kInfos[static_cast<std::size_t>(&find_entry(name) - kEntries.data())];
}

std::vector<Measure> compute_measure(std::string_view name, const Maxima& maxima,
                                     std::span<const TokenTotals> totals) {
  const auto& entry = find_entry(name);
  assert(maxima.n_languages() >= 2);
  assert(!entry.info.uses_tokens || totals.size() == maxima.languages.size());
  std::vector<Measure> columns;
  columns.push_back({std::string(name), compute(entry, maxima, totals)});
  if (name == "nu") std::ranges::move(nu_by_language(maxima, totals), std::back_inserter(columns));
  return columns;
}

}  // namespace isogloss
