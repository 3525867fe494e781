// A model that llama.cpp has loaded, which several contexts run over.
#pragma once

#include <fmt/format.h>
#include <llama-cpp.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/model/hook_tensor_internal.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/model/llama_vocabulary_internal.h"

namespace isogloss {

/// The tensors of `hooks` in the model of the GGUF file `path`.
std::vector<HookTensor> hook_tensors_of(const std::filesystem::path& path, const ModelInfo& info,
                                        std::span<const HookPoint> hooks);

/// Which tensors hold the rows of the hook points; several hook points may share one.
struct HookRows {
  std::vector<HookTensor> tensors;   ///< each once
  std::vector<std::size_t> of_hook;  ///< index into `tensors`
  std::int32_t last_block = 0;       ///< of those that the hooks need

  explicit HookRows(const std::vector<HookTensor>& hooks);
};

/// What all sources of a model share.
struct LoadedModel {
  LoadedModel(const std::filesystem::path& path, std::span<const HookPoint> hooks,
              const LlamaOptions& options);

  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const {
    throw Error(code, fmt::format("{}: {}", name, problem));
  }
  /// Throws for what llama.cpp last complained about: a bad file, or a lack of memory or threads.
  [[noreturn]] void fail_to(std::string_view action) const;
  /// Whether the model's last layer is computed.
  bool at_last_layer() const { return rows.last_block == info.n_layers - 1; }

  std::string name;
  LlamaOptions options;
  ModelInfo info;
  HookRows rows;
  std::int32_t max_sequences = 0;  ///< per batch
  llama_model_ptr model;
  LlamaVocabulary vocabulary;

 private:
  void load(const std::filesystem::path& path);
};

}  // namespace isogloss
