// The pages without their data, built into the library (cmake/embed.cmake).
#pragma once

#include <string>
#include <string_view>

namespace isogloss {

/// A page, cut at the places where its data and Plotly go.
struct PageTemplate {
  std::string_view head;
  std::string_view middle;
  std::string_view plotly;
  std::string_view end;

  std::size_t size() const { return head.size() + middle.size() + plotly.size() + end.size(); }
  /// The page with `data`, JSON in which every "<" is escaped.
  std::string filled(std::string_view data) const;
};

PageTemplate report_template();
PageTemplate layers_template();
PageTemplate validation_template();

}  // namespace isogloss
