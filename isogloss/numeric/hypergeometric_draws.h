// Random numbers of co-firing rows, for many draws from each law.
#pragma once

#include <cstdint>
#include <vector>

#include "isogloss/numeric/random.h"

namespace isogloss {

/// Draws from hypergeometric laws in constant time by Walker's (1977) alias method, with tables
/// built as in Vose (1991). A law's probabilities have float64's precision; values less than 2^-70
/// times as likely as the mode are never drawn.
class HypergeometricDraws {
 public:
  /// Adds the law of how many of `b` marked rows are among `a` drawn of `n`; returns its number.
  /// 0 <= a, b <= n, n > 0. Costs O(√n).
  std::size_t add(std::int64_t a, std::int64_t b, std::int64_t n);

  std::uint32_t draw(std::size_t law, Random& random) const {
    const auto& table = tables_[law];
    __extension__ typedef unsigned __int128 Wide;
    // The product's upper half picks a slot; its lower half is still uniform.
    const Wide product = static_cast<Wide>(random.next()) * table.size;
    const auto& slot = slots_[table.first + static_cast<std::size_t>(product >> 64)];
    return static_cast<std::uint64_t>(product) < slot.share ? slot.value : slot.other;
  }

 private:
  struct Table {
    std::size_t first;
    std::uint32_t size;
  };
  struct Slot {
    std::uint64_t share;  ///< of `value`, in units of 2^-64; the rest is `other`'s
    std::uint32_t value;
    std::uint32_t other;
  };
  std::vector<Table> tables_;
  std::vector<Slot> slots_;
};

}  // namespace isogloss
