// The demo model and SAE: what features say against transformers' norm and the gguf package's
// weights.
#include <gtest/gtest.h>

#include "isogloss/model/logit_effects.h"
#include "isogloss/sae/sae.h"
#include "tests/model/effects_golden.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

TEST(DemoModel, WhatFeaturesSay) {
  const auto golden = testing::read_golden_json("vocabulary.json")["demo"];
  const auto sae = load_sae(ISOGLOSS_SOURCE_DIR "/data/demo-sae");
  std::vector<float> directions;
  for (const auto& feature : golden["features"]) {
    const auto row = sae.w_dec.begin() + feature.get<std::ptrdiff_t>() * sae.d_in;
    directions.insert(directions.end(), row, row + sae.d_in);
  }
  testing::expect_effects(logit_effects(ISOGLOSS_DEMO_MODEL, directions, sae.d_in, 10, {}),
                          golden["effects"]);
}

}  // namespace
}  // namespace isogloss
