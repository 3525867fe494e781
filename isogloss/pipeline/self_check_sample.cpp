#include "isogloss/pipeline/self_check_sample.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

/// Appends the first `n_rows` of the `n_all` rows of `from`.
void append_part(std::span<const float> from, std::int64_t n_rows, std::int64_t n_all,
                 std::vector<float>& to) {
  const auto part =
      from.first(from.size() / static_cast<std::size_t>(n_all) * static_cast<std::size_t>(n_rows));
  to.insert(to.end(), part.begin(), part.end());
}

}  // namespace

void append_rows(const SparseRows& from, std::int64_t first, std::int64_t count, SparseRows& to) {
  for (std::int64_t r = first; r < first + count; ++r) {
    const auto begin = from.offsets[static_cast<std::size_t>(r)];
    const auto end = from.offsets[static_cast<std::size_t>(r) + 1];
    to.features.insert(to.features.end(), from.features.begin() + begin,
                       from.features.begin() + end);
    to.values.insert(to.values.end(), from.values.begin() + begin, from.values.begin() + end);
    to.offsets.push_back(static_cast<std::int64_t>(to.features.size()));
  }
}

void SelfCheckSample::add(std::span<const float> x, const SparseRows& activations,
                          std::span<const float> predicted) {
  const auto n_new = activations.n_rows();
  const auto n_rows = std::min(kSelfCheckTokens - activations_.n_rows(), n_new);
  if (n_rows <= 0) return;
  append_part(x, n_rows, n_new, x_);
  append_part(predicted, n_rows, n_new, predicted_);
  append_rows(activations, 0, n_rows, activations_);
}

std::optional<SelfCheck> SelfCheckSample::judge(const Sae& sae, const std::string& sae_path) const {
  if (activations_.n_rows() < 2) return std::nullopt;
  const auto check = self_check(sae, x_, sae.is_transcoder ? predicted_ : x_, activations_);
  const auto failure = self_check_failure(check, sae);
  if (failure.empty()) return check;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: {}; --skip-self-check goes on all the same", sae_path, failure));
}

}  // namespace isogloss
