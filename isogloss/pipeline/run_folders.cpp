#include "isogloss/pipeline/run_folders.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <utility>

#include "isogloss/core/error.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/store/activations.h"

namespace isogloss {

std::vector<ResultFolder> target_folders(const std::filesystem::path& output,
                                         std::span<const std::string> hooks) {
  if (hooks.size() == 1) return {{output}};
  std::vector<ResultFolder> folders;
  std::map<std::string, int> n_named;
  for (const auto& hook : hooks) {
    const int n = ++n_named[hook];
    folders.push_back({output / (n == 1 ? hook : fmt::format("{}-{}", hook, n))});
  }
  return folders;
}

void check_parent(const std::filesystem::path& output, std::span<const ResultFolder> folders) {
  const LayersFolder layers{output};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(output, error)) {
    const auto& path = entry.path();
    const bool ours = std::ranges::any_of(
        folders, [&](const auto& folder) { return folder.root.filename() == path.filename(); });
    if (ours || path == layers.parquet() || path == layers.json() || path == layers.page() ||
        path.extension() == ".part")
      continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: holds {}, which a run over these hooks does not make; give "
                            "another --output",
                            output.string(), path.filename().string()));
  }
}

std::optional<Manifest> find_run(const ResultFolder& folder, const ExtractionInputs& inputs) {
  auto manifest = read_manifest(folder);
  if (!manifest) {
    std::error_code error;
    for (const auto& entry : std::filesystem::directory_iterator(folder.root, error)) {
      const auto name = entry.path().filename().string();
      if (name == "sequences.parquet" || name.ends_with(".part")) continue;
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: holds {} but no manifest.json, so it is no result folder; give "
                              "another --output",
                              folder.root.string(), name));
    }
    return std::nullopt;
  }
  const auto differing = differing_fields(manifest->inputs, inputs);
  if (differing.empty()) return manifest;
  if (!manifest->extraction_complete && !shard_is_finished(folder, 0)) return std::nullopt;
  throw Error(ErrorCode::kBadInput, fmt::format("{}: holds another run (it differs in {}); give "
                                                "another --output, or delete that folder",
                                                folder.root.string(), fmt::join(differing, ", ")));
}

std::vector<ResultFolder> hook_folders(const std::filesystem::path& parent) {
  std::vector<std::pair<std::int32_t, std::filesystem::path>> found;
  if (std::filesystem::exists(ResultFolder{parent}.manifest())) return {};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(parent, error)) {
    const auto manifest = read_manifest({entry.path()});
    if (manifest) found.emplace_back(parse_hook_point(manifest->inputs.hook).layer, entry.path());
  }
  std::ranges::sort(found);
  std::vector<ResultFolder> folders;
  for (const auto& [layer, path] : found) folders.push_back({path});
  return folders;
}

}  // namespace isogloss
