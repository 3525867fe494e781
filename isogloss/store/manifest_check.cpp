// Which run a manifest belongs to, and whether that run is complete.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/store/manifest.h"

namespace isogloss {
namespace {

std::vector<std::string> hashes_of(const std::vector<HashedFile>& files) {
  std::vector<std::string> hashes;
  for (const auto& file : files) hashes.push_back(file.sha256);
  return hashes;
}

/// Names the folders of a run over several hooks, if `root` is its output.
[[noreturn]] void fail_without_manifest(const std::filesystem::path& root) {
  std::vector<std::string> results;
  std::error_code unreadable;  // as good as empty
  for (const auto& entry : std::filesystem::directory_iterator(root, unreadable)) {
    if (std::filesystem::exists(ResultFolder{entry.path()}.manifest(), unreadable)) {
      results.push_back(entry.path().filename().string());
    }
  }
  std::ranges::sort(results);
  const auto remedy =
      results.empty() ? "give the folder of an extraction"
                      : fmt::format("give one of the folders in it: {}", fmt::join(results, ", "));
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: no manifest.json in it; {}", root.string(), remedy));
}

}  // namespace

std::vector<std::string> differing_fields(const ExtractionInputs& a, const ExtractionInputs& b) {
  std::vector<std::string> names;
  const auto compare = [&](const char* name, bool equal) {
    if (!equal) names.emplace_back(name);
  };
  compare("isogloss_version", a.isogloss_version == b.isogloss_version);
  compare("llama_version", a.llama_version == b.llama_version);
  compare("model", a.model.sha256 == b.model.sha256);
  compare("sae", hashes_of(a.sae) == hashes_of(b.sae));
  compare("sae_settings", a.sae_settings == b.sae_settings);
  compare("corpus", hashes_of(a.corpus) == hashes_of(b.corpus));
  compare("hook", a.hook == b.hook);
  compare("languages", a.languages == b.languages);
  compare("n_samples", a.n_samples == b.n_samples);
  // The seed only draws the samples; without a draw it has no effect.
  compare("seed", a.seed == b.seed || (!a.n_samples && !b.n_samples));
  compare("clean", a.clean == b.clean);
  compare("truncate", a.truncate == b.truncate);
  compare("bos", a.bos == b.bos);
  compare("imported", a.imported == b.imported);
  compare("count_padding", a.count_padding == b.count_padding);
  compare("skip_self_check", a.skip_self_check == b.skip_self_check);
  compare("exact", a.exact == b.exact);
  compare("max_tokens_per_batch", a.max_tokens_per_batch == b.max_tokens_per_batch);
  compare("n_gpu_layers", a.n_gpu_layers == b.n_gpu_layers);
  return names;
}

Manifest require_complete(const ResultFolder& folder) {
  auto manifest = read_manifest(folder);
  if (!manifest) fail_without_manifest(folder.root);
  if (!manifest->extraction_complete) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: its extraction is not finished; repeat the command that began it",
                            folder.root.string()));
  }
  std::vector<std::filesystem::path> needed{folder.sequences()};
  for (std::int32_t shard = 0; shard < std::ssize(manifest->shards); ++shard) {
    needed.push_back(folder.activation_shard(shard));
    needed.push_back(folder.maxima_shard(shard));
  }
  for (const auto& path : needed) {
    if (std::filesystem::exists(path)) continue;
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: missing from a finished extraction; restore it or extract into "
                            "another folder",
                            path.string()));
  }
  return *std::move(manifest);
}

Manifest require_scored(const ResultFolder& folder) {
  auto manifest = require_complete(folder);
  if (manifest.scoring) return manifest;
  throw Error(ErrorCode::kBadInput, fmt::format("{}: not scored yet; run isogloss score {}",
                                                folder.root.string(), folder.root.string()));
}

}  // namespace isogloss
