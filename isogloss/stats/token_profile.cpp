#include "isogloss/stats/token_profile.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "isogloss/stats/activation_pass_internal.h"
#include "isogloss/stats/token_table.h"
#include "isogloss/store/activations.h"

namespace isogloss {
namespace {

/// The kPeakTokens most frequent of `ids`, which are not empty, with their shares. Sorts `ids`.
void find_peaks(std::vector<std::int32_t>& ids, std::span<TokenShare> peaks) {
  std::ranges::sort(ids);
  std::vector<std::pair<std::int64_t, std::int32_t>> counts;  // negated count, id
  for (auto first = ids.begin(); first != ids.end();) {
    const auto end = std::upper_bound(first, ids.end(), *first);
    counts.emplace_back(first - end, *first);
    first = end;
  }
  const auto n_kept = std::min(counts.size(), peaks.size());
  std::partial_sort(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(n_kept),
                    counts.end());
  for (std::size_t i = 0; i < n_kept; ++i) {
    peaks[i] = {counts[i].second,
                static_cast<double>(-counts[i].first) / static_cast<double>(ids.size())};
  }
}

/// Counts the tokens that hold the sentences' maxima. Positions have been checked against the
/// activations.
void add_peaks(const SparseColumn& column, const LanguageTokens& tokens, std::size_t feature,
               LanguageProfile& profile) {
  std::vector<std::int32_t> ids;
  ids.reserve(column.size());
  for (std::size_t i = 0; i < column.size(); ++i) {
    const auto at = tokens.at(column.rows[i], column.positions[i]);
    if ((tokens.flags[at] & kPunctuation) != 0) ++profile.punctuation_peaks[feature];
    if ((tokens.flags[at] & kEdge) != 0) ++profile.edge_peaks[feature];
    ids.push_back(tokens.ids[at]);
  }
  profile.n_peaks[feature] = static_cast<std::int32_t>(ids.size());
  find_peaks(ids, std::span(profile.peaks).subspan(feature * kPeakTokens, kPeakTokens));
}

void add_peaks(const Maxima& maxima, const TokenTable& table, TokenProfile& profile) {
  const auto n_features = static_cast<std::size_t>(maxima.n_features);
  for (std::size_t language = 0; language < profile.by_language.size(); ++language) {
    auto& of_language = profile.by_language[language];
    for (auto* column :
         {&of_language.n_peaks, &of_language.punctuation_peaks, &of_language.edge_peaks}) {
      column->assign(n_features, 0);
    }
    of_language.peaks.assign(n_features * kPeakTokens, {});
    tbb::parallel_for(std::size_t{0}, n_features, [&](std::size_t feature) {
      const auto column =
          maxima.column(static_cast<std::int32_t>(language), static_cast<std::int32_t>(feature));
      if (column.size() == 0) return;
      add_peaks(column, table.by_language[language], feature, of_language);
    });
  }
}

void add_parity(const Maxima& maxima, const TokenTable& table, std::vector<PartMaxima>& parts) {
  for (std::size_t language = 0; language < parts.size(); ++language) {
    const auto& entries = maxima.by_language[language];
    const auto& tokens = table.by_language[language];
    auto& odd_peaks = parts[language].odd_peaks;
    odd_peaks.assign((entries.rows.size() + 63) / 64, 0);
    tbb::parallel_for(std::size_t{0}, odd_peaks.size(), [&](std::size_t word) {
      const auto end = std::min(entries.rows.size(), 64 * word + 64);
      for (auto entry = 64 * word; entry < end; ++entry) {
        const auto flags = tokens.flags[tokens.at(entries.rows[entry], entries.positions[entry])];
        if ((flags & kOdd) != 0) odd_peaks[word] |= std::uint64_t{1} << entry % 64;
      }
    });
  }
}

/// Replaces token ids by indices into profile.texts.
void name_tokens(const TokenTable& table, TokenProfile& profile) {
  std::unordered_map<std::string_view, std::int32_t> known;
  const auto name = [&](TokenShare& token) {
    if (token.token < 0) return;
    const std::string& text = table.texts.at(token.token);
    const auto [entry, is_new] =
        known.try_emplace(text, static_cast<std::int32_t>(profile.texts.size()));
    if (is_new) profile.texts.push_back(text);
    token.token = entry->second;
  };
  for (auto& language : profile.by_language) {
    for (auto& token : language.top_token) name(token);
    for (auto& token : language.peaks) name(token);
  }
}

}  // namespace

ProfiledTokens compute_token_profile(const ResultFolder& folder, const Maxima& maxima,
                                     const RunControl& control) {
  const auto table = read_token_table(folder, maxima, control);
  ProfiledTokens result;
  auto& profile = result.profile;
  profile.n_features = maxima.n_features;
  profile.n_rows = maxima.n_rows();
  profile.languages = maxima.languages;
  profile.by_language.resize(maxima.languages.size());

  std::int64_t n_tokens = 0;
  for (const auto& language : table.by_language) n_tokens += language.n_content;
  std::int64_t n_done = 0;
  ActivationPass pass(folder, maxima, table);
  visit_activations(folder, maxima.languages, [&](const ActivationShard& rows) {
    control.throw_if_stopped();
    pass.add(rows);
    n_done += std::ssize(rows.sample);
    control.report({"profile", "tokens", n_done, n_tokens});
  });
  pass.finish(result);
  add_peaks(maxima, table, profile);
  add_parity(maxima, table, result.parts);
  name_tokens(table, profile);
  return result;
}

}  // namespace isogloss
