#include <fmt/format.h>
#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/parallel_sort.h>

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

#include "isogloss/core/error.h"
#include "isogloss/stats/activation_pass_internal.h"

namespace isogloss {
namespace {

/// Some 25 MB with the sorted copy: enough for a feature to have several activations in each batch.
constexpr std::size_t kBatchItems = std::size_t{1} << 20;

}  // namespace

ActivationPass::ActivationPass(const ResultFolder& folder, const Maxima& maxima,
                               const TokenTable& table)
    : folder_(folder),
      maxima_(maxima),
      table_(table),
      n_features_(static_cast<std::size_t>(maxima.n_features)) {
  for (const auto& language : maxima.by_language) {
    if (language.values.size() > std::numeric_limits<std::uint32_t>::max()) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: more than 4,294,967,295 maxima in a language; extract fewer "
                              "samples",
                              folder.maxima().string()));
    }
    for (std::size_t feature = 0; feature < n_features_; ++feature) {
      sums_.emplace_back().next_entry = language.offsets[feature];
    }
    parts_.emplace_back().other_half.resize(language.values.size());
  }
}

std::int32_t ActivationPass::row_of(std::int32_t sample) const {
  const auto found = std::ranges::lower_bound(maxima_.samples, sample);
  return static_cast<std::int32_t>(found - maxima_.samples.begin());
}

void ActivationPass::fail(std::int32_t feature, std::int32_t row) const {
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: feature {} in sample {} has another maximum than its activations; "
                          "the folder mixes two runs: extract again into an empty one",
                          folder_.maxima().string(), feature,
                          maxima_.samples[static_cast<std::size_t>(row)]));
}

void ActivationPass::add(const ActivationShard& rows) {
  const auto& [offsets, features, values] = rows.activations;
  std::int32_t row = row_of(last_sample_);
  for (std::size_t r = 0; r < rows.sample.size(); ++r) {
    if (rows.sample[r] != last_sample_ || rows.language[r] != last_language_) {
      if (items_.size() >= kBatchItems) process_batch();
      last_sample_ = rows.sample[r];
      last_language_ = rows.language[r];
      row = row_of(last_sample_);
    }
    const auto language = static_cast<std::size_t>(last_language_);
    const auto token = static_cast<std::int32_t>(tokens_.size());
    tokens_.push_back(
        {row, rows.position[r], table_.by_language[language].at(row, rows.position[r])});
    for (auto i = static_cast<std::size_t>(offsets[r]);
         i < static_cast<std::size_t>(offsets[r + 1]); ++i) {
      if (features[i] >= maxima_.n_features) fail(features[i], row);
      keys_.push_back(static_cast<std::int32_t>(language * n_features_) + features[i]);
      items_.push_back({token, values[i]});
    }
  }
}

void ActivationPass::process_batch() {
  std::vector<std::int32_t> begin(sums_.size() + 1);
  for (const auto key : keys_) ++begin[static_cast<std::size_t>(key) + 1];
  std::partial_sum(begin.begin(), begin.end(), begin.begin());
  std::vector<Item> sorted(items_.size());
  auto next = begin;
  for (std::size_t i = 0; i < items_.size(); ++i) {
    sorted[static_cast<std::size_t>(next[static_cast<std::size_t>(keys_[i])]++)] = items_[i];
  }
  for (std::size_t language = 0; language < parts_.size(); ++language) {
    const tbb::blocked_range<std::size_t> keys(language * n_features_, (language + 1) * n_features_,
                                               256);
    tbb::parallel_for(keys, [&](const auto& range) {
      std::vector<PartMaxima::Unshared> unshared;
      for (auto key = range.begin(); key != range.end(); ++key) {
        const auto first = static_cast<std::size_t>(begin[key]);
        const auto size = static_cast<std::size_t>(begin[key + 1]) - first;
        if (size > 0) process_feature(key, std::span(sorted).subspan(first, size), unshared);
      }
      // In any order: finish() sorts them.
      const std::scoped_lock lock(unshared_mutex_);
      auto& all = parts_[language].unshared;
      all.insert(all.end(), unshared.begin(), unshared.end());
    });
  }
  tokens_.clear();
  keys_.clear();
  items_.clear();
}

/// `items` are those of one feature in one batch, ordered by row and position.
void ActivationPass::process_feature(std::size_t key, std::span<const Item> items,
                                     std::vector<PartMaxima::Unshared>& unshared) {
  auto& sums = sums_[key];
  const auto& tokens = table_.by_language[key / n_features_];
  std::vector<TokenMass> masses;
  masses.reserve(items.size());
  for (const auto& item : items) {
    const auto at = tokens_[static_cast<std::size_t>(item.token)].at;
    const double value = item.value;
    ++sums.firing;
    sums.mass += value;
    if ((tokens.flags[at] & kSharedWord) != 0) sums.shared_mass += value;
    masses.push_back({tokens.ids[at], value});
  }
  sums.tokens.add(masses);
  const auto row_of_item = [&](const Item& item) {
    return tokens_[static_cast<std::size_t>(item.token)].row;
  };
  for (std::size_t first = 0, end = 0; first < items.size(); first = end) {
    const auto row = row_of_item(items[first]);
    while (end < items.size() && row_of_item(items[end]) == row) ++end;
    process_sentence(key, items.subspan(first, end - first), unshared);
  }
}

/// `items` are all activations of the feature in one sentence.
void ActivationPass::process_sentence(std::size_t key, std::span<const Item> items,
                                      std::vector<PartMaxima::Unshared>& unshared) {
  const auto language = key / n_features_;
  const auto feature = key % n_features_;
  const auto& flags = table_.by_language[language].flags;
  float largest = 0;
  const BatchToken* peak = nullptr;
  std::array<float, 2> by_parity{};
  float largest_unshared = 0;
  for (const auto& item : items) {
    const auto& token = tokens_[static_cast<std::size_t>(item.token)];
    const auto flag = flags[token.at];
    if (item.value > largest) {
      largest = item.value;
      peak = &token;
    }
    auto& of_parity = by_parity[(flag & kOdd) != 0 ? 1 : 0];
    of_parity = std::max(of_parity, item.value);
    if ((flag & kSharedWord) == 0) largest_unshared = std::max(largest_unshared, item.value);
  }
  const auto& maxima = maxima_.by_language[language];
  const auto entry = static_cast<std::size_t>(sums_[key].next_entry++);
  if (std::cmp_greater_equal(entry, maxima.offsets[feature + 1]) ||
      maxima.rows[entry] != peak->row || maxima.values[entry] != largest ||
      maxima.positions[entry] != peak->position) {
    fail(static_cast<std::int32_t>(feature), peak->row);
  }
  parts_[language].other_half[entry] = by_parity[(flags[peak->at] & kOdd) != 0 ? 0 : 1];
  if (largest_unshared != largest) {
    unshared.push_back({static_cast<std::uint32_t>(entry), largest_unshared});
  }
}

void ActivationPass::finish(ProfiledTokens& result) {
  process_batch();
  for (std::size_t language = 0; language < parts_.size(); ++language) {
    const auto& maxima = maxima_.by_language[language];
    auto& profile = result.profile.by_language[language];
    profile.totals.n_tokens = table_.by_language[language].n_content;
    for (std::size_t feature = 0; feature < n_features_; ++feature) {
      const auto& sums = sums_[language * n_features_ + feature];
      if (sums.next_entry != maxima.offsets[feature + 1]) {
        fail(static_cast<std::int32_t>(feature),
             maxima.rows[static_cast<std::size_t>(sums.next_entry)]);
      }
      profile.totals.firing.push_back(sums.firing);
      profile.totals.mass.push_back(sums.mass);
      profile.shared_mass.push_back(sums.shared_mass);
      const auto heaviest = sums.tokens.heaviest();
      profile.top_token.push_back(heaviest ? TokenShare{heaviest->token, heaviest->mass / sums.mass}
                                           : TokenShare{});
    }
    tbb::parallel_sort(parts_[language].unshared,
                       [](const auto& a, const auto& b) { return a.entry < b.entry; });
    parts_[language].unshared.shrink_to_fit();
  }
  result.parts = std::move(parts_);
}

}  // namespace isogloss
