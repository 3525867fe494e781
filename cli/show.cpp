#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/feature_json.h"
#include "cli/feature_text.h"
#include "cli/sentence.h"
#include "cli/terminal.h"
#include "isogloss/core/json_text.h"
#include "isogloss/evidence/feature_view.h"
#include "isogloss/pipeline/add_logit_effects.h"

namespace isogloss::cli {
namespace {

constexpr int kNarrowestColumn = 30;
constexpr const char* kGap = "  ";

void print_side_by_side(const std::vector<std::vector<std::string>>& columns, int width) {
  std::size_t height = 0;
  for (const auto& column : columns) height = std::max(height, column.size());
  for (std::size_t row = 0; row < height; ++row) {
    std::string line;
    for (const auto& column : columns) {
      if (!line.empty()) line += kGap;
      line += row < column.size() ? column[row] : std::string(static_cast<std::size_t>(width), ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    fmt::print("{}\n", line);
  }
}

void print_sample(const FeatureView& view, const ViewedSample& sample, float max, int width,
                  bool colour) {
  const auto& languages = view.scores.languages;
  const auto n_languages = static_cast<int>(languages.size());
  const int column = (width - 2 * (n_languages - 1)) / n_languages;
  const bool side_by_side = column >= kNarrowestColumn;
  fmt::print("\nsentence {} ({})\n", sample.sample, printable(sample.source));
  std::vector<std::vector<std::string>> columns;
  for (std::size_t l = 0; l < languages.size(); ++l) {
    const auto& sentence = sample.by_language[l];
    const int columns_here = side_by_side ? column : width;
    auto lines = wrap_sentence(sentence, max, columns_here, colour);
    const auto language = printable(languages[l]);
    const auto head = sentence.max > 0 ? fmt::format("{} {:.4g}", language, sentence.max)
                                       : fmt::format("{} silent", language);
    lines.insert(lines.begin(), fmt::format("{:<{}}", head, columns_here));
    columns.push_back(std::move(lines));
    if (!side_by_side) {
      print_side_by_side(columns, width);
      columns.clear();
    }
  }
  if (side_by_side) print_side_by_side(columns, column);
}

}  // namespace

void show_feature(const Arguments& arguments, const RunControl& control) {
  const ResultFolder folder{arguments.folder};
  const auto manifest = require_complete(folder);
  auto view = view_feature(folder, manifest, arguments.feature, arguments.n_sentences);
  if (!view.vocabulary) {
    view.vocabulary = feature_logit_effects(folder, manifest, arguments.feature, control);
  }
  if (arguments.json) {
    std::cout << json_text(feature_json(view), 2) << "\n";
    return;
  }
  fmt::print("feature {} at {}\n", view.feature, printable(manifest.inputs.hook));
  print_numbers(view, terminal_width());
  if (view.samples.empty()) fmt::print("\nIt fires on no sentence of this corpus.\n");
  float max = 0;
  for (const auto& of_language : view.scores.max) max = std::max(max, of_language.front());
  const bool colour = use_colour();
  for (const auto& sample : view.samples) {
    print_sample(view, sample, max, terminal_width(), colour);
  }
}

}  // namespace isogloss::cli
