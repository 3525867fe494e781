#include "isogloss/corpus/joined_rows.h"

#include <fmt/format.h>

#include <algorithm>

namespace isogloss {

JoinedRows::JoinedRows(std::span<const std::string> wanted) : wanted_(wanted) {}

bool JoinedRows::add(std::string_view key, std::string_view language, std::string_view text,
                     const RowName& name) {
  const auto place = std::ranges::find(wanted_, language);
  if (place == wanted_.end()) return true;
  const auto [found, is_new] = row_of_key_.try_emplace(std::string(key), rows_.size());
  if (is_new) {
    rows_.push_back({name, std::vector<std::optional<std::string>>(wanted_.size())});
  }
  auto& cell = rows_[found->second].text[static_cast<std::size_t>(place - wanted_.begin())];
  if (cell) return false;
  cell = text;
  return true;
}

std::vector<std::string> JoinedRows::pass_on(const RowSink& sink) const {
  std::int64_t n_incomplete = 0;
  std::vector<std::string_view> text(wanted_.size());
  for (const auto& row : rows_) {
    if (!std::ranges::all_of(row.text, [](const auto& cell) { return cell.has_value(); })) {
      ++n_incomplete;
      continue;
    }
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = *row.text[i];
    RowView view{.source = row.name.source, .document = {}, .text = text};
    if (!row.name.document.empty()) view.document = row.name.document;
    sink(view);
  }
  if (n_incomplete == 0) return {};
  return {fmt::format("{} of {} rows are left out, since they lack one of the languages",
                      n_incomplete, rows_.size())};
}

}  // namespace isogloss
