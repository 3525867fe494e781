// The pass over the activations: sums, maxima over parts of a sentence, heaviest tokens.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "isogloss/stats/heavy_tokens.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/stats/token_table.h"
#include "isogloss/store/activations.h"

namespace isogloss {

/// Takes row groups in file order. Activations are gathered into batches of whole sentences and
/// sorted by (language, feature). One task thus sees all of a feature's activations in a batch, in
/// order of sample and position, and tasks share nothing.
class ActivationPass {
 public:
  /// The arguments outlive the pass.
  ActivationPass(const ResultFolder& folder, const Maxima& maxima, const TokenTable& table);

  void add(const ActivationShard& rows);
  /// Sets totals, shared_mass and top_token of each language (token ids, not yet texts), and the
  /// parts except their parity.
  void finish(ProfiledTokens& result);

 private:
  struct BatchToken {
    std::int32_t row = 0;
    std::int32_t position = 0;
    std::size_t at = 0;  ///< in the language's tokens of the table
  };
  /// One activation; `token` is an index into tokens_.
  struct Item {
    std::int32_t token = 0;
    float value = 0;
  };
  struct Sums {
    std::int64_t next_entry = 0;  ///< the first entry of the maxima not yet reached
    std::int64_t firing = 0;
    double mass = 0;
    double shared_mass = 0;
    HeavyTokens tokens;
  };

  std::int32_t row_of(std::int32_t sample) const;
  void process_batch();
  void process_feature(std::size_t key, std::span<const Item> items,
                       std::vector<PartMaxima::Unshared>& unshared);
  void process_sentence(std::size_t key, std::span<const Item> items,
                        std::vector<PartMaxima::Unshared>& unshared);
  [[noreturn]] void fail(std::int32_t feature, std::int32_t row) const;

  const ResultFolder& folder_;
  const Maxima& maxima_;
  const TokenTable& table_;
  std::size_t n_features_;
  std::vector<Sums> sums_;         ///< by key: language · n_features + feature
  std::vector<PartMaxima> parts_;  ///< [n_languages]
  std::mutex unshared_mutex_;

  std::vector<BatchToken> tokens_;
  std::vector<std::int32_t> keys_;  ///< of each item
  std::vector<Item> items_;
  std::int32_t last_sample_ = -1;
  std::int32_t last_language_ = -1;
};

}  // namespace isogloss
