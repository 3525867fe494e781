#include "isogloss/model/llama_source.h"

#include <fmt/format.h>
#include <llama-cpp.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/ggml_assertions.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/model/capture_internal.h"
#include "isogloss/model/gguf_header_internal.h"
#include "isogloss/model/hook_tensor_internal.h"
#include "isogloss/model/llama_batch_internal.h"
#include "isogloss/model/llama_log_internal.h"
#include "isogloss/model/llama_vocabulary_internal.h"
#include "isogloss/model/mapped_weights_internal.h"

namespace isogloss {
namespace {

// A context holds two buffers of n_vocab floats for each sequence that it may run: 48 MiB for 24
// sequences and a vocabulary of 262,144 tokens. A batch of the default size rarely has more
// sentences.
constexpr std::int32_t kMaxSequences = 24;

std::vector<HookTensor> hook_tensors_of(const std::filesystem::path& path, const ModelInfo& info,
                                        std::span<const HookPoint> hooks) {
  const MappedFile file(path);
  return find_hook_tensors(read_gguf_header(file.bytes(), path.string()), info, path.string(),
                           hooks);
}

class LlamaSource final : public ActivationSource {
 public:
  LlamaSource(const std::filesystem::path& path, std::span<const HookPoint> hooks,
              const LlamaOptions& options);

  std::int32_t width(std::size_t hook) const override {
    return static_cast<std::int32_t>(capture_.tensors[capture_of_hook_[hook]].width);
  }
  std::int32_t max_tokens_per_sequence() const override { return max_tokens_per_sequence_; }
  std::int32_t max_tokens_per_batch() const override { return max_tokens_per_batch_; }
  std::int32_t max_sequences_per_batch() const override { return max_sequences_; }

  std::vector<std::int32_t> tokenize(std::string_view text) const override {
    return vocabulary_.tokenize(text);
  }
  std::optional<std::int32_t> first_token() const override { return vocabulary_.first_token(); }
  bool tokenizer_adds_bos() const override { return vocabulary_.tokenizer_adds_bos(); }
  std::string token_piece(std::int32_t id) const override { return vocabulary_.token_piece(id); }
  std::string token_bytes(std::int32_t id) const override { return vocabulary_.token_bytes(id); }
  bool is_special(std::int32_t id) const override { return vocabulary_.is_special(id); }

  std::vector<std::span<const float>> run(std::span<const TokenSequence> batch) override;

 private:
  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const {
    throw Error(code, fmt::format("{}: {}", name_, problem));
  }
  /// Throws for what llama.cpp last complained about: a bad file, or a lack of memory or threads.
  [[noreturn]] void fail_to(std::string_view action) const;
  void choose_tensors(std::span<const HookTensor> hooks, const ModelInfo& info);
  void load_model(const std::filesystem::path& path, const LlamaOptions& options);
  void make_context(const LlamaOptions& options);
  std::size_t check_batch(std::span<const TokenSequence> batch) const;
  void check_rows(const TensorCapture& tensor, int status) const;

  std::string name_;
  std::int32_t max_tokens_per_batch_;
  std::int32_t max_tokens_per_sequence_ = 0;
  std::int32_t max_sequences_ = kMaxSequences;
  std::int32_t last_layer_ = 0;               ///< of those that the hooks need
  bool at_last_layer_ = false;                ///< it is the model's last as well
  std::vector<std::size_t> capture_of_hook_;  ///< index into capture_.tensors
  Capture capture_;
  llama_model_ptr model_;
  LlamaVocabulary vocabulary_;
  llama_context_ptr context_;  // last: it points into the members above
};

LlamaSource::LlamaSource(const std::filesystem::path& path, std::span<const HookPoint> hooks,
                         const LlamaOptions& options)
    : name_(path.string()), max_tokens_per_batch_(options.max_tokens_per_batch) {
  if (max_tokens_per_batch_ < 1) {
    throw Error(ErrorCode::kUsage, "a batch needs room for at least one token");
  }
  if (hooks.empty()) throw Error(ErrorCode::kUsage, "a model is read at one hook point or more");
  const ModelInfo info = inspect_gguf(path);
  choose_tensors(hook_tensors_of(path, info, hooks), info);
  max_tokens_per_sequence_ = std::min(max_tokens_per_batch_, info.context_length);
  const AssertionsThrow guard;
  LlamaLog::instance().clear();
  try {
    load_model(path, options);
    release_later_blocks(path, last_layer_);
    make_context(options);
  } catch (const std::bad_alloc&) {
    fail_to("load the model");
  } catch (const GgmlAssertion& assertion) {
    LlamaLog::instance().note(assertion.what());
    fail_to("load the model");
  }
}

void LlamaSource::choose_tensors(std::span<const HookTensor> hooks, const ModelInfo& info) {
  auto& tensors = capture_.tensors;
  for (const auto& [tensor, width, last_block] : hooks) {
    const auto found = std::ranges::find(tensors, tensor, &TensorCapture::tensor);
    capture_of_hook_.push_back(static_cast<std::size_t>(found - tensors.begin()));
    if (found == tensors.end()) {
      auto& added = tensors.emplace_back();
      added.tensor = tensor;
      added.width = width;
    }
    last_layer_ = std::max(last_layer_, last_block);
  }
  at_last_layer_ = last_layer_ == info.n_layers - 1;
}

void LlamaSource::fail_to(std::string_view action) const {
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

void LlamaSource::load_model(const std::filesystem::path& path, const LlamaOptions& options) {
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = options.n_gpu_layers;
  model_.reset(llama_model_load_from_file(path.c_str(), params));
  if (!model_) fail_to("load the model");

  if (llama_model_has_encoder(model_.get()) || llama_model_is_recurrent(model_.get())) {
    fail(ErrorCode::kBadInput,
         "only decoder-only models with attention are supported; take a model such as Gemma or "
         "Llama");
  }
  // A hybrid model's recurrent blocks take sequences of different lengths apart, which would change
  // the order of the rows.
  if (llama_model_is_hybrid(model_.get())) max_sequences_ = 1;
  vocabulary_ = LlamaVocabulary(model_.get(), name_, options.bos);
}

void LlamaSource::make_context(const LlamaOptions& options) {
  const auto n_tokens = static_cast<std::uint32_t>(max_tokens_per_batch_);
  llama_context_params params = llama_context_default_params();
  // One micro-batch over one shared cache keeps the rows in the batch's order.
  params.n_ctx = n_tokens;
  params.n_batch = n_tokens;
  params.n_ubatch = n_tokens;
  params.n_seq_max = static_cast<std::uint32_t>(max_sequences_);
  params.kv_unified = true;
  // The head is never computed, but room for its outputs is reserved; llama.cpp takes no fewer than
  // one per sequence. In the last layer it keeps only the rows of outputs, so that there every
  // token must be an output.
  params.n_outputs_max = std::max(params.n_seq_max, at_last_layer_ ? n_tokens : 0);
  params.n_threads = options.n_threads > 0 ? options.n_threads : usable_cores();
  params.n_threads_batch = params.n_threads;
  params.cb_eval = &capture_tensor;
  params.cb_eval_user_data = &capture_;
  params.abort_callback = &capture_is_done;
  params.abort_callback_data = &capture_;
  if (options.own_products && Q8Product::is_available()) capture_.product.emplace(params.n_threads);
  context_.reset(llama_init_from_model(model_.get(), params));
  if (!context_) fail_to("make the context");
}

std::size_t LlamaSource::check_batch(std::span<const TokenSequence> batch) const {
  const std::int32_t n_vocab = vocabulary_.n_tokens();
  std::size_t n_tokens = 0;
  for (const TokenSequence& sequence : batch) {
    const bool fits =
        !sequence.ids.empty() &&
        sequence.ids.size() <= static_cast<std::size_t>(max_tokens_per_sequence_) &&
        std::ranges::all_of(sequence.ids, [&](auto id) { return id >= 0 && id < n_vocab; });
    if (!fits) {
      fail(ErrorCode::kUsage, fmt::format("a sequence of {} tokens is empty, longer than {}, or "
                                          "has ids beyond the vocabulary",
                                          sequence.ids.size(), max_tokens_per_sequence_));
    }
    n_tokens += sequence.ids.size();
  }
  if (batch.empty() || batch.size() > static_cast<std::size_t>(max_sequences_) ||
      n_tokens > static_cast<std::size_t>(max_tokens_per_batch_)) {
    fail(ErrorCode::kUsage,
         fmt::format("a batch of {} sequences and {} tokens; the limits are {} "
                     "and {}",
                     batch.size(), n_tokens, max_sequences_, max_tokens_per_batch_));
  }
  return n_tokens;
}

std::vector<std::span<const float>> LlamaSource::run(std::span<const TokenSequence> batch) {
  const std::size_t n_tokens = check_batch(batch);
  if (!context_) fail(ErrorCode::kUsage, "an earlier batch failed; open the model again");
  PackedBatch packed(batch, n_tokens, at_last_layer_);
  capture_.expect(n_tokens);
  const AssertionsThrow guard;
  LlamaLog::instance().clear();
  try {
    const int status = llama_decode(context_.get(), packed.view());
    capture_.done = false;
    llama_memory_clear(llama_get_memory(context_.get()), /*data=*/false);
    if (capture_.product && capture_.product->lacked_memory()) throw std::bad_alloc();
    for (const TensorCapture& tensor : capture_.tensors) check_rows(tensor, status);
  } catch (const GgmlAssertion& assertion) {
    // Their state is unknown: freeing them could fail another assertion.
    static_cast<void>(context_.release());
    static_cast<void>(model_.release());
    LlamaLog::instance().note(assertion.what());
    fail_to("run a batch");
  }
  std::vector<std::span<const float>> rows;
  for (const std::size_t index : capture_of_hook_) rows.emplace_back(capture_.tensors[index].rows);
  return rows;
}

void LlamaSource::check_rows(const TensorCapture& tensor, int status) const {
  if (tensor.n_deliveries == 0) {
    fail(ErrorCode::kBadInput,
         fmt::format("llama.cpp did not reach tensor '{}' (status {}: {}); this model's "
                     "architecture or size is not supported",
                     tensor.tensor.name, status, LlamaLog::instance().first_error()));
  }
  if (tensor.n_deliveries != 1 || tensor.n_delivered != capture_.n_expected) {
    fail(ErrorCode::kBadInput,
         fmt::format("llama.cpp delivered tensor '{}' {} times, at last with {} rows of {} float32 "
                     "numbers, for {} tokens; this model's architecture is not supported",
                     tensor.tensor.name, tensor.n_deliveries, tensor.n_delivered, tensor.width,
                     capture_.n_expected));
  }
  if (!std::ranges::all_of(tensor.rows, [](float value) { return std::isfinite(value); })) {
    fail(ErrorCode::kBadInput,
         fmt::format("tensor '{}' is not finite: the weights hold NaN or infinity; fetch the file "
                     "again or take another quantization",
                     tensor.tensor.name));
  }
}

}  // namespace

std::unique_ptr<ActivationSource> open_llama_source(const std::filesystem::path& path,
                                                    std::span<const HookPoint> hooks,
                                                    const LlamaOptions& options) {
  return std::make_unique<LlamaSource>(path, hooks, options);
}

std::vector<std::int32_t> hook_widths(const std::filesystem::path& path,
                                      std::span<const HookPoint> hooks) {
  std::vector<std::int32_t> widths;
  for (const auto& hook : hook_tensors_of(path, inspect_gguf(path), hooks)) {
    widths.push_back(hook.width);
  }
  return widths;
}

std::string llama_version() {
  return fmt::format("{} ({})", ::llama_version(), ISOGLOSS_LLAMA_PACKAGE);
}

}  // namespace isogloss
