// Explanations from Neuronpedia's dumps: v1/MODEL/SOURCE/explanations/batch-N.jsonl.gz.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

#include "isogloss/core/progress.h"
#include "isogloss/evidence/neuronpedia.h"
#include "isogloss/results/explanations_file.h"

namespace isogloss {

/// Appends the explanations in the text of one file, called `name` in messages. Rows are JSON
/// objects with modelId, layer, index and description; typeName and explanationModelName may be
/// missing, and whatever else there is counts for nothing. A blank description is passed over.
/// Throws Error(kBadInput), which names the line, for a row of another source than `source` or of a
/// feature that the SAE does not have.
void append_explanations(std::string_view text, std::string_view name,
                         const NeuronpediaSource& source, std::int32_t n_features,
                         std::vector<Explanation>& rows);

/// Reads files, compressed or not, and the .jsonl and .jsonl.gz files of folders; a folder that has
/// a folder `explanations` stands for it. Repeated rows count once.
Explanations read_explanation_dumps(std::span<const std::filesystem::path> paths,
                                    const NeuronpediaSource& source, std::int32_t n_features,
                                    const RunControl& control);

}  // namespace isogloss
