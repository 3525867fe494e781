#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/json_text.h"
#include "isogloss/validation/validation_files.h"

namespace isogloss::cli {
namespace {

using Findings = std::vector<Finding>;

constexpr int kNameWidth = 27;

/// A column of the summary: the mean of `value` over the matching rows, which come from several
/// runs, directions and language pairs.
struct Column {
  std::string head;
  Finding like;  ///< section, quantity, condition and at of the rows
};

const std::vector<Column>& columns() {
  const auto like = [](const char* section, const char* quantity, const char* condition,
                       std::optional<double> at = {}) {
    return Finding{.section = section, .quantity = quantity, .condition = condition, .at = at};
  };
  static const std::vector<Column> kColumns = {
      {"null", like("null", "mean", "permuted")},
      {"ROC", like("planted", "roc_auc", "all decoys of the grid")},
      {"dense", like("planted", "roc_auc", "dense decoys")},
      {"halves", like("reliability", "spearman", "")},
      {"all", like("retrieval", "mexa", "rank-weighted")},
      {"top64", like("retrieval", "mexa", "top", 64)},
      {"ranks", like("agreement", "spearman", "")},
  };
  return kColumns;
}

constexpr const char* kLegend =
    "null    mean over live features when sentences are permuted at random\n"
    "ROC     area under the curve: planted features against decoys of all densities\n"
    "dense   the same against dense decoys\n"
    "halves  reliability: agreement of random halves of the sentences\n"
    "all     translations found in other text, each feature weighted by its rank\n"
    "top64   the same with the 64 best features alone\n"
    "ranks   Spearman correlation between corpora\n";

std::optional<double> mean_of(const Findings& findings, const std::string& score,
                              const Finding& like, const std::string& variant) {
  Repetitions values;
  for (const auto& row : findings) {
    if (row.section == like.section && row.quantity == like.quantity &&
        row.condition == like.condition && row.at == like.at && row.score == score &&
        row.variant == variant) {
      values.add(row.value);
    }
  }
  return values.count() == 0 ? std::nullopt : std::optional(values.mean());
}

/// The distinct scores of a section, in order of appearance.
std::vector<std::string> scores_of(const Findings& findings, const std::string& section) {
  std::vector<std::string> scores;
  for (const auto& row : findings) {
    const bool is_new = std::find(scores.begin(), scores.end(), row.score) == scores.end();
    if (row.section == section && is_new) scores.push_back(row.score);
  }
  return scores;
}

std::string number(std::optional<double> value) {
  return value ? fmt::format("{:>7.3f}", *value) : fmt::format("{:>7}", "-");
}

void print_scores(const Findings& findings) {
  fmt::print("{:<{}}", "", kNameWidth);
  for (const auto& column : columns()) fmt::print("{:>7}", column.head);
  fmt::print("\n");
  for (const auto& score : scores_of(findings, "planted")) {
    fmt::print("{:<{}}", fit(score, kNameWidth), kNameWidth);
    for (const auto& column : columns()) {
      fmt::print("{}", number(mean_of(findings, score, column.like, "")));
    }
    fmt::print("\n");
  }
  const Finding unweighted{.section = "retrieval", .quantity = "mexa", .condition = "unweighted"};
  fmt::print("{:<{}}{:>35}\n", "(every feature equally)", kNameWidth,
             number(mean_of(findings, "", unweighted, "")));
  fmt::print("\n{}", kLegend);
}

/// One line per p-value and null: how many are small, and the share of permutations in
/// which any feature is found at 5 % FDR.
void print_p_values(const Findings& findings) {
  const Finding share{.section = "null", .quantity = "share_at_most", .at = 0.05};
  const Finding found{.section = "null", .quantity = "any_discovery", .at = 0.05};
  fmt::print("\n");
  for (const auto& score : scores_of(findings, "null")) {
    for (const char* variant : {"", "within strata"}) {
      const auto at_most = mean_of(findings, score, share, variant);
      if (!at_most) continue;
      fmt::print("{}, permuted{}{}: {:.1f} % <= .05, finds in {:.0f} %\n", score,
                 *variant == 0 ? "" : " ", variant, 100 * *at_most,
                 100 * mean_of(findings, score, found, variant).value_or(0));
    }
  }
}

/// How far another arithmetic moves firings and the score that ranks.
void print_rounding(const Findings& findings) {
  const auto value = [&](const char* quantity, const char* score, std::optional<double> at = {}) {
    const auto found = std::ranges::find_if(findings, [&](const Finding& row) {
      return row.section == "rounding" && row.quantity == quantity && row.score == score &&
             row.at == at;
    });
    return found == findings.end() ? std::string("-") : fmt::format("{:.3g}", found->value);
  };
  const auto first = std::ranges::find(findings, "rounding", &Finding::section);
  if (first == findings.end()) {
    fmt::print("\nrounding: not measured; extract again with --exact, and give it as --against\n");
    return;
  }
  constexpr const char* kScore = "agreement_stratified";
  fmt::print("\nanother arithmetic ({})\n",
             first->variant.empty() ? "same settings" : first->variant);
  fmt::print("  firings in one run only {}, median change of the others {}\n",
             value("firings_changed", ""), value("median_change", ""));
  fmt::print("  κ: Spearman {}; differs by {} (median), {} (95 %), {} (most)\n",
             value("spearman", kScore), value("difference", kScore, 0.5),
             value("difference", kScore, 0.95), value("difference", kScore, 1));
}

nlohmann::ordered_json findings_json(const Findings& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& finding : findings) {
    auto row = nlohmann::ordered_json::object();
    visit_finding_columns([&]<class T>(const char* name, T Finding::*member) {
      const T& value = finding.*member;
      if constexpr (std::is_same_v<T, std::string>) {
        if (!value.empty()) row[name] = value;
      } else if constexpr (std::is_same_v<T, std::optional<double>>) {
        if (value) row[name] = *value;
      } else {
        row[name] = value;
      }
    });
    list.push_back(std::move(row));
  }
  return list;
}

ValidationFolder output_folder(const Arguments& arguments) {
  if (!arguments.output.empty()) return {arguments.output};
  if (arguments.runs.size() == 1) return {arguments.runs.front()};
  throw Error(
      ErrorCode::kUsage,
      "several runs need a folder for what is found, e.g. --output validation; see isogloss "
      "validate --help");
}

/// The runs, and last the one to compare with, if any.
std::vector<ValidationRun> read_runs(const Arguments& arguments, const RunControl& control) {
  auto folders = arguments.runs;
  if (!arguments.against.empty()) {
    if (folders.size() > 1) {
      throw Error(
          ErrorCode::kUsage,
          "--against compares with one RUN, but several are given; validate that one alone");
    }
    folders.push_back(arguments.against);
  }
  return read_validation_runs(folders, control);
}

}  // namespace

void validate_scores(const Arguments& arguments, const RunControl& control) {
  const auto folder = output_folder(arguments);
  const auto read = read_runs(arguments, control);
  const std::span runs(read.data(), arguments.runs.size());
  const auto* const against = arguments.against.empty() ? nullptr : &read.back();
  if (runs.size() == 1) {
    control.warning("one run only: its random halves stand for two corpora");
  }
  const auto findings = validate(runs, arguments.validation, control, against);
  write_validation(folder, runs, arguments.validation, findings);
  if (arguments.json) {
    const nlohmann::ordered_json out = {
        {"output", folder.root.string()},
        {"findings", findings_json(findings)},
        {"files", {{"page", folder.page().string()}, {"table", folder.parquet().string()}}}};
    std::cout << json_text(out, 2) << "\n";
    return;
  }
  print_scores(findings);
  print_p_values(findings);
  print_rounding(findings);
  fmt::print("\npage      {}\ntable     {}\n", folder.page().string(), folder.parquet().string());
}

}  // namespace isogloss::cli
