// The tokens on which an SAE is judged. Internal to the pipeline.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/sae/encode.h"
#include "isogloss/sae/self_check.h"

namespace isogloss {

inline constexpr std::int64_t kSelfCheckTokens = 2048;

/// Appends `count` rows from `first` on.
void append_rows(const SparseRows& from, std::int64_t first, std::int64_t count, SparseRows& to);

/// Collects the first kSelfCheckTokens tokens of a run and judges the SAE on them.
class SelfCheckSample {
 public:
  /// `predicted`: what a transcoder's other hook holds for the rows of `x`, if that is known.
  void add(std::span<const float> x, const SparseRows& activations,
           std::span<const float> predicted);

  /// Throws Error(kBadInput) if the figures show that the SAE does not fit.
  std::optional<SelfCheck> judge(const Sae& sae, const std::string& sae_path) const;

 private:
  std::vector<float> x_;
  std::vector<float> predicted_;
  SparseRows activations_;
};

}  // namespace isogloss
