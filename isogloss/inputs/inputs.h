// What a run is made from, by name. `hf:OWNER/NAME/PATH@REVISION` is something on the Hugging Face
// hub, which is fetched into the hub's cache, and so is an SAE called RELEASE/ID in the table of
// published ones; everything else is a path and stays as it is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/progress.h"
#include "isogloss/published/published.h"

namespace isogloss {

struct FetchedInput {
  std::filesystem::path path;
  std::string origin;  ///< "hf:OWNER/NAME/PATH@COMMIT", what was fetched; empty for a path
  const PublishedSae* published = nullptr;  ///< an SAE named by the table; lives for ever
};

bool is_hub_name(std::string_view words);

/// What is done with a model that is cut in several files, which cannot be run as it is.
enum class ModelParts { kRefuse, kFetch };

/// A GGUF model: `hf:OWNER/NAME/FILE.gguf`, or `hf:OWNER/NAME` if it holds one.
FetchedInput fetch_model(const std::string& words, ModelParts parts, const RunControl& control);

/// An SAE: a folder or a file of a repository in a format of load_sae, of which `format` may be the
/// name; or RELEASE/ID, or what Neuronpedia calls it, unless there is a file or folder of that
/// name.
FetchedInput fetch_sae(const std::string& words, std::string_view format,
                       const RunControl& control);

/// A corpus: a file or folder of a dataset repository, as read_corpus takes them on disk, of which
/// one split is fetched.
FetchedInput fetch_corpus(const std::string& words, const std::vector<std::string>& languages,
                          std::string_view split, const RunControl& control);

}  // namespace isogloss
