#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/stats.h"
#include "cli/terminal.h"
#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/text.h"
#include "isogloss/sae/sae.h"

namespace isogloss::cli {
namespace {

constexpr int kWidth = 80;
constexpr std::string_view kGap = "  ";

/// A path, without an SAE's file name that says nothing, cut from the left to `columns`.
std::string short_path(std::string path, int columns) {
  path = sae_folder(path).string();
  if (path.ends_with('/')) path.pop_back();
  if (display_width(path) <= columns) return path;
  std::string_view rest = path;
  while (!rest.empty() && display_width(rest) > columns - 1) {
    rest.remove_prefix(front_character(rest).length);
  }
  return "…" + std::string(rest);
}

std::string cell_text(const LayerValue& value) {
  if (const auto* count = std::get_if<std::int32_t>(&value)) return fmt::format("{}", *count);
  if (const auto* text = std::get_if<std::string>(&value)) return printable(*text);
  const auto& number = std::get<std::optional<double>>(value);
  if (!number) return "–";
  return fmt::format("{:.{}f}", *number, *number < 10 ? 3 : 1);
}

/// One shown column: its head, then one cell per row.
struct ShownColumn {
  std::vector<std::string> lines;
  bool is_text = false;

  int width() const {
    int width = 0;
    for (const auto& line : lines) width = std::max(width, display_width(line));
    return width;
  }
};

std::vector<ShownColumn> shown_columns(const std::vector<LayerRow>& rows) {
  std::vector<ShownColumn> columns;
  for (std::size_t c = 0; c < layer_columns().size(); ++c) {
    if (layer_columns()[c].head.empty()) continue;
    auto& column = columns.emplace_back();
    column.is_text = std::holds_alternative<std::string>(rows.front()[c]);
    column.lines.push_back(layer_columns()[c].head);
    for (const auto& row : rows) column.lines.push_back(cell_text(row[c]));
  }
  return columns;
}

/// Cuts texts, which are paths, to the room that the numbers leave.
void fit_texts(std::vector<ShownColumn>& columns) {
  int room = kWidth - static_cast<int>(kGap.size() * (columns.size() - 1));
  int n_texts = 0;
  for (const auto& column : columns) {
    if (column.is_text) {
      ++n_texts;
    } else {
      room -= column.width();
    }
  }
  for (auto& column : columns) {
    if (!column.is_text) continue;
    for (auto& line : column.lines) line = short_path(line, std::max(room / n_texts, 8));
  }
}

void print_table(const std::vector<LayerRow>& rows) {
  auto columns = shown_columns(rows);
  fit_texts(columns);
  for (std::size_t line = 0; line <= rows.size(); ++line) {
    std::string text;
    for (const auto& column : columns) {
      const auto& cell = column.lines[line];
      const std::string padding(static_cast<std::size_t>(column.width() - display_width(cell)),
                                ' ');
      if (!text.empty()) text += kGap;
      text += column.is_text ? cell + padding : padding + cell;
    }
    fmt::print("{}\n", text);
  }
}

}  // namespace

void print_layers(const LayersFolder& parent, const std::vector<LayerRow>& rows, bool json,
                  const StageSeconds* seconds) {
  if (json) {
    const MappedFile layers(parent.json());
    nlohmann::ordered_json out = {
        {"output", parent.root.string()},
        {"layers", nlohmann::ordered_json::parse(layers.text())},
        {"files", {{"page", parent.page().string()}, {"table", parent.parquet().string()}}}};
    if (seconds != nullptr) out["seconds"] = seconds_json(*seconds);
    std::cout << json_text(out, 2) << "\n";
    return;
  }
  print_table(rows);
  fmt::print("\nlayers    {}\n", parent.page().string());
  fmt::print("table     {} (and .json)\n", parent.parquet().string());
  fmt::print("evidence  isogloss show FEATURE {}\n",
             (parent.root / std::get<std::string>(rows.front().front())).string());
  if (seconds != nullptr) print_seconds(*seconds);
}

}  // namespace isogloss::cli
