// explanations.parquet: what others say that features stand for, with the columns that
// docs/dataset.md lists.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/layout.h"

namespace isogloss {

/// One explanation of a feature; a feature may have several.
struct Explanation {
  std::int32_t feature = 0;
  std::string description;
  std::string method;  ///< "oai_token-act-pair"; may be empty
  std::string model;   ///< that wrote it: "gpt-4o-mini"; may be empty
  bool operator==(const Explanation&) const = default;
};

struct ExplanationFile {
  std::string name;
  std::string sha256;
  bool operator==(const ExplanationFile&) const = default;
};

struct Explanations {
  std::string source;                  ///< Neuronpedia's "MODEL/SOURCE"
  std::vector<ExplanationFile> files;  ///< that they come from
  std::vector<Explanation> rows;       ///< by feature
  bool operator==(const Explanations&) const = default;

  /// Those of one feature.
  std::span<const Explanation> of(std::int32_t feature) const;
};

void write_explanations(const ResultFolder& folder, const Explanations& explanations);

/// Returns what was written; empty if the folder has no such file. Throws Error(kBadInput) if a
/// column is missing or has another type, or if the rows contradict each other.
Explanations read_explanations(const ResultFolder& folder);

}  // namespace isogloss
