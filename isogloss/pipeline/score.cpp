#include <fmt/format.h>

#include <future>
#include <optional>
#include <utility>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/folder_lock.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/results/pairs_file.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/score/score_table.h"
#include "isogloss/stats/statistics.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/maxima.h"
#include "isogloss/store/row_traits.h"

namespace isogloss {
namespace {

/// Statistics of "global", then of each language, in two passes over the values.
std::vector<ThresholdState::Result> find_thresholds(const ResultFolder& folder,
                                                    const std::vector<std::string>& languages,
                                                    const RunControl& control) {
  std::vector<ThresholdState> states(languages.size() + 1);
  const auto pass = [&] {
    visit_activation_values(folder, languages, [&](std::int32_t language, auto values) {
      control.throw_if_stopped();
      states.front().add(values);
      states[static_cast<std::size_t>(language) + 1].add(values);
    });
  };
  pass();
  for (auto& state : states) state.begin_second_pass();
  pass();
  std::vector<ThresholdState::Result> thresholds;
  for (const auto& state : states) thresholds.push_back(state.finalize());
  return thresholds;
}

/// nullopt if they are missing or damaged: they are about to be computed again.
std::optional<ScoreTable> read_scores_if_sound(const ResultFolder& folder) {
  try {
    return read_scores(folder);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

Manifest score(const ResultFolder& folder, const ScoringOptions& options,
               const RunControl& control) {
  for (const auto& name : options.measures) find_measure(name);  // before anything is removed
  const FolderLock lock(folder.root);
  remove_parts(folder.root);
  auto manifest = require_complete(folder);
  const auto earlier_options = std::exchange(manifest.scoring, std::nullopt);
  std::future<std::optional<ScoreTable>> reading_earlier;
  if (earlier_options) {
    write_manifest(folder, manifest);
    reading_earlier = std::async(std::launch::async, [&] { return read_scores_if_sound(folder); });
  }
  std::filesystem::remove(folder.report());
  const auto& languages = manifest.inputs.languages;
  auto reading_profiles = std::async(std::launch::async, [&] {
    return read_profiles(folder, manifest.n_features, manifest.n_sentences, languages);
  });
  const auto maxima = read_maxima(folder, manifest.n_features, languages);
  if (!std::filesystem::exists(folder.statistics())) {
    const auto groups = threshold_series(maxima, find_thresholds(folder, languages, control));
    write_file_atomically(folder.statistics(), statistics_json(groups));
  }
  const auto traits = read_row_traits(folder, languages);
  auto profiles = reading_profiles.get();
  if (!profiles) profiles = profile_features(folder, maxima, traits, control);
  PairsWriter pairs(folder, languages);
  ScoringInput input{maxima, &traits, &*profiles,
                     [&](auto of_features) { pairs.append(of_features); }};
  std::optional<ScoreTable> earlier_table;
  if (reading_earlier.valid()) earlier_table = reading_earlier.get();
  if (earlier_table) input.earlier.emplace(EarlierScores{*earlier_table, *earlier_options});
  const auto table = score_features(input, options, control);
  pairs.finish();
  write_scores(folder, table);
  manifest.scoring = options;
  write_manifest(folder, manifest);
  return manifest;
}

bool is_scored(const ResultFolder& folder, const Manifest& manifest,
               const ScoringOptions& options) {
  return manifest.scoring == options && std::filesystem::exists(folder.scores_parquet()) &&
         std::filesystem::exists(folder.scores_csv()) &&
         std::filesystem::exists(folder.statistics());
}

}  // namespace isogloss
