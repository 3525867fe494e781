// What the golden files' own programs answered, and the comparison with ours.
#pragma once

#include <algorithm>
#include <cmath>

#include "isogloss/core/file.h"
#include "isogloss/sae/tensor_file.h"
#include "sae_fixtures.h"

namespace isogloss {

inline const std::filesystem::path kGolden = std::filesystem::path(ISOGLOSS_GOLDEN_DIR) / "sae";

/// x, feature_acts and reconstruction.
struct Answers {
  std::vector<float> x;
  std::vector<float> acts;
  std::vector<float> reconstruction;

  explicit Answers(const std::filesystem::path& folder) {
    const MappedFile mapped(folder / "io.safetensors");
    const auto file = open_safetensors(mapped.bytes(), "io.safetensors");
    for (const auto& tensor : file->tensors()) {
      if (tensor.name == "x") x = file->read(tensor);
      if (tensor.name == "feature_acts") acts = file->read(tensor);
      if (tensor.name == "reconstruction") reconstruction = file->read(tensor);
    }
  }
};

/// Element by element within `tolerance` of the row's largest magnitude; with zero, exactly.
inline void expect_near_rows(std::span<const float> found, std::span<const float> wanted,
                             std::size_t width, double tolerance) {
  ASSERT_EQ(found.size(), wanted.size());
  for (std::size_t begin = 0; begin < wanted.size(); begin += width) {
    float largest = 0;
    for (const float value : wanted.subspan(begin, width)) {
      largest = std::max(largest, std::fabs(value));
    }
    for (std::size_t i = begin; i < begin + width; ++i) {
      EXPECT_NEAR(found[i], wanted[i], tolerance * largest) << "row " << begin / width;
    }
  }
}

/// The same features fire: the golden inputs keep clear of the thresholds.
inline void expect_same_support(std::span<const float> found, std::span<const float> wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    ASSERT_EQ(found[i] > 0, wanted[i] > 0) << "element " << i;
  }
}

inline std::vector<float> sorted_rows(std::vector<float> values, std::size_t width) {
  for (std::size_t begin = 0; begin < values.size(); begin += width) {
    const auto row = values.begin() + static_cast<std::ptrdiff_t>(begin);
    std::sort(row, row + static_cast<std::ptrdiff_t>(width));
  }
  return values;
}

inline void expect_answers(const Sae& sae, const Answers& answers, bool exact, bool tied) {
  const auto n_features = static_cast<std::size_t>(sae.n_features);
  Encoder encoder(sae, 2, false);
  for (const auto& rows : {encoder.encode(answers.x), encode_reference(sae, answers.x)}) {
    expect_well_formed(rows, sae.n_features);
    auto found = dense(rows, sae.n_features);
    auto wanted = answers.acts;
    if (tied) {  // which of two equal features is kept is torch's choice
      found = sorted_rows(found, n_features);
      wanted = sorted_rows(wanted, n_features);
    }
    expect_same_support(found, wanted);
    expect_near_rows(found, wanted, n_features, exact ? 0 : 2e-6);
    const auto reconstruction = decode(sae, rows, answers.x);
    expect_near_rows(reconstruction, answers.reconstruction, sae.b_dec.size(), 5e-6);
  }
}

}  // namespace isogloss
