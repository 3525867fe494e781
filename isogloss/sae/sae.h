// A sparse autoencoder with every convention explicit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "isogloss/sae/training.h"

namespace isogloss {

enum class SaeActivation { kRelu, kJumpRelu, kTopK };

/// What happens to the input x [d_in] before encoding (and is undone after decoding).
enum class SaeNormalization {
  kNone,
  kExpectedAverageOnlyIn,  ///< a constant factor, already folded into the weights at rest
  kConstantNormRescale,    ///< x · √d_in / ‖x‖
  kLayerNorm,              ///< (x − mean) / (std + eps), unbiased std
};

/// SAELens' words: "relu", "jumprelu", "topk"; "none", "expected_average_only_in", ….
std::string to_string(SaeActivation activation);
std::string to_string(SaeNormalization normalization);

/// Encode (docs/sae-formats.md): h = (norm(x) − b_dec·[apply_b_dec_to_input]) W_enc + b_enc, then
///   ReLU      max(h, 0)
///   JumpReLU  h if h > threshold (strict, float32) and h > 0, else 0
///   TopK      the k largest of h, then max(·, 0)
/// Decode: f W_dec + b_dec, then the normalisation undone. All matrices row-major float32.
struct Sae {
  std::int32_t d_in = 0;
  std::int32_t n_features = 0;
  std::vector<float> w_enc;      ///< [d_in, n_features]
  std::vector<float> b_enc;      ///< [n_features]
  std::vector<float> w_dec;      ///< [n_features, d_in]; only decode and the self-check need it
  std::vector<float> b_dec;      ///< [d_in]
  std::vector<float> threshold;  ///< [n_features] for JumpReLU, else empty
  std::int32_t k = 0;            ///< for TopK
  SaeActivation activation = SaeActivation::kRelu;
  SaeNormalization normalization = SaeNormalization::kNone;
  bool apply_b_dec_to_input = false;
  bool rescale_acts_by_decoder_norm = false;  ///< TopK selects by h·‖W_dec‖
  SaeTraining training;

  std::string format;          ///< SaeFormat::name, e.g. "sae_lens"
  std::string model_name;      ///< as the file says; may be empty
  std::string hook_name;       ///< as the file says; may be empty
  std::string neuronpedia_id;  ///< "gemma-2-2b/20-gemmascope-res-16k"; may be empty
};

/// Loads the SAE that `path` stands for, in any of the formats of docs/sae-formats.md. Sizes are
/// checked before anything is allocated, weights for NaN and infinity. Throws Error(kBadInput) for
/// what is wrong with the files, Error(kEnvironment) for a file that is missing or unreadable.
Sae load_sae(const std::filesystem::path& path);

/// What load_sae takes, as part of a sentence: "a SAELens folder (…) or a Gemma Scope params.npz".
std::string accepted_saes();

/// Whether `path` is called like an SAE or is a folder that holds one; nothing is read.
bool is_sae(const std::filesystem::path& path);

/// The folder of an SAE that `path` names by one of its files; `path` itself if those files may
/// have any name. Nothing is looked up.
std::filesystem::path sae_folder(const std::filesystem::path& path);

/// The files load_sae reads for `path`, e.g. to hash them.
std::vector<std::filesystem::path> sae_files(const std::filesystem::path& path);

}  // namespace isogloss
