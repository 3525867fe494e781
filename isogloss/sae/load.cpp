// Which format lies at a path, and the files it is made of.
#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/sae/formats_internal.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAccepted =
    "wanted is a SAELens folder (cfg.json and sae_weights.safetensors) or Gemma Scope's params.npz";

/// The two files of a SAELens folder, or one npz.
struct Files {
  fs::path config;  ///< empty for Gemma Scope
  fs::path weights;
};

bool is_pickle(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".pt" || extension == ".pth" || extension == ".bin" || extension == ".pkl";
}

bool holds_pickle(const fs::path& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    if (is_pickle(entry.path())) return true;
  }
  return false;
}

[[noreturn]] void throw_unknown(const fs::path& path, bool pickle) {
  throw Error(ErrorCode::kBadInput,
              pickle
                  ? fmt::format("{}: PyTorch pickles are not read, they can run code; load it with "
                                "SAELens, save it with save_model and give that folder",
                                path.string())
                  : fmt::format("{}: not an SAE that can be read; {}", path.string(), kAccepted));
}

Files find_files(const fs::path& path) {
  std::error_code error;
  const auto status = fs::status(path, error);
  if (!fs::exists(status)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such SAE; {}", path.string(), kAccepted));
  }
  if (fs::is_directory(status)) {
    if (fs::exists(path / kSaeLensConfig, error)) {
      return {path / kSaeLensConfig, path / kSaeLensWeights};
    }
    if (fs::exists(path / kGemmaScopeParams, error)) return {{}, path / kGemmaScopeParams};
    throw_unknown(path, holds_pickle(path));
  }
  if (path.extension() == ".npz") return {{}, path};
  if (path.filename() == kSaeLensConfig || path.filename() == kSaeLensWeights) {
    return find_files(path.has_parent_path() ? path.parent_path() : fs::path("."));
  }
  throw_unknown(path, is_pickle(path));
}

}  // namespace

Sae load_sae(const fs::path& path) {
  const auto files = find_files(path);
  const MappedFile weights(files.weights);
  if (files.config.empty()) {
    return read_gemma_scope(*open_npz(weights.bytes(), files.weights.string()));
  }
  const MappedFile config(files.config);
  return read_sae_lens(config.text(), files.config.string(),
                       *open_safetensors(weights.bytes(), files.weights.string()));
}

std::vector<fs::path> sae_files(const fs::path& path) {
  auto files = find_files(path);
  if (files.config.empty()) return {files.weights};
  return {files.config, files.weights};
}

}  // namespace isogloss
