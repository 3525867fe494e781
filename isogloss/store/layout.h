// Where everything lies in a result folder.
#pragma once

#include <cstdint>
#include <filesystem>

namespace isogloss {

/// A result folder. Shard names are zero-padded, so that sorting by name sorts by sample.
struct ResultFolder {
  std::filesystem::path root;

  std::filesystem::path manifest() const { return root / "manifest.json"; }
  std::filesystem::path sequences() const { return root / "sequences.parquet"; }
  std::filesystem::path activations() const { return root / "activations"; }
  std::filesystem::path maxima() const { return root / "maxima"; }
  std::filesystem::path statistics() const { return root / "statistics.json"; }
  std::filesystem::path profile() const { return root / "profile.parquet"; }
  std::filesystem::path agreement_controls() const { return root / "agreement_controls.parquet"; }
  std::filesystem::path scores_parquet() const { return root / "scores.parquet"; }
  std::filesystem::path scores_csv() const { return root / "scores.csv"; }
  std::filesystem::path pairs_parquet() const { return root / "pairs.parquet"; }
  std::filesystem::path vocabulary() const { return root / "vocabulary.parquet"; }
  std::filesystem::path explanations() const { return root / "explanations.parquet"; }
  std::filesystem::path report() const { return root / "report.html"; }

  /// activations/part-00007.parquet.
  std::filesystem::path activation_shard(std::int32_t shard) const;
  std::filesystem::path maxima_shard(std::int32_t shard) const;  ///< maxima/part-00007.parquet
};

/// The output of a run over several hook points: a result folder for each, and their comparison.
struct LayersFolder {
  std::filesystem::path root;

  std::filesystem::path parquet() const { return root / "layers.parquet"; }
  std::filesystem::path json() const { return root / "layers.json"; }
  std::filesystem::path page() const { return root / "layers.html"; }
};

/// The folder that `isogloss validate` writes to: its own or a run's.
struct ValidationFolder {
  std::filesystem::path root;

  std::filesystem::path parquet() const { return root / "validation.parquet"; }
  std::filesystem::path page() const { return root / "validation.html"; }
};

}  // namespace isogloss
