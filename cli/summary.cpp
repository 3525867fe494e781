#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <span>

#include "cli/commands.h"
#include "cli/feature_json.h"
#include "cli/feature_text.h"
#include "cli/sentence.h"
#include "cli/stats.h"
#include "cli/terminal.h"
#include "isogloss/core/json_text.h"
#include "isogloss/evidence/feature_view.h"
#include "isogloss/results/scores_file.h"
#include "isogloss/store/manifest.h"

namespace isogloss::cli {
namespace {

constexpr std::size_t kBest = 10;
/// With more, their names are not listed, and a feature's sentence is shown in a few of them.
constexpr std::size_t kManyLanguages = 40;
constexpr std::size_t kShownOfMany = 6;

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

void print_head(const Manifest& manifest, const Counts& counts, double effective_strata) {
  const auto& languages = manifest.inputs.languages;
  const auto head =
      fmt::format("{} sentences in {} at {}", manifest.n_sentences,
                  languages.size() > kManyLanguages ? fmt::format("{} languages", languages.size())
                                                    : fmt::format("{}", fmt::join(languages, ", ")),
                  manifest.inputs.hook);
  for (const auto& line : wrap_words(printable(head), terminal_width())) fmt::print("{}\n", line);
  fmt::print("{} of {} features fire in every language, {} in none\n", counts.alive,
             manifest.n_features, counts.dead);
  fmt::print("chance permutes sentences within {:.1f} effective strata ({})\n", effective_strata,
             to_string(manifest.scoring.value_or(ScoringOptions{}).null_model));
  if (manifest.self_check) {
    fmt::print("self-check: fraction of variance unexplained {:.3f}, L0 {:.1f}, {:.1f} % silent\n",
               manifest.self_check->fvu, manifest.self_check->l0,
               100 * manifest.self_check->dead_share);
  }
}

struct Best {
  std::vector<std::int32_t> features;     ///< by rank
  std::vector<std::int32_t> passed_over;  ///< those that rank above the last of them
};

/// Up to ten features with agreement: those that no flag explains, by rank, then, only if these are
/// too few, the best of the others.
Best best_features(const ScoreTable& table) {
  std::vector<std::int32_t> unexplained;
  std::vector<std::int32_t> explained;
  for (const auto feature : features_by_rank(table)) {
    if (table.agreement_stratified[static_cast<std::size_t>(feature)] <= 0) break;
    const bool flagged = table.artefacts && table.artefacts->explain_agreement(feature);
    (flagged ? explained : unexplained).push_back(feature);
  }
  const auto rank = [&](std::int32_t feature) {
    return table.rank[static_cast<std::size_t>(feature)];
  };
  Best best;
  const auto n_unexplained = std::min(unexplained.size(), kBest);
  best.features.assign(unexplained.begin(),
                       unexplained.begin() + static_cast<std::ptrdiff_t>(n_unexplained));
  const auto n_explained = std::min(explained.size(), kBest - n_unexplained);
  best.features.insert(best.features.end(), explained.begin(),
                       explained.begin() + static_cast<std::ptrdiff_t>(n_explained));
  std::ranges::sort(best.features, {}, rank);
  for (const auto feature : std::span(explained).subspan(n_explained)) {
    if (rank(feature) < rank(best.features.back())) best.passed_over.push_back(feature);
  }
  return best;
}

/// "5 shared words, 3 punctuation": counts of the flags that explain the agreement of `features`.
std::string flag_counts(const ScoreTable& table, std::span<const std::int32_t> features) {
  std::vector<std::string> counts;
  for (const auto* flag : flags()) {
    if (!flag->explains_agreement) continue;
    const auto count = std::ranges::count_if(
        features, [&](std::int32_t feature) { return table.artefacts->has(*flag, feature); });
    if (count > 0) counts.push_back(fmt::format("{} {}", count, flag->word));
  }
  return fmt::format("{}", fmt::join(counts, ", "));
}

void print_passed_over(const ScoreTable& table, const Best& best) {
  if (best.passed_over.empty()) return;
  fmt::print(
      "\nLeft out: {} features that rank above the last of these, because a flag explains\n"
      "their agreement ({}).\nThe report lists all features.\n",
      best.passed_over.size(), flag_counts(table, best.passed_over));
}

std::string score_text(const ScoreTable& scores) {
  auto text = fmt::format("agreement {:.3f}", scores.agreement_stratified.front());
  if (scores.q_agreement.front()) text += fmt::format(", q {:.2g}", *scores.q_agreement.front());
  const auto n_together = scores.cofire.front();
  return text + fmt::format(", fires together in {} {}", n_together,
                            n_together == 1 ? "sentence" : "sentences");
}

void print_feature(const FeatureView& view, int width, bool colour) {
  const auto& scores = view.scores;
  fmt::print("\n{:>4}  feature {:<6}  {}\n", scores.rank.front(), view.feature, score_text(scores));
  const auto flags = flag_words(scores, 0);
  if (!flags.empty()) fmt::print("      flagged: {}\n", fmt::join(flags, ", "));
  if (!view.explanations.empty()) {
    const auto text = "explained: " + view.explanations.front().description;
    fmt::print("      {}\n", fit(printable(text), width - 6));
  }
  if (view.samples.empty()) return;
  float max = 0;
  for (const auto& of_language : scores.max) max = std::max(max, of_language.front());
  const auto n = scores.languages.size();
  const auto n_shown = n > kManyLanguages ? kShownOfMany : n;
  for (std::size_t l = 0; l < n_shown; ++l) {
    const auto& sentence = view.samples.front().by_language[l];
    fmt::print("      {:<3} {}\n", printable(scores.languages[l]),
               sentence_line(sentence, max, width - 10, colour));
  }
  if (n_shown < n) fmt::print("      … and in {} more languages\n", n - n_shown);
}

nlohmann::ordered_json files_json(const ResultFolder& folder) {
  return {{"manifest", folder.manifest().string()},
          {"scores", folder.scores_parquet().string()},
          {"statistics", folder.statistics().string()},
          {"report", folder.report().string()}};
}

void print_files(const ResultFolder& folder, const std::vector<FeatureView>& best) {
  fmt::print("\nreport    {}\n", folder.report().string());
  fmt::print("scores    {} (and .csv)\n", folder.scores_parquet().string());
  if (best.empty()) return;
  fmt::print("evidence  isogloss show {} {}\n", best.front().feature, folder.root.string());
}

}  // namespace

void print_summary(const ResultFolder& folder, bool json, const StageSeconds* seconds) {
  const auto manifest = require_complete(folder);
  const auto table = read_scores(folder);
  const auto best = best_features(table);
  const auto views = view_features(folder, manifest, table, best.features, 1);
  const auto counts = count_features(table);
  if (json) {
    nlohmann::ordered_json out = {{"output", folder.root.string()},
                                  {"sentences", manifest.n_sentences},
                                  {"languages", manifest.inputs.languages},
                                  {"features", manifest.n_features},
                                  {"alive", counts.alive},
                                  {"dead", counts.dead},
                                  {"effective_strata", table.effective_strata},
                                  {"intervals_over", intervals_over(table)},
                                  {"files", files_json(folder)}};
    for (const auto& view : views) out["best"].push_back(feature_json(view));
    out["passed_over"] = best.passed_over;
    if (seconds != nullptr) out["seconds"] = seconds_json(*seconds);
    std::cout << json_text(out, 2) << "\n";
    return;
  }
  print_head(manifest, counts, table.effective_strata);
  for (const auto& view : views) print_feature(view, terminal_width(), use_colour());
  print_passed_over(table, best);
  print_files(folder, views);
  if (seconds != nullptr) print_seconds(*seconds);
}

}  // namespace isogloss::cli
