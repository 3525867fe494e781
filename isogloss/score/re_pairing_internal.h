// The overlap of a feature's languages when sentences are re-paired at random within strata.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/score/by_stratum_internal.h"
#include "isogloss/score/hypergeometric_draw_internal.h"
#include "isogloss/score/random.h"

namespace isogloss {

/// M of two columns under random re-pairings. A draw costs, a stratum, the smaller of the sparser
/// side's non-zeros and twice the number that meet.
class PairRePairing {
 public:
  PairRePairing(const SparseColumn& a, const SparseColumn& b, StratumGatherer& gatherer);

  /// Σ_s min(p_s, q_π(s)) for a fresh uniform π. Which draws follow depends on those before.
  double draw(Random& random);

 private:
  enum class Way {
    kOne,    ///< the sparser side has one non-zero: a row for it
    kPlace,  ///< a row for each of the sparser side's, the denser padded with its zeros
    kMeet,   ///< how many meet, then which of either side
  };
  struct Stratum {
    Way way;
    std::uint32_t n_rows;
    std::uint32_t n_sparse;
    std::uint32_t n_dense;
    std::size_t sparse;  ///< where their shares begin
    std::size_t dense;
    std::size_t law;  ///< of how many meet; kMeet only
  };
  double draw_stratum(const Stratum& stratum, Random& random);

  std::vector<Stratum> strata_;  ///< those in which both fire
  std::vector<double> sparse_;
  std::vector<double> dense_;
  HypergeometricDraws laws_;
};

/// Which values stand on which row during one draw. One thread's scratch memory, O(n_rows).
class RowTable {
 public:
  struct Entry {
    double share;
    std::int32_t language;
    std::int32_t next;  ///< the entry put on the same row before this one, or −1
  };

  explicit RowTable(std::int32_t n_rows) : last_(static_cast<std::size_t>(n_rows), 0) {}

  /// Empties all rows, in constant time.
  void begin_draw() {
    if (++stamp_ != 0) return;
    std::fill(last_.begin(), last_.end(), 0);  // 2^32 draws on: old stamps would come alive again
    stamp_ = 1;
  }

  /// The entry put on `row` last, −1 if none was.
  std::int32_t last(std::size_t row) const {
    return last_[row] >> 32 == stamp_ ? static_cast<std::int32_t>(last_[row]) : -1;
  }

  /// Puts entries[i] on `row`. Returns Σ over those there before it of weights[their language]·min.
  double put(std::span<Entry> entries, std::int32_t i, std::size_t row,
             std::span<const double> weights) {
    auto& placed = entries[static_cast<std::size_t>(i)];
    placed.next = last(row);
    last_[row] = std::uint64_t{stamp_} << 32 | static_cast<std::uint32_t>(i);
    double sum = 0;
    for (auto before = placed.next; before >= 0;) {
      const auto& other = entries[static_cast<std::size_t>(before)];
      sum += weights[static_cast<std::size_t>(other.language)] *
             std::min(placed.share, other.share);
      before = other.next;
    }
    return sum;
  }

 private:
  std::vector<std::uint64_t> last_;  ///< stamp << 32 | the last entry put there
  std::uint32_t stamp_ = 0;          ///< of the present draw; older ones mean an empty row
};

/// Σ over language pairs of weight_ij·M_ij for three or more columns, every language's rows permuted
/// on their own: not the same as pair by pair, since the pairs share languages.
class ManyRePairing {
 public:
  /// `weights` is [n × n] of n columns, none silent; only weights[i·n + j] with i ≠ j count.
  /// `rows` has a place for every row; others may use it between draws.
  ManyRePairing(std::span<const SparseColumn> columns, std::span<const double> weights,
                StratumGatherer& gatherer, RowTable& rows);

  double draw(Random& random);

 private:
  /// One language in one stratum.
  struct Group {
    std::int32_t language;
    std::int32_t first;  ///< of its entries
    std::int32_t count;
    std::uint32_t n_rows;
    std::size_t first_row;      ///< in RowTable: strata stand there one after the other
    std::size_t fixed;          ///< the fixed language's shares, on the stratum's first rows
    std::uint32_t n_fixed;      ///< how many it has
    std::ptrdiff_t order = -1;  ///< of a dense group: where its stratum's rows begin in order_
  };
  void add_groups(std::int32_t language, const ColumnByStratum& column,
                  const ColumnByStratum& fixed, const StratumGatherer& gatherer);
  double place(const Group& group, std::int32_t entry, std::uint32_t row);
  bool taken(const Group& group, std::uint32_t row) const;

  std::vector<double> weights_;
  std::size_t n_;
  std::size_t fixed_language_;
  std::vector<Group> groups_;
  std::vector<RowTable::Entry> entries_;
  std::vector<double> fixed_;
  std::vector<std::uint32_t> order_;
  RowTable* rows_;
};

}  // namespace isogloss
