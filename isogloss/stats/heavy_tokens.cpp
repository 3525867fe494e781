#include "isogloss/stats/heavy_tokens.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace isogloss {

void HeavyTokens::add(std::vector<TokenMass>& masses) {
  // The sort is stable, so equal tokens are summed in the order in which they came.
  std::ranges::stable_sort(masses, {}, &TokenMass::token);
  std::vector<TokenMass> merged;
  merged.reserve(held_.size() + masses.size());
  auto held = held_.cbegin();
  for (const auto& added : masses) {
    while (held != held_.cend() && held->token <= added.token) merged.push_back(*held++);
    if (!merged.empty() && merged.back().token == added.token) {
      merged.back().mass += added.mass;
    } else {
      merged.push_back(added);
    }
  }
  merged.insert(merged.end(), held, held_.cend());
  held_ = std::move(merged);
  if (held_.size() > kCapacity) reduce();
}

/// Takes the (kCapacity + 1)-th largest mass from every token and drops those left with none.
void HeavyTokens::reduce() {
  std::vector<double> masses;
  masses.reserve(held_.size());
  for (const auto& each : held_) masses.push_back(each.mass);
  std::ranges::nth_element(masses, masses.begin() + kCapacity, std::greater{});
  const double cut = masses[kCapacity];
  std::erase_if(held_, [cut](const TokenMass& each) { return each.mass <= cut; });
  for (auto& each : held_) each.mass -= cut;
  held_.shrink_to_fit();
}

std::optional<TokenMass> HeavyTokens::heaviest() const {
  const auto best = std::ranges::max_element(held_, {}, &TokenMass::mass);
  if (best == held_.end()) return std::nullopt;
  return *best;
}

}  // namespace isogloss
