#include <fmt/format.h>
#include <fmt/ranges.h>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/folder_lock.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/sae/self_check.h"
#include "isogloss/store/activations.h"

namespace isogloss {
namespace {

/// "3-5, 9": the shards that are not there.
std::vector<std::string> missing_shards(const ResultFolder& folder, std::int32_t n) {
  std::vector<std::string> spans;
  for (std::int32_t i = 0; i < n; ++i) {
    if (shard_is_finished(folder, i)) continue;
    const auto first = i;
    while (i + 1 < n && !shard_is_finished(folder, i + 1)) ++i;
    spans.push_back(first == i ? fmt::format("{}", i) : fmt::format("{}-{}", first, i));
  }
  return spans;
}

}  // namespace

Manifest finish(const ResultFolder& folder, const RunControl& control) {
  const FolderLock lock(folder.root);
  auto manifest = read_manifest(folder);
  if (!manifest) return require_complete(folder);  // which says so
  if (manifest->extraction_complete) return require_complete(folder);
  const auto missing = missing_shards(folder, static_cast<std::int32_t>(manifest->shards.size()));
  if (!missing.empty()) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}: lacks shards {}; run isogloss extract with --shards {}, or without it "
                    "for all of them",
                    folder.root.string(), fmt::join(missing, ", "), missing.front()));
  }
  for (const auto& path : {folder.root, folder.activations(), folder.maxima()}) remove_parts(path);
  if (manifest->self_check) {
    const auto remark = l0_remark(*manifest->self_check, manifest->expected_l0);
    if (!remark.empty()) {
      control.warning(fmt::format("{}: {}", manifest->inputs.sae_name, remark));
    }
  }
  manifest->extraction_complete = true;
  write_manifest(folder, *manifest);
  return require_complete(folder);
}

}  // namespace isogloss
