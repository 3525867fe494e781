// The overlap of a feature's languages when sentences are permuted at random within strata.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/numeric/hypergeometric_draws.h"
#include "isogloss/numeric/random.h"
#include "isogloss/score/strata/by_stratum.h"

namespace isogloss {

/// M of two columns under random permutations. A draw costs, a stratum, the smaller of the sparser
/// side's non-zeros and twice the number that meet.
class PermutedPair {
 public:
  PermutedPair(const SparseColumn& a, const SparseColumn& b, StratumGatherer& gatherer);

  /// Σ_s min(p_s, q_π(s)) for a fresh uniform π. Which draws follow depends on those before.
  double draw(Random& random);

 private:
  enum class DrawMethod {
    kOne,    ///< the sparser side has one non-zero: a row for it
    kPlace,  ///< a row for each of the sparser side's, the denser padded with its zeros
    kMeet,   ///< how many meet, then which of either side
  };
  struct Stratum {
    DrawMethod method;
    std::uint32_t n_rows;
    std::uint32_t n_sparse;
    std::uint32_t n_dense;
    std::size_t sparse;  ///< where their shares begin
    std::size_t dense;
    std::size_t law;  ///< of how many meet; kMeet only
  };
  void add_stratum(std::span<const double> sparse, std::span<const double> dense,
                   std::uint32_t n_rows);
  double draw_stratum(const Stratum& stratum, Random& random);

  std::vector<Stratum> strata_;  ///< those in which both fire
  std::vector<double> sparse_;
  std::vector<double> dense_;
  HypergeometricDraws laws_;
};

/// Σ over language pairs of weight_ij·M_ij for three or more columns, every language's rows
/// permuted on their own: not the same as pair by pair, since the pairs share languages. A draw
/// costs the non-zeros of all languages but the largest of each stratum.
class PermutedLanguages {
 public:
  /// `weights` is [n × n] of n columns, none silent; only weights[i·n + j] with i ≠ j count.
  PermutedLanguages(std::span<const SparseColumn> columns, std::span<const double> weights,
                    StratumGatherer& gatherer);

  double draw(Random& random);

 private:
  struct Entry {
    double share;
    std::int32_t language;
    std::int32_t next;  ///< the entry on the same row before this one, or −1
  };
  /// One language in one stratum, as gathered and as kept.
  struct LanguageInStratum {
    std::int32_t stratum;
    std::int32_t language;
    std::vector<double> shares;
  };
  struct Group {
    std::int32_t language;
    std::int32_t first;  ///< in entries_
    std::int32_t count;
  };
  struct Stratum {
    std::uint32_t n_rows;
    std::size_t first_group;  ///< the largest, which stays where it is
    std::size_t end_group;
  };
  void add_stratum(std::span<const LanguageInStratum> parts, std::uint32_t n_rows);
  double draw_stratum(const Stratum& stratum, Random& random);
  double draw_group(const Group& group, std::uint32_t n_rows, std::uint32_t& n_taken,
                    Random& random);
  double join(std::int32_t entry, std::int32_t others) const;

  std::vector<double> weights_;
  std::size_t n_;
  std::vector<Stratum> strata_;      ///< those in which two languages fire
  std::vector<Group> groups_;        ///< by stratum
  std::vector<Entry> entries_;       ///< by group
  std::vector<std::int32_t> taken_;  ///< the last entry on each row that has any
};

}  // namespace isogloss
