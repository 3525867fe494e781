// The overlap between a feature's languages when sentences are permuted at random within strata.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "isogloss/numeric/hypergeometric_draws.h"
#include "isogloss/numeric/random.h"
#include "isogloss/score/strata/by_stratum.h"

namespace isogloss {

/// M of two columns under random permutations. Per stratum, a draw costs the smaller of the sparser
/// side's non-zeros and twice the number of rows on which the sides meet.
class PermutedPair {
 public:
  PermutedPair(const SparseColumn& a, const SparseColumn& b, StratumGatherer& gatherer);

  /// Σ_s min(p_s, q_π(s)) for a fresh uniform π. Later draws depend on earlier ones.
  double draw(Random& random);

 private:
  enum class DrawMethod {
    kOne,    ///< the sparser side has one non-zero: draws a row for it
    kPlace,  ///< draws a row for each non-zero of the sparser side; the denser is padded with its
             ///< zeros
    kMeet,   ///< draws how many meet, then which of each side
  };
  struct Stratum {
    DrawMethod method;
    std::uint32_t n_rows;
    std::uint32_t n_sparse;
    std::uint32_t n_dense;
    std::size_t sparse;  ///< where their shares begin
    std::size_t dense;
    std::size_t law;  ///< the law of how many meet; kMeet only
  };
  void add_stratum(std::span<const double> sparse, std::span<const double> dense,
                   std::uint32_t n_rows);
  double draw_stratum(const Stratum& stratum, Random& random);

  std::vector<Stratum> strata_;  ///< those in which both fire
  std::vector<double> sparse_;
  std::vector<double> dense_;
  HypergeometricDraws laws_;
};

/// Σ over language pairs of weight_ij·M_ij for three or more columns, with each language's rows
/// permuted independently. This is not the same as permuting pair by pair, since pairs share
/// languages. Per stratum, a draw costs the non-zeros of all languages except the largest.
class PermutedLanguages {
 public:
  /// `weights` is [n × n] for n columns, none silent; only weights[i·n + j] with i ≠ j count.
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
    std::size_t first_group;  ///< the largest, which is not permuted
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
