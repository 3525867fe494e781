// Small, portable random numbers: the same draws with every compiler and standard library.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <utility>

namespace isogloss {

/// Moves `state` on and returns 64 well-mixed bits of it (SplitMix64: Steele, Lea & Flood 2014).
inline std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15U;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

/// xoshiro256++ 1.0 (Blackman & Vigna 2021), about 1 ns per draw. Every (seed, stream, substream)
/// has its own sequence, so work cut into numbered pieces draws the same numbers whichever thread
/// does it.
class Random {
 public:
  explicit Random(std::uint64_t seed, std::uint64_t stream = 0, std::uint64_t substream = 0) {
    std::uint64_t mixed = seed;
    mixed = split_mix(mixed) ^ stream;
    mixed = split_mix(mixed) ^ substream;
    for (auto& word : state_) word = split_mix(mixed);
  }

  /// Starts in the given state; not all words may be 0.
  explicit Random(const std::array<std::uint64_t, 4>& state) : state_(state) {}

  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[0] + state_[3], 23) + state_[0];
    const std::uint64_t shifted = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= shifted;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  /// Uniform on 0 … bound − 1, without bias (Lemire 2019). bound > 0.
  std::uint32_t below(std::uint32_t bound) {
    Wide product = static_cast<Wide>(next()) * bound;
    if (static_cast<std::uint64_t>(product) < bound) [[unlikely]] {
      const std::uint64_t biased = (0 - std::uint64_t{bound}) % bound;
      while (static_cast<std::uint64_t>(product) < biased) {
        product = static_cast<Wide>(next()) * bound;
      }
    }
    return static_cast<std::uint32_t>(product >> 64);
  }

  /// Two independent numbers, uniform below their bounds, from one word (Brackett-Rozinsky & Lemire
  /// 2024): what the first leaves of the word serves the second. Bounds in 1 … 2^31.
  std::pair<std::uint32_t, std::uint32_t> below(std::uint32_t bound_1, std::uint32_t bound_2) {
    const std::uint64_t both = std::uint64_t{bound_1} * bound_2;
    auto draw = split(bound_1, bound_2);
    if (draw.rest < both) [[unlikely]] {
      const std::uint64_t biased = (0 - both) % both;
      while (draw.rest < biased) draw = split(bound_1, bound_2);
    }
    return {draw.first, draw.second};
  }

  /// Uniform on [0, 1), 53 bits.
  double uniform() { return static_cast<double>(next() >> 11) * 0x1p-53; }

 private:
  __extension__ typedef unsigned __int128 Wide;
  struct Split {
    std::uint32_t first;
    std::uint32_t second;
    std::uint64_t rest;
  };

  Split split(std::uint32_t bound_1, std::uint32_t bound_2) {
    const Wide one = static_cast<Wide>(next()) * bound_1;
    const Wide two = static_cast<Wide>(static_cast<std::uint64_t>(one)) * bound_2;
    return {static_cast<std::uint32_t>(one >> 64), static_cast<std::uint32_t>(two >> 64),
            static_cast<std::uint64_t>(two)};
  }

  std::array<std::uint64_t, 4> state_;
};

}  // namespace isogloss
