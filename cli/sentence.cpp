#include "cli/sentence.h"

#include <algorithm>

#include "cli/terminal.h"

namespace isogloss::cli {
namespace {

/// A segment as it is drawn: its width in columns, brackets included, and its text with escapes.
struct Cell {
  std::string text;
  int columns = 0;
};

Cell make_cell(const ViewedSegment& segment, float max, bool colour, bool at_line_start) {
  auto text = printable(segment.text);
  std::string space;
  if (const auto first = text.find_first_not_of(' '); first != std::string::npos) {
    space = at_line_start ? "" : text.substr(0, first);
    text.erase(0, first);
  }
  const bool fires = segment.value > 0;
  if (fires && !colour) text = "[" + text + "]";
  const int columns = display_width(space) + display_width(text);
  return {space + shade(text, fires ? segment.value / max : 0, colour), columns};
}

std::size_t strongest_segment(const ViewedSentence& sentence) {
  const auto& segments = sentence.segments;
  const auto strongest = std::max_element(
      segments.begin(), segments.end(),
      [](const ViewedSegment& a, const ViewedSegment& b) { return a.value < b.value; });
  return static_cast<std::size_t>(strongest - segments.begin());
}

}  // namespace

std::vector<std::string> wrap_sentence(const ViewedSentence& sentence, float max, int columns,
                                       bool colour) {
  std::vector<std::string> lines(1);
  int used = 0;
  const auto pad = [&] {
    lines.back().append(static_cast<std::size_t>(std::max(0, columns - used)), ' ');
  };
  for (const auto& segment : sentence.segments) {
    auto cell = make_cell(segment, max, colour, used == 0);
    if (used > 0 && used + cell.columns > columns) {
      pad();
      lines.emplace_back();
      used = 0;
      cell = make_cell(segment, max, colour, true);
    }
    lines.back() += cell.text;
    used += cell.columns;
  }
  pad();
  return lines;
}

std::string sentence_line(const ViewedSentence& sentence, float max, int columns, bool colour) {
  const auto& segments = sentence.segments;
  const std::size_t peak = strongest_segment(sentence);
  std::size_t first = 0;
  const auto width_from = [&](std::size_t begin) {
    int width = begin > 0 ? 1 : 0;
    for (std::size_t i = begin; i <= peak && i < segments.size(); ++i) {
      width += make_cell(segments[i], max, colour, i == begin).columns;
    }
    return width;
  };
  // Two thirds of the line before the peak, so that some of what follows is seen.
  while (first < peak && width_from(first) > columns * 2 / 3) ++first;

  std::string line = first > 0 ? "…" : "";
  int used = first > 0 ? 1 : 0;
  for (std::size_t i = first; i < segments.size(); ++i) {
    const auto cell = make_cell(segments[i], max, colour, i == first);
    const int room = columns - used - (i + 1 < segments.size() ? 1 : 0);
    if (cell.columns > room) return line + "…";
    line += cell.text;
    used += cell.columns;
  }
  return line;
}

}  // namespace isogloss::cli
