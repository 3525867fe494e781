#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/feature_json.h"
#include "cli/sentence.h"
#include "cli/terminal.h"
#include "isogloss/interpret.h"
#include "isogloss/report/feature_view.h"

namespace isogloss::cli {
namespace {

constexpr int kNarrowestColumn = 30;
constexpr const char* kGap = "  ";

std::string number(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "undefined";
}

void print_numbers(const FeatureView& view, const Manifest& manifest) {
  fmt::print("feature {} at {}\n", view.feature, manifest.inputs.hook);
  fmt::print(
      "  agreement  {:.3f}, rank {}: kappa {}, n_eff {}\n"
      "  overlap    {} where chance gives {}\n",
      view.agreement, view.agreement_rank, number(view.agreement_raw, "{:.3f}"),
      number(view.n_eff, "{:.1f}"), number(view.overlap, "{:.3f}"),
      number(view.overlap_expected, "{:.3f}"));
  fmt::print("  co-firing  {} of {} sentences in every language, p {}, q {}\n", view.cofire,
             view.n_rows, number(view.p_cofire, "{:.2g}"), number(view.q_cofire, "{:.2g}"));
  fmt::print("  BI loss    {}, rank {}\n", number(view.bi_loss, "{:.6g}"),
             view.bi_rank ? fmt::format("{}", *view.bi_rank) : "none");
  for (std::size_t l = 0; l < view.languages.size(); ++l) {
    fmt::print("  {:<9}  fires in {} sentences, at most {:.4g}\n", view.languages[l],
               view.active[l], view.max[l]);
  }
  if (!view.neuronpedia_url.empty()) fmt::print("  {}\n", view.neuronpedia_url);
}

/// The tokens behind a label, two spaces between them: none has white space of its own.
void print_tokens(const char* label, const std::vector<TokenEffect>& tokens, int width) {
  constexpr int kIndent = 13;
  auto line = fmt::format("  {:<{}}", label, kIndent - 2);
  int used = kIndent;
  for (const auto& [id, token, effect] : tokens) {
    const int columns = display_width(token);
    if (used > kIndent && used + 2 + columns > width) {
      fmt::print("{}\n", line);
      line.assign(kIndent, ' ');
      used = kIndent;
    }
    if (used > kIndent) line += kGap;
    line += token;
    used += (used > kIndent ? 2 : 0) + columns;
  }
  fmt::print("{}\n", line);
}

void print_side_by_side(const std::vector<std::vector<std::string>>& columns, int width) {
  std::size_t height = 0;
  for (const auto& column : columns) height = std::max(height, column.size());
  for (std::size_t row = 0; row < height; ++row) {
    std::string line;
    for (const auto& column : columns) {
      if (!line.empty()) line += kGap;
      line += row < column.size() ? column[row] : std::string(static_cast<std::size_t>(width), ' ');
    }
    fmt::print("{}\n", line);
  }
}

void print_sample(const FeatureView& view, const ViewedSample& sample, float max, int width,
                  bool colour) {
  const auto n_languages = static_cast<int>(view.languages.size());
  const int column = (width - 2 * (n_languages - 1)) / n_languages;
  const bool side_by_side = column >= kNarrowestColumn;
  fmt::print("\nsentence {} ({})\n", sample.sample, sample.source);
  std::vector<std::vector<std::string>> columns;
  for (std::size_t l = 0; l < view.languages.size(); ++l) {
    const auto& sentence = sample.by_language[l];
    const int columns_here = side_by_side ? column : width;
    auto lines = wrap_sentence(sentence, max, columns_here, colour);
    const auto head = sentence.max > 0 ? fmt::format("{} {:.4g}", view.languages[l], sentence.max)
                                       : fmt::format("{} silent", view.languages[l]);
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
    view.vocabulary = interpret_feature(folder, manifest, arguments.feature, control);
  }
  if (arguments.json) {
    std::cout << feature_json(view).dump(2) << "\n";
    return;
  }
  print_numbers(view, manifest);
  if (view.vocabulary) {
    print_tokens("promotes", view.vocabulary->promoted, terminal_width());
    print_tokens("suppresses", view.vocabulary->suppressed, terminal_width());
  }
  if (view.samples.empty()) fmt::print("\nIt fires on no sentence of this corpus.\n");
  const float max = view.max.empty() ? 0 : *std::max_element(view.max.begin(), view.max.end());
  const bool colour = use_colour();
  for (const auto& sample : view.samples) {
    print_sample(view, sample, max, terminal_width(), colour);
  }
}

}  // namespace isogloss::cli
