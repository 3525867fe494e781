#include "isogloss/stats/heavy_tokens.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

namespace isogloss {
namespace {

TEST(HeavyTokens, AreExactUpToTheirCapacity) {
  HeavyTokens heavy;
  EXPECT_FALSE(heavy.heaviest());
  for (std::int32_t token = 0; token < static_cast<std::int32_t>(HeavyTokens::kCapacity); ++token) {
    std::vector<TokenMass> masses = {{token, 1}, {7, 0.5}, {token, 0.25}};
    heavy.add(masses);
  }
  EXPECT_EQ(heavy.heaviest()->token, 7);
  EXPECT_EQ(heavy.heaviest()->mass, 1.25 + 0.5 * HeavyTokens::kCapacity);
}

TEST(HeavyTokens, PreferTheSmallestTokenAmongEquals) {
  HeavyTokens heavy;
  std::vector<TokenMass> masses = {{9, 2}, {3, 1}, {5, 2}, {3, 1}};
  heavy.add(masses);
  EXPECT_EQ(heavy.heaviest()->token, 3);
}

// The bound of Misra & Gries, on long-tailed streams that overflow it many times.
TEST(HeavyTokens, AreShortByLittle) {
  for (std::uint32_t seed = 0; seed < 20; ++seed) {
    std::mt19937 random(seed);
    std::geometric_distribution<std::int32_t> token(seed % 2 == 0 ? 0.001 : 0.02);
    std::lognormal_distribution<double> mass(0, 1.5);
    HeavyTokens heavy;
    std::map<std::int32_t, double> exact;
    double total = 0;
    for (int batch = 0; batch < 50; ++batch) {
      std::vector<TokenMass> masses;
      for (int i = 0; i < 200; ++i) {
        masses.push_back({token(random), mass(random)});
        exact[masses.back().token] += masses.back().mass;
        total += masses.back().mass;
      }
      heavy.add(masses);
    }
    const auto largest =
        std::ranges::max_element(exact, {}, [](const auto& e) { return e.second; });
    const double allowed = total / (HeavyTokens::kCapacity + 1);
    ASSERT_GT(exact.size(), HeavyTokens::kCapacity);
    const auto found = heavy.heaviest();
    ASSERT_TRUE(found);
    EXPECT_LE(found->mass, exact[found->token] * (1 + 1e-12));
    EXPECT_GE(found->mass, exact[found->token] - allowed);
    EXPECT_GE(exact[found->token], largest->second - allowed);
  }
}

TEST(HeavyTokens, FindAMajorityAmongThousands) {
  std::mt19937 random(1);
  HeavyTokens heavy;
  for (int batch = 0; batch < 40; ++batch) {
    std::vector<TokenMass> masses;
    for (int i = 0; i < 100; ++i) {
      masses.push_back({static_cast<std::int32_t>(random() % 100'000), 1});
      masses.push_back({77, 1.5});
    }
    heavy.add(masses);
  }
  EXPECT_EQ(heavy.heaviest()->token, 77);
  EXPECT_NEAR(heavy.heaviest()->mass / (100 * 40 * 2.5), 0.6, 1.0 / 129);
}

}  // namespace
}  // namespace isogloss
