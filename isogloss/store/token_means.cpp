#include "isogloss/store/token_means.h"

#include <algorithm>

#include "isogloss/store/activations.h"
#include "isogloss/store/columns_internal.h"

namespace isogloss {
namespace {

/// Adds up tokens in the order of the files. Samples ascend, so each column's next entry is the
/// current one or the one after it.
class TokenSums {
 public:
  TokenSums(const ResultFolder& folder, const Maxima& maxima) : folder_(folder), maxima_(maxima) {
    for (const auto& language : maxima.by_language) {
      sums_.emplace_back(language.rows.size(), 0.0);
      next_.emplace_back(language.offsets.begin(), language.offsets.end() - 1);
      n_tokens_.emplace_back(maxima.samples.size(), 0);
    }
  }

  void add(const ActivationShard& shard) {
    for (std::size_t token = 0; token < shard.sample.size(); ++token) {
      const auto row = row_of(shard.sample[token]);
      const auto language = static_cast<std::size_t>(shard.language[token]);
      ++n_tokens_[language][static_cast<std::size_t>(row)];
      const auto end = static_cast<std::size_t>(shard.activations.offsets[token + 1]);
      for (auto i = static_cast<std::size_t>(shard.activations.offsets[token]); i < end; ++i) {
        add(language, row, shard.activations.features[i], shard.activations.values[i]);
      }
    }
  }

  std::vector<std::vector<float>> means() const {
    std::vector<std::vector<float>> result;
    for (std::size_t l = 0; l < sums_.size(); ++l) {
      const auto& rows = maxima_.by_language[l].rows;
      result.emplace_back(rows.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (sums_[l][i] == 0) mismatch();
        const auto n_tokens = n_tokens_[l][static_cast<std::size_t>(rows[i])];
        result[l][i] = static_cast<float>(sums_[l][i] / n_tokens);
      }
    }
    return result;
  }

 private:
  void add(std::size_t language, std::int32_t row, std::int32_t feature, float value) {
    if (feature >= maxima_.n_features) mismatch();
    const auto& maxima = maxima_.by_language[language];
    auto& next = next_[language][static_cast<std::size_t>(feature)];
    const auto end = maxima.offsets[static_cast<std::size_t>(feature) + 1];
    while (next < end && maxima.rows[static_cast<std::size_t>(next)] < row) ++next;
    if (next == end || maxima.rows[static_cast<std::size_t>(next)] != row) mismatch();
    sums_[language][static_cast<std::size_t>(next)] += value;
  }

  std::int32_t row_of(std::int32_t sample) const {
    const auto found = std::ranges::lower_bound(maxima_.samples, sample);
    if (found == maxima_.samples.end() || *found != sample) mismatch();
    return static_cast<std::int32_t>(found - maxima_.samples.begin());
  }

  [[noreturn]] void mismatch() const {
    throw_damaged(folder_.activations(), "it does not belong to the maxima beside it");
  }

  const ResultFolder& folder_;
  const Maxima& maxima_;
  std::vector<std::vector<double>> sums_;            ///< [n_languages][entries]
  std::vector<std::vector<std::int64_t>> next_;      ///< [n_languages][n_features] entry at hand
  std::vector<std::vector<std::int32_t>> n_tokens_;  ///< [n_languages][n_rows]
};

}  // namespace

std::vector<std::vector<float>> read_token_means(const ResultFolder& folder, const Maxima& maxima,
                                                 const RunControl& control) {
  TokenSums sums(folder, maxima);
  visit_activations(folder, maxima.languages, [&](const ActivationShard& shard) {
    control.throw_if_stopped();
    sums.add(shard);
  });
  return sums.means();
}

}  // namespace isogloss
