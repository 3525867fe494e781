#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/validation/validation_files.h"

namespace isogloss::cli {
namespace {

using Findings = std::vector<Finding>;

constexpr int kNameWidth = 25;

/// The rows for which `wanted` holds.
template <class Wanted>
Findings select(const Findings& findings, const Wanted& wanted) {
  Findings rows;
  std::copy_if(findings.begin(), findings.end(), std::back_inserter(rows), wanted);
  return rows;
}

/// The distinct values of a member, in order of appearance.
std::vector<std::string> distinct(const Findings& rows, std::string Finding::*member) {
  std::vector<std::string> values;
  for (const auto& row : rows) {
    if (std::find(values.begin(), values.end(), row.*member) == values.end()) {
      values.push_back(row.*member);
    }
  }
  return values;
}

std::string name_cell(const std::string& name) {
  const auto cut = fit(name, kNameWidth);
  return cut + std::string(static_cast<std::size_t>(kNameWidth - display_width(cut)), ' ');
}

/// A table with a row a score and a column a heading.
struct Column {
  std::string head;
  std::string quantity;
  std::string condition = {};
  std::optional<double> at = {};
};

std::string number(const Finding& row) { return fmt::format("{:>10.3f}", row.value); }

void print_rows(const Findings& rows, const std::vector<Column>& columns) {
  fmt::print("  {}", name_cell(""));
  for (const auto& column : columns) fmt::print("{:>10}", column.head);
  fmt::print("\n");
  for (const auto& score : distinct(rows, &Finding::score)) {
    fmt::print("  {}", name_cell(score.empty() ? "(no score)" : score));
    for (const auto& column : columns) {
      const auto found = std::find_if(rows.begin(), rows.end(), [&](const Finding& row) {
        return row.score == score && row.quantity == column.quantity &&
               row.condition == column.condition && row.at == column.at;
      });
      fmt::print("{}", found == rows.end() ? fmt::format("{:>10}", "-") : number(*found));
    }
    fmt::print("\n");
  }
}

void print_section(const std::string& title, const Findings& rows,
                   const std::vector<Column>& columns) {
  if (rows.empty()) return;
  fmt::print("\n{}\n", fit(title, 80));
  print_rows(rows, columns);
}

Findings in_section(const Findings& findings, const std::string& section) {
  return select(findings, [&](const Finding& row) { return row.section == section; });
}

/// A section for each run and variant.
void print_by_run(const Findings& rows, const std::string& title,
                  const std::vector<Column>& columns) {
  for (const auto& run : distinct(rows, &Finding::run)) {
    const auto of_run = select(rows, [&](const Finding& row) { return row.run == run; });
    for (const auto& variant : distinct(of_run, &Finding::variant)) {
      print_section(variant.empty() ? fmt::format("{}: {}", title, run)
                                    : fmt::format("{} {}: {}", title, variant, run),
                    select(of_run, [&](const Finding& row) { return row.variant == variant; }),
                    columns);
    }
  }
}

void print_null(const Findings& findings) {
  const auto rows = in_section(findings, "null");
  print_by_run(select(rows, [](const Finding& row) { return row.condition == "as translated"; }),
               "Mean score of live features, sentences as translated",
               {{"mean", "mean", "as translated"}});
  print_by_run(select(rows, [](const Finding& row) { return row.condition == "re-paired"; }),
               "Mean score of live features, re-paired", {{"mean", "mean", "re-paired"}});
  print_by_run(select(rows, [](const Finding& row) { return row.quantity != "mean"; }),
               "P-values of live features, re-paired",
               {{"p<=.01", "share_at_most", "", 0.01},
                {"p<=.05", "share_at_most", "", 0.05},
                {"excess", "largest_excess"},
                {"found", "discoveries", "", 0.05},
                {"P(found>0)", "any_discovery", "", 0.05}});
}

void print_retrieval_of(const Findings& rows) {
  for (const auto& languages : distinct(rows, &Finding::languages)) {
    const auto of_pair =
        select(rows, [&](const Finding& row) { return row.languages == languages; });
    print_by_run(of_pair,
                 fmt::format("Retrieval {} in {}, scores of", languages, rows.front().other_run),
                 {{"weighted", "mexa", "weighted"},
                  {"by rank", "mexa", "rank-weighted"},
                  {"all", "mexa", "unweighted"},
                  {"top 64", "mexa", "top", 64},
                  {"random 64", "mexa", "random", 64}});
  }
}

void print_retrieval(const Findings& findings) {
  const auto rows = in_section(findings, "retrieval");
  for (const auto& other : distinct(rows, &Finding::other_run)) {
    print_retrieval_of(select(rows, [&](const Finding& row) { return row.other_run == other; }));
  }
}

void print_agreement(const Findings& findings) {
  const auto rows = in_section(findings, "agreement");
  for (const auto& run : distinct(rows, &Finding::run)) {
    const auto of_run = select(rows, [&](const Finding& row) { return row.run == run; });
    for (const auto& other : distinct(of_run, &Finding::other_run)) {
      print_section(fmt::format("Ranks in {} and {}", run, other),
                    select(of_run, [&](const Finding& row) { return row.other_run == other; }),
                    {{"Spearman", "spearman"}, {"top 100", "top_overlap", "", 100}});
    }
  }
}

void print_findings(const Findings& findings) {
  print_null(findings);
  print_section("Planted features, area under the ROC curve (AP: average precision)",
                in_section(findings, "planted"),
                {{"all decoys", "roc_auc", "all decoys of the grid"},
                 {"AP", "average_precision", "all decoys of the grid"},
                 {"dense", "roc_auc", "dense decoys"},
                 {"AP", "average_precision", "dense decoys"}});
  print_by_run(in_section(findings, "reliability"), "Split-half reliability",
               {{"Spearman", "spearman"}, {"Pearson", "pearson"}});
  print_retrieval(findings);
  print_agreement(findings);
  print_by_run(in_section(findings, "sensitivity"), "Spearman with the ranking as it stands",
               {{"n = 50", "spearman", "sentences", 50},
                {"n = 100", "spearman", "sentences", 100},
                {"n = 200", "spearman", "sentences", 200},
                {"n = 400", "spearman", "sentences", 400},
                {"mean pool", "spearman", "mean pooling"}});
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

}  // namespace

void validate_scores(const Arguments& arguments, const RunControl& control) {
  const auto folder = output_folder(arguments);
  const auto runs = read_validation_runs(arguments.runs, control);
  if (runs.size() == 1) {
    control.warning("one run only: its random halves stand for two corpora");
  }
  const auto findings = validate(runs, arguments.validation, control);
  write_validation(folder, runs, arguments.validation, findings);
  if (arguments.json) {
    const nlohmann::ordered_json out = {
        {"output", folder.root.string()},
        {"findings", findings_json(findings)},
        {"files", {{"page", folder.page().string()}, {"table", folder.parquet().string()}}}};
    std::cout << out.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
    return;
  }
  print_findings(findings);
  fmt::print("\npage      {}\ntable     {}\n", folder.page().string(), folder.parquet().string());
}

}  // namespace isogloss::cli
