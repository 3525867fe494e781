#include "isogloss/corpus/shuffle.h"

#include <array>
#include <bit>
#include <numeric>
#include <stdexcept>
#include <utility>

namespace isogloss {
namespace {

__extension__ using Uint128 = unsigned __int128;

constexpr Uint128 make_128(std::uint64_t high, std::uint64_t low) {
  return (Uint128{high} << 64) | low;
}

/// Spreads a seed over as many words as a generator's state needs: M. E. O'Neill's seed_seq_fe
/// ("Simple Portable C++ Seed Entropy", 2015) with the constants of numpy's `SeedSequence`.
class SeedSequence {
 public:
  explicit SeedSequence(std::uint64_t seed) {
    const std::array<std::uint32_t, kPoolSize> entropy{static_cast<std::uint32_t>(seed),
                                                       static_cast<std::uint32_t>(seed >> 32)};
    std::uint32_t constant = 0x43b0d7e5;
    const auto hash = [&constant](std::uint32_t value) {
      return scramble(value, constant, 0x931e8875);
    };
    for (std::size_t i = 0; i < kPoolSize; ++i) pool_[i] = hash(entropy[i]);
    for (std::size_t from = 0; from < kPoolSize; ++from) {
      for (std::size_t to = 0; to < kPoolSize; ++to) {
        if (from == to) continue;
        const std::uint32_t mixed = 0xca01f9ddu * pool_[to] - 0x4973f715u * hash(pool_[from]);
        pool_[to] = mixed ^ (mixed >> 16);
      }
    }
  }

  /// numpy's `generate_state(4, numpy.uint64)`.
  std::array<std::uint64_t, 4> state() const {
    std::uint32_t constant = 0x8b51f9dd;
    std::array<std::uint64_t, 4> words{};
    for (std::size_t i = 0; i < 2 * words.size(); ++i) {
      const std::uint64_t half = scramble(pool_[i % kPoolSize], constant, 0x58f38ded);
      words[i / 2] |= half << (32 * (i % 2));
    }
    return words;
  }

 private:
  static constexpr std::size_t kPoolSize = 4;

  static std::uint32_t scramble(std::uint32_t value, std::uint32_t& constant,
                                std::uint32_t multiplier) {
    value ^= constant;
    constant *= multiplier;
    value *= constant;
    return value ^ (value >> 16);
  }

  std::array<std::uint32_t, kPoolSize> pool_{};
};

/// PCG64, the XSL-RR 128/64 member of M. E. O'Neill's family (HMC-CS-2014-0905, section 6.3.3),
/// seeded as numpy's `default_rng`.
class Pcg64 {
 public:
  explicit Pcg64(std::uint64_t seed) {
    const auto words = SeedSequence(seed).state();
    increment_ = (make_128(words[2], words[3]) << 1) | 1;
    step();
    state_ += make_128(words[0], words[1]);
    step();
  }

  std::uint64_t next_64() {
    step();
    const auto folded =
        static_cast<std::uint64_t>(state_ >> 64) ^ static_cast<std::uint64_t>(state_);
    return std::rotr(folded, static_cast<int>(state_ >> 122));
  }

  /// The low half of a 64-bit draw first, its high half at the next call.
  std::uint32_t next_32() {
    if (has_spare_) {
      has_spare_ = false;
      return spare_;
    }
    const std::uint64_t both = next_64();
    spare_ = static_cast<std::uint32_t>(both >> 32);
    has_spare_ = true;
    return static_cast<std::uint32_t>(both);
  }

  /// Uniform in [0, max] by masked rejection, as numpy's `random_interval`: 32-bit draws wherever
  /// they reach.
  std::uint64_t up_to(std::uint64_t max) {
    const std::uint64_t mask = max == 0 ? 0 : ~std::uint64_t{0} >> std::countl_zero(max);
    while (true) {
      const std::uint64_t value = (max <= 0xffffffffu ? next_32() : next_64()) & mask;
      if (value <= max) return value;
    }
  }

 private:
  void step() { state_ = state_ * make_128(0x2360ed051fc65da4, 0x4385df649fccf645) + increment_; }

  Uint128 state_ = 0;
  Uint128 increment_ = 0;
  std::uint32_t spare_ = 0;
  bool has_spare_ = false;
};

}  // namespace

std::vector<std::int64_t> hugging_face_shuffle(std::int64_t n_rows, std::uint64_t seed,
                                               std::int64_t n_take) {
  if (n_take < 0 || n_take > n_rows) throw std::invalid_argument("n_take is not in [0, n_rows]");
  std::vector<std::int64_t> rows(static_cast<std::size_t>(n_rows));
  std::iota(rows.begin(), rows.end(), std::int64_t{0});
  Pcg64 generator(seed);
  // numpy shuffles from the back, so even a few rows from the front need every draw.
  for (std::size_t last = rows.size(); last-- > 1;) {
    std::swap(rows[last], rows[generator.up_to(last)]);
  }
  rows.resize(static_cast<std::size_t>(n_take));
  rows.shrink_to_fit();
  return rows;
}

}  // namespace isogloss
