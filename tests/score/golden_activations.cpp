#include "tests/score/golden_activations.h"

#include <algorithm>

#include "tests/score/maxima_builder.h"
#include "tests/support/golden_tensors.h"

namespace isogloss::testing {
GoldenActivations read_golden_activations() {
  const GoldenTensors file("activations-demo.safetensors");
  const auto about = file.about();
  GoldenActivations result;
  about.at("languages").get_to(result.languages);
  about.at("n_samples").get_to(result.n_samples);
  about.at("n_features").get_to(result.n_features);
  result.sample = file.integers("sample");
  result.language = file.integers("language");
  result.offsets = file.integers("offsets");
  result.features = file.integers("features");
  result.values = file.floats("values");
  return result;
}

std::vector<float> GoldenActivations::values_of(std::int32_t language_index) const {
  std::vector<float> result;
  for (std::size_t token = 0; token < sample.size(); ++token) {
    if (language[token] != language_index) continue;
    result.insert(result.end(), values.begin() + offsets[token],
                  values.begin() + offsets[token + 1]);
  }
  return result;
}

Maxima GoldenActivations::maxima(std::int32_t n_languages, std::int32_t n_kept) const {
  std::vector<std::vector<DenseColumn>> dense(
      static_cast<std::size_t>(n_kept),
      std::vector<DenseColumn>(static_cast<std::size_t>(n_languages),
                               DenseColumn(static_cast<std::size_t>(n_samples))));
  for (std::size_t token = 0; token < sample.size(); ++token) {
    if (language[token] >= n_languages) continue;
    for (auto i = static_cast<std::size_t>(offsets[token]);
         i < static_cast<std::size_t>(offsets[token + 1]); ++i) {
      if (features[i] >= n_kept) continue;
      auto& x =
          dense[static_cast<std::size_t>(features[i])][static_cast<std::size_t>(language[token])]
               [static_cast<std::size_t>(sample[token])];
      x = std::max(x, values[i]);
    }
  }
  return make_maxima({languages.begin(), languages.begin() + n_languages}, n_samples, dense);
}

}  // namespace isogloss::testing
