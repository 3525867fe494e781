// A sparse autoencoder with every convention explicit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/sae/training.h"

namespace isogloss {

enum class SaeActivation { kRelu, kJumpRelu, kTopK, kGated, kGroupMax };

/// What happens to the input x [d_in] before encoding (and is undone after decoding).
enum class SaeNormalization {
  kNone,
  kExpectedAverageOnlyIn,  ///< a constant factor, already folded into the weights at rest
  kConstantNormRescale,    ///< x · √d_in / ‖x‖
  kLayerNorm,              ///< (x − mean) / (std + eps), unbiased std
};

/// SAELens' words, or the trainer's own: "relu", "jumprelu", "topk", "gated", "groupmax"; "none",
/// "expected_average_only_in", ….
std::string to_string(SaeActivation activation);
std::string to_string(SaeNormalization normalization);

/// Why a convention was taken to be what it is; `isogloss inspect` shows it.
struct SaeReason {
  std::string convention;  ///< "activation", "hook", …: the key under which inspect shows it
  std::string reason;      ///< "cfg.json: architecture", "Gemma Scope's authors' code", …
};

/// Encode (docs/sae-formats.md): h = (norm(x) − b_dec·[apply_b_dec_to_input]) W_enc + b_enc, then
///   ReLU      max(h, 0)
///   JumpReLU  h if h > threshold (strict, float32) and h > 0, else 0
///   TopK      the k largest of h, then max(·, 0)
///   GroupMax  the largest of each of k equal runs of features, then max(·, 0)
///   Gated     with p = (norm(x) − …) W_enc: p·gain + b_enc if that and p + gate_bias exceed 0,
///   else 0
/// Decode: f W_dec + b_dec, then the normalisation undone, then + x W_skip. A transcoder's decoder
/// predicts what another hook holds, of width d_out. All matrices row-major float32.
struct Sae {
  std::int32_t d_in = 0;
  std::int32_t n_features = 0;
  std::vector<float> w_enc;      ///< [d_in, n_features]
  std::vector<float> b_enc;      ///< [n_features]
  std::vector<float> w_dec;      ///< [n_features, d_out]; only decode and the self-check need it
  std::vector<float> b_dec;      ///< [d_out]; d_out is d_in unless the SAE is a transcoder
  std::vector<float> threshold;  ///< [n_features] for JumpReLU, else empty
  std::vector<float> gate_bias;  ///< [n_features] for Gated, else empty
  std::vector<float> gain;       ///< [n_features] for Gated, else empty
  std::vector<float> w_skip;  ///< [d_in, d_out] for a transcoder with a skip connection, else empty
  std::int32_t k = 0;         ///< for TopK and GroupMax
  SaeActivation activation = SaeActivation::kRelu;
  SaeNormalization normalization = SaeNormalization::kNone;
  bool apply_b_dec_to_input = false;
  bool rescale_acts_by_decoder_norm = false;  ///< TopK selects by h·‖W_dec‖
  SaeTraining training;

  std::string format;          ///< SaeFormat::name, e.g. "sae_lens"
  std::string model_name;      ///< as the file says; may be empty
  std::string hook_name;       ///< as the file says; may be empty
  std::string hook_name_out;   ///< what a transcoder predicts, as the file says; else empty
  bool is_transcoder = false;  ///< it predicts another hook than it reads, known or not
  std::string neuronpedia_id;  ///< "gemma-2-2b/20-gemmascope-res-16k"; may be empty
  std::string stored_type;     ///< of W_enc in the file: "float32", "bfloat16", …
  std::vector<SaeReason> reasons;
};

/// Loads the SAE that `path` stands for, in any of the formats of docs/sae-formats.md: the one that
/// `format` names, or the one whose files are there. Sizes are checked before anything is
/// allocated, weights for NaN and infinity. Throws Error(kUsage) for a format that there is not,
/// Error(kBadInput) for what is wrong with the files, Error(kEnvironment) for a file that is
/// missing or unreadable.
Sae load_sae(const std::filesystem::path& path, std::string_view format = {});

/// The names that `format` may be.
std::vector<std::string> sae_format_names();

/// What load_sae takes, as part of a sentence: "a SAELens folder (…) or a Gemma Scope params.npz".
std::string accepted_saes();

/// Whether `path` is called like an SAE or is a folder that holds one; nothing is read.
bool is_sae(const std::filesystem::path& path);

/// The folder of an SAE that `path` names by one of its files; `path` itself if those files may
/// have any name. Nothing is looked up.
std::filesystem::path sae_folder(const std::filesystem::path& path);

/// The files load_sae reads for `path`, e.g. to hash them.
std::vector<std::filesystem::path> sae_files(const std::filesystem::path& path,
                                             std::string_view format = {});

}  // namespace isogloss
