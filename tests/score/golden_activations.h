// tests/golden/activations-demo.safetensors: real activations in three languages, made by
// tools/golden/activations.py.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "isogloss/store/maxima.h"
#include "tests/support/golden_tensors.h"

namespace isogloss::testing {

/// The file's activations, one row a token.
struct GoldenActivations {
  std::vector<std::string> languages;
  std::int32_t n_samples = 0;
  std::int32_t n_features = 0;
  std::vector<std::int32_t> sample;    ///< [n_tokens]
  std::vector<std::int32_t> language;  ///< [n_tokens] index
  std::vector<std::int32_t> offsets;   ///< [n_tokens + 1] into features and values
  std::vector<std::int32_t> features;
  std::vector<float> values;

  /// All activations of one language.
  std::vector<float> values_of(std::int32_t language_index) const;
  /// The first `n_languages` languages and `n_kept` features.
  Maxima maxima(std::int32_t n_languages, std::int32_t n_kept) const;
};

GoldenActivations read_golden_activations();

}  // namespace isogloss::testing
