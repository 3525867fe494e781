// Gemma Scope (Lieberum et al. 2024, arXiv:2408.05147), as its authors' tutorial evaluates it.
#include <fmt/format.h>

#include <limits>

#include "isogloss/core/error.h"
#include "isogloss/sae/format.h"
#include "isogloss/sae/tensor_file.h"

namespace isogloss {
namespace {

constexpr std::string_view kFileNames[] = {"params.npz"};

Sae read_gemma_scope(std::span<const SaeFile> files) {
  const auto params = open_npz(files.front().bytes, files.front().path);
  WeightReader reader(*params);
  // Some re-uploads spell the matrices in lower case.
  const bool lower_case = reader.has("w_enc") && !reader.has("W_enc");
  const auto& w_enc = reader.info(lower_case ? "w_enc" : "W_enc");
  constexpr auto kMost = std::numeric_limits<std::int32_t>::max();
  if (w_enc.shape.size() != 2 || w_enc.n_elements == 0 || w_enc.shape[0] > kMost ||
      w_enc.shape[1] > kMost) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: tensor {} has shape {}, wanted is [d_in, n_features]; is it an "
                            "SAE's parameters?",
                            params->path(), w_enc.name, shape_text(w_enc.shape)));
  }
  const auto d_in = w_enc.shape[0];
  const auto n_features = w_enc.shape[1];
  Sae sae;
  sae.d_in = static_cast<std::int32_t>(d_in);
  sae.n_features = static_cast<std::int32_t>(n_features);
  sae.activation = SaeActivation::kJumpRelu;
  sae.apply_b_dec_to_input = false;
  sae.b_enc = reader.take("b_enc", {n_features});
  sae.b_dec = reader.take("b_dec", {d_in});
  sae.threshold = reader.take("threshold", {n_features});
  sae.w_enc = reader.take(w_enc.name, {d_in, n_features});
  sae.w_dec = reader.take(lower_case ? "w_dec" : "W_dec", {n_features, d_in});
  reader.expect_all_taken("W_enc, b_enc, W_dec, b_dec, threshold");
  return sae;
}

}  // namespace

const SaeFormat sae_format::gemma_scope = {
    .name = "gemma_scope",
    .accepted = "a Gemma Scope params.npz",
    .file_names = kFileNames,
    .optional_file_names = {},
    .extension = ".npz",
    .read = &read_gemma_scope,
};

}  // namespace isogloss
