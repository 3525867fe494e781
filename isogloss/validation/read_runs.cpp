#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/stats/token_profile.h"
#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

std::vector<std::string> hashes(const std::vector<HashedFile>& files) {
  std::vector<std::string> result;
  for (const auto& file : files) result.push_back(file.sha256);
  std::sort(result.begin(), result.end());
  return result;
}

void check_comparable(const ValidationRun& first, const ValidationRun& run) {
  const auto fail = [&](const std::string& difference, const std::string& remedy) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {} than {}; {}", run.folder.root.string(),
                                                  difference, first.folder.root.string(), remedy));
  };
  if (hashes(run.manifest.inputs.sae) != hashes(first.manifest.inputs.sae) ||
      run.manifest.n_features != first.manifest.n_features) {
    fail("made with another SAE", "the features have nothing in common, so validate it by itself");
  }
  if (run.manifest.inputs.hook != first.manifest.inputs.hook) {
    fail("read at another hook", "validate it by itself");
  }
  if (run.manifest.inputs.languages != first.manifest.inputs.languages) {
    fail(fmt::format("has other languages ({})", fmt::join(run.manifest.inputs.languages, ", ")),
         fmt::format("extract both with --languages {}",
                     fmt::join(first.manifest.inputs.languages, ",")));
  }
}

/// The folder's last name, or the whole path if another run has the same name.
std::string name_of(const std::filesystem::path& folder,
                    std::span<const std::filesystem::path> all) {
  const auto last = [](const std::filesystem::path& path) {
    const auto name = path.filename();
    return (name.empty() ? path.parent_path().filename() : name).string();
  };
  const auto n_alike = std::count_if(
      all.begin(), all.end(), [&](const auto& other) { return last(other) == last(folder); });
  return n_alike > 1 || last(folder).empty() ? folder.string() : last(folder);
}

/// Maxima over the tokens outside shared words.
Maxima without_shared_words(const ResultFolder& folder, const Maxima& maxima,
                            const RunControl& control) {
  const auto parts = compute_token_profile(folder, maxima, control).parts;
  std::vector<std::vector<float>> values;
  for (std::size_t l = 0; l < parts.size(); ++l) {
    values.push_back(maxima.by_language[l].values);
    for (const auto& [entry, value] : parts[l].unshared) values[l][entry] = value;
  }
  return with_values(maxima, values);
}

}  // namespace

std::vector<ValidationRun> read_validation_runs(std::span<const std::filesystem::path> folders,
                                                const RunControl& control) {
  std::vector<ValidationRun> runs;
  for (const auto& path : folders) {
    control.throw_if_stopped();
    ValidationRun run{.name = name_of(path, folders),
                      .folder = {path},
                      .manifest = require_scored({path}),
                      .observed = {},
                      .unshared = {},
                      .table = {},
                      .scores = {}};
    for (const auto& other : runs) {
      if (std::filesystem::equivalent(path, other.folder.root)) {
        throw Error(ErrorCode::kUsage,
                    fmt::format("{}: given twice; name each run once", path.string()));
      }
    }
    if (!runs.empty()) {
      check_comparable(runs.front(), run);
      run.manifest.scoring = runs.front().manifest.scoring;
    }
    run.observed.maxima =
        read_maxima(run.folder, run.manifest.n_features, run.manifest.inputs.languages);
    run.observed.traits = read_row_traits(run.folder, run.manifest.inputs.languages);
    run.unshared = without_shared_words(run.folder, run.observed.maxima, control);
    run.table = score_observed(run.observed, *run.manifest.scoring, control);
    run.scores = all_scores(run.table);
    runs.push_back(std::move(run));
  }
  return runs;
}

}  // namespace isogloss
