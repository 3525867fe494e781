#include "isogloss/hub/similar_names.h"

#include <algorithm>
#include <cctype>
#include <numeric>

namespace isogloss {
namespace {

/// Levenshtein's distance, letters compared without case.
std::size_t distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const bool same = std::tolower(static_cast<unsigned char>(a[i])) ==
                        std::tolower(static_cast<unsigned char>(b[j]));
      const std::size_t changed = diagonal + (same ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({changed, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::string last_name(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

std::string similar_names(const std::string& name, const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 3;
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const auto& other : names) {
    if (other.size() > 300) continue;
    // The right name in another folder is similar, too.
    const auto apart =
        std::min(distance(name, other), distance(last_name(name), last_name(other)) + 1);
    if (apart <= std::max<std::size_t>(2, name.size() / 3)) ranked.emplace_back(apart, other);
  }
  std::sort(ranked.begin(), ranked.end());
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, ranked.size()); ++i) {
    text += (i == 0 ? "; similar: " : ", ") + ranked[i].second;
  }
  return text;
}

}  // namespace isogloss
