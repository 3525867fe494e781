#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/feature_json.h"
#include "cli/sentence.h"
#include "cli/terminal.h"
#include "isogloss/report/feature_view.h"
#include "isogloss/report/scores_file.h"
#include "isogloss/store/manifest.h"

namespace isogloss::cli {
namespace {

constexpr std::size_t kBest = 10;

struct Counts {
  std::int64_t alive = 0;
  std::int64_t dead = 0;
};

Counts count_features(const ScoreTable& table) {
  Counts counts;
  for (std::int32_t f = 0; f < table.n_features(); ++f) {
    counts.alive += table.alive[static_cast<std::size_t>(f)] ? 1 : 0;
    counts.dead += table.n_languages_active[static_cast<std::size_t>(f)] == 0 ? 1 : 0;
  }
  return counts;
}

void print_head(const Manifest& manifest, const Counts& counts) {
  fmt::print("{} sentences in {} at {}\n", manifest.n_sentences,
             fmt::join(manifest.inputs.languages, ", "), manifest.inputs.hook);
  fmt::print("{} of {} features fire in every language, {} in none\n", counts.alive,
             manifest.n_features, counts.dead);
  if (manifest.self_check) {
    fmt::print("self-check: fraction of variance unexplained {:.3f}, L0 {:.1f}, {:.1f} % silent\n",
               manifest.self_check->fvu, manifest.self_check->l0,
               100 * manifest.self_check->dead_share);
  }
}

void print_feature(const FeatureView& view, int width, bool colour) {
  fmt::print("\n{:>4}  feature {:<6}  agreement {:.3f}  fires together in {} sentences\n",
             view.agreement_rank, view.feature, view.agreement, view.cofire);
  if (view.samples.empty()) return;
  const float max = *std::max_element(view.max.begin(), view.max.end());
  for (std::size_t l = 0; l < view.languages.size(); ++l) {
    const auto& sentence = view.samples.front().by_language[l];
    fmt::print("      {:<3} {}\n", view.languages[l],
               sentence_line(sentence, max, width - 10, colour));
  }
}

nlohmann::ordered_json files_json(const ResultFolder& folder) {
  return {{"manifest", folder.manifest().string()},
          {"scores", folder.scores_parquet().string()},
          {"statistics", folder.statistics().string()},
          {"report", folder.report().string()}};
}

void print_files(const ResultFolder& folder, std::int32_t best) {
  fmt::print("\nreport    {}\n", folder.report().string());
  fmt::print("scores    {} (and .csv)\n", folder.scores_parquet().string());
  fmt::print("evidence  isogloss show {} {}\n", best, folder.root.string());
}

}  // namespace

void print_summary(const ResultFolder& folder, bool json) {
  const auto manifest = require_complete(folder);
  const auto table = read_scores(folder);
  auto best = features_by_rank(table);
  best.resize(std::min(best.size(), kBest));
  const auto views = view_features(folder, manifest, table, best, 1);
  const auto counts = count_features(table);
  if (json) {
    nlohmann::ordered_json out = {{"output", folder.root.string()},
                                  {"sentences", manifest.n_sentences},
                                  {"languages", manifest.inputs.languages},
                                  {"features", manifest.n_features},
                                  {"alive", counts.alive},
                                  {"dead", counts.dead},
                                  {"files", files_json(folder)}};
    for (const auto& view : views) out["best"].push_back(feature_json(view));
    std::cout << out.dump(2) << "\n";
    return;
  }
  print_head(manifest, counts);
  for (const auto& view : views) print_feature(view, terminal_width(), use_colour());
  if (!best.empty()) print_files(folder, best.front());
}

}  // namespace isogloss::cli
