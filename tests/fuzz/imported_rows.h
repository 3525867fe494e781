// What must hold of every row that a reader of imports lets through.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <ranges>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/imports/format.h"

namespace isogloss {

inline bool is_sound(const ImportedText& text) {
  const auto n_tokens = static_cast<std::int32_t>(text.token_ids.size());
  const auto& [offsets, features, values] = text.activations;
  if (text.tokens.size() != text.token_ids.size() || find_invalid_utf8(text.text) ||
      std::ranges::any_of(text.tokens,
                          [](const auto& t) { return find_invalid_utf8(t).has_value(); }) ||
      std::ranges::any_of(text.positions, [&](auto p) { return p < 0 || p >= n_tokens; }) ||
      std::ranges::adjacent_find(text.positions, std::greater_equal{}) != text.positions.end() ||
      offsets.size() != text.positions.size() + 1 || features.size() != values.size() ||
      offsets.back() != std::ssize(features) ||
      std::ranges::any_of(values, [](float v) { return !(v > 0) || !std::isfinite(v); })) {
    return false;
  }
  for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
    const auto begin = features.begin() + offsets[row];
    const auto end = features.begin() + offsets[row + 1];
    if (std::adjacent_find(begin, end, std::greater_equal{}) != end) return false;
    if (begin != end && *begin < 0) return false;
  }
  return true;
}

/// Reads the import as import_activations does: an Error, or sound rows.
inline void import_or_refuse(const std::filesystem::path& path, const ImportChoices& choices = {}) {
  try {
    const auto found = find_import(path);
    const auto reader = found.format->open(path, found.files, choices);
    std::int32_t n_features = 0;
    reader->read([&](const ImportedRow& row) {
      if (row.by_language.size() != reader->languages().size()) std::abort();
      if (find_invalid_utf8(row.source) || find_invalid_utf8(row.document.value_or(""))) {
        std::abort();
      }
      for (const auto& text : row.by_language) {
        if (!is_sound(text)) std::abort();
        for (const auto feature : text.activations.features) {
          n_features = std::max(n_features, feature);
        }
      }
    });
    if (n_features > 0 && reader->n_features() <= n_features) std::abort();
  } catch (const Error&) {
  }
}

}  // namespace isogloss
