// Effects against the golden lists of tools/golden/vocabulary.py.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "isogloss/model/logit_effects.h"

namespace isogloss::testing {

inline void expect_tokens(const std::vector<TokenEffect>& tokens, const nlohmann::json& golden) {
  ASSERT_EQ(tokens.size(), golden.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    EXPECT_EQ(tokens[i].id, golden[i][0].get<int>()) << "place " << i;
    EXPECT_EQ(tokens[i].piece, golden[i][1].get<std::string>()) << "place " << i;
    const auto effect = golden[i][2].get<double>();
    EXPECT_NEAR(tokens[i].effect, effect, 1e-5 * std::abs(effect)) << "place " << i;
  }
}

inline void expect_effects(const std::vector<LogitEffects>& effects, const nlohmann::json& golden) {
  ASSERT_EQ(effects.size(), golden.size());
  for (std::size_t i = 0; i < effects.size(); ++i) {
    SCOPED_TRACE("direction " + std::to_string(i));
    expect_tokens(effects[i].promoted, golden[i]["promoted"]);
    expect_tokens(effects[i].suppressed, golden[i]["suppressed"]);
  }
}

}  // namespace isogloss::testing
