#include <fmt/format.h>

#include <algorithm>
#include <new>

#include "isogloss/core/file.h"
#include "isogloss/core/ggml_assertions.h"
#include "isogloss/model/gguf_header_internal.h"
#include "isogloss/model/llama_loaded_internal.h"
#include "isogloss/model/llama_log_internal.h"
#include "isogloss/model/mapped_weights_internal.h"
#include "isogloss/model/quantized_product_internal.h"

namespace isogloss {
namespace {

// A context holds two buffers of n_vocab floats for each sequence that it may run: 48 MiB for 24
// sequences and a vocabulary of 262,144 tokens. A batch of the default size rarely has more
// sentences.
constexpr std::int32_t kMaxSequences = 24;

}  // namespace

std::vector<HookTensor> hook_tensors_of(const std::filesystem::path& path, const ModelInfo& info,
                                        std::span<const HookPoint> hooks) {
  const MappedFile file(path);
  return find_hook_tensors(read_gguf_header(file.bytes(), path.string()), info, path.string(),
                           hooks);
}

HookRows::HookRows(const std::vector<HookTensor>& hooks) {
  for (const auto& hook : hooks) {
    const auto found = std::ranges::find(tensors, hook.tensor, &HookTensor::tensor);
    of_hook.push_back(static_cast<std::size_t>(found - tensors.begin()));
    if (found == tensors.end()) tensors.push_back(hook);
    last_block = std::max(last_block, hook.last_block);
  }
}

LoadedModel::LoadedModel(const std::filesystem::path& path, std::span<const HookPoint> hooks,
                         const LlamaOptions& wanted)
    : name(path.string()),
      options(wanted),
      info(inspect_gguf(path)),
      rows(hook_tensors_of(path, info, hooks)),
      max_sequences(kMaxSequences) {
  const AssertionsThrow guard;
  LlamaLog::instance().clear();
  try {
    load(path);
    release_later_blocks(path, rows.last_block);
  } catch (const std::bad_alloc&) {
    fail_to("load the model");
  } catch (const GgmlAssertion& assertion) {
    LlamaLog::instance().note(assertion.what());
    fail_to("load the model");
  }
}

void LoadedModel::fail_to(std::string_view action) const {
  const std::string reason = LlamaLog::instance().first_error();
  if (LlamaLog::instance().is_shortage()) {
    fail(ErrorCode::kEnvironment,
         fmt::format("no memory to {} ({}); take a smaller quantization, smaller batches or fewer "
                     "threads",
                     action, reason));
  }
  fail(
      ErrorCode::kBadInput,
      fmt::format("llama.cpp cannot {}: {}; fetch the file again or take another", action, reason));
}

void LoadedModel::load(const std::filesystem::path& path) {
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = options.n_gpu_layers;
  // Else llama.cpp copies weights into an order that only its own products read.
  params.use_extra_bufts =
      !options.exact && !(options.own_products && QuantizedProduct::is_available());
  model.reset(llama_model_load_from_file(path.c_str(), params));
  if (!model) fail_to("load the model");

  if (llama_model_has_encoder(model.get()) || llama_model_is_recurrent(model.get())) {
    fail(ErrorCode::kBadInput,
         "only decoder-only models with attention are supported; take a model such as Gemma or "
         "Llama");
  }
  // A hybrid model's recurrent blocks take sequences of different lengths apart, which would change
  // the order of the rows.
  if (llama_model_is_hybrid(model.get())) max_sequences = 1;
  vocabulary = LlamaVocabulary(model.get(), name, options.bos);
}

}  // namespace isogloss
