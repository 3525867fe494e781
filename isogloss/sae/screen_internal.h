// Which features may fire on a row, found by products in 8 bits whose error is bounded. So few may
// that the exact product is computed for these alone, and what fires is what float32 weights and
// activations give. docs/decisions/0015-screened-products.md
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "isogloss/quantized/kernel.h"
#include "isogloss/sae/activation_internal.h"
#include "isogloss/sae/sae.h"

namespace isogloss {

/// The encoder's weights in 8 bits and in float32, and how far the two may be apart.
class ScreenedWeights {
 public:
  /// Whether there are kernels for this processor, and every feature of `sae` fires by itself or by
  /// being among the k largest.
  static bool suit(const Sae& sae);

  explicit ScreenedWeights(const Sae& sae);

  /// d_in, with zeros up to whole blocks: the distance of rows.
  std::size_t stride() const { return n_blocks_ * kNumbersPerBlock; }

 private:
  friend class Screen;

  /// Of 16 features, each as many numbers. With the errors of a row and its length as in TileNorms,
  /// a feature whose product in 8 bits is p may fire on the row if
  ///   p + error · length_of_weights + length · error_of_weights > offset + floor · per_floor,
  /// where floor is 0 but for TopK.
  struct Limits {
    float length_of_weights[kRowsPerPanel];
    float error_of_weights[kRowsPerPanel];
    float offset[kRowsPerPanel];
    float per_floor[kRowsPerPanel];
  };

  void pack_panel(std::size_t panel, const Sae& sae);
  void limit(std::size_t panel, std::size_t lane, std::span<const float> dequantised);
  void limit_by_activation(const Sae& sae);

  std::size_t d_in_, n_features_, n_blocks_, n_panels_;
  std::size_t k_ = 0;                  ///< of TopK, else 0
  std::vector<PackedWeights> packed_;  ///< [n_panels, n_blocks]
  std::vector<float> rows_;            ///< [n_features, stride]
  std::vector<float> bias_;            ///< [n_features] for TopK, else empty
  std::vector<Limits> limits_;         ///< [n_panels]
};

/// Finds candidates, with scratch space of its own: for one thread at a time.
class Screen {
 public:
  /// Rows that are looked at together, so that every weight is used many times while it is in the
  /// cache.
  static constexpr std::size_t kRows = 256;

  explicit Screen(std::shared_ptr<const ScreenedWeights> weights);
  ~Screen();
  Screen(Screen&&) noexcept;

  /// Prepared rows [n_rows, stride], at most kRows: keeps the candidates of each.
  void look_at(std::span<const float> rows);

  /// Of row `row`, ascending: all features that fire, with their products, and a few more.
  std::span<const Candidate> candidates(std::size_t row) const { return candidates_[row]; }

  /// What it takes of memory, in bytes.
  std::uint64_t working_memory() const;

 private:
  struct TileNorms;
  /// What h of a feature is between, for TopK.
  struct Bounds {
    std::int32_t feature;
    float low, high;
  };
  /// The features of a row that may be among the k largest so far; k are sure to exceed `floor`.
  struct Contest {
    std::vector<Bounds> features;
    float floor = 0;
    std::size_t next_cut = 0;  ///< how many features call for a higher floor
  };

  void pack(std::span<const float> rows);
  void look_at_panel(std::size_t panel);
  void look_closer(std::size_t panel, std::size_t row, const float* products);
  Candidate multiply(std::size_t row, std::int32_t feature) const;
  void enter(Contest& contest, std::int32_t feature, float product, float margin) const;
  void raise_floor(Contest& contest);

  std::shared_ptr<const ScreenedWeights> weights_;
  std::span<const float> rows_;
  std::vector<PackedActivations> tiles_;            ///< [n_tiles, n_blocks]
  std::vector<TileNorms> norms_;                    ///< [n_tiles]
  std::vector<std::vector<Candidate>> candidates_;  ///< [n_rows]
  std::vector<Contest> contests_;                   ///< [n_rows], for TopK
  std::vector<float> scores_;                       ///< what raise_floor() chooses from
};

}  // namespace isogloss
