#include "isogloss/model/llama_source.h"

#include <fmt/format.h>
#include <llama-cpp.h>

#include <algorithm>
#include <cmath>
#include <new>

#include "isogloss/core/error.h"
#include "isogloss/core/ggml_assertions.h"
#include "isogloss/core/stopwatch.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/model/capture_internal.h"
#include "isogloss/model/llama_batch_internal.h"
#include "isogloss/model/llama_loaded_internal.h"
#include "isogloss/model/llama_log_internal.h"

namespace isogloss {
namespace {

class LlamaSource final : public ActivationSource {
 public:
  LlamaSource(std::shared_ptr<const LoadedModel> model, std::int32_t n_threads);

  std::int32_t width(std::size_t hook) const override {
    return model_->rows.tensors[model_->rows.of_hook[hook]].width;
  }
  std::int32_t max_tokens_per_sequence() const override {
    return std::min(model_->options.max_tokens_per_batch, model_->info.context_length);
  }
  std::int32_t max_tokens_per_batch() const override {
    return model_->options.max_tokens_per_batch;
  }
  std::int32_t max_sequences_per_batch() const override { return model_->max_sequences; }

  std::vector<std::int32_t> tokenize(std::string_view text) const override {
    return model_->vocabulary.tokenize(text);
  }
  std::optional<std::int32_t> first_token() const override {
    return model_->vocabulary.first_token();
  }
  bool tokenizer_adds_bos() const override { return model_->vocabulary.tokenizer_adds_bos(); }
  std::string token_piece(std::int32_t id) const override {
    return model_->vocabulary.token_piece(id);
  }
  std::string token_bytes(std::int32_t id) const override {
    return model_->vocabulary.token_bytes(id);
  }
  bool is_special(std::int32_t id) const override { return model_->vocabulary.is_special(id); }

  std::vector<std::span<const float>> run(std::span<const TokenSequence> batch) override;

  std::unique_ptr<ActivationSource> another(std::int32_t n_threads) const override {
    return std::make_unique<LlamaSource>(model_, n_threads);
  }
  std::uint64_t working_memory() const override;
  ModelSeconds seconds() const override;

 private:
  void make_context();
  std::size_t check_batch(std::span<const TokenSequence> batch) const;
  void check_rows(const TensorCapture& tensor, int status) const;

  std::shared_ptr<const LoadedModel> model_;
  std::int32_t n_threads_;
  bool has_failed_ = false;
  double seconds_ = 0;  ///< of run()
  Capture capture_;
  llama_context_ptr context_;  // made by the first run; last, as it points into the members above
};

LlamaSource::LlamaSource(std::shared_ptr<const LoadedModel> model, std::int32_t n_threads)
    : model_(std::move(model)), n_threads_(n_threads > 0 ? n_threads : usable_cores()) {
  for (const auto& hook : model_->rows.tensors) {
    auto& tensor = capture_.tensors.emplace_back();
    tensor.tensor = hook.tensor;
    tensor.width = hook.width;
  }
}

void LlamaSource::make_context() {
  const auto n_tokens = static_cast<std::uint32_t>(max_tokens_per_batch());
  llama_context_params params = llama_context_default_params();
  // One micro-batch over one shared cache keeps the rows in the batch's order.
  params.n_ctx = n_tokens;
  params.n_batch = n_tokens;
  params.n_ubatch = n_tokens;
  params.n_seq_max = static_cast<std::uint32_t>(model_->max_sequences);
  params.kv_unified = true;
  // The head is never computed, but room for its outputs is reserved; llama.cpp takes no fewer than
  // one per sequence. In the last layer it keeps only the rows of outputs, so that there every
  // token must be an output.
  params.n_outputs_max = std::max(params.n_seq_max, model_->at_last_layer() ? n_tokens : 0);
  params.n_threads = n_threads_;
  params.n_threads_batch = n_threads_;
  params.cb_eval = &capture_tensor;
  params.cb_eval_user_data = &capture_;
  params.abort_callback = &capture_is_done;
  params.abort_callback_data = &capture_;
  capture_.own.emplace(model_->info, model_->options, n_threads_);
  if (capture_.own->has_attention()) params.type_k = params.type_v = GGML_TYPE_F32;
  context_.reset(llama_init_from_model(model_->model.get(), params));
  if (!context_) model_->fail_to("make the context");
}

std::uint64_t LlamaSource::working_memory() const {
  // Keys and values in float32, at most as wide as the residual stream; a dozen rows of the MLP's
  // width, four times the stream's, in float32; logits and probabilities of each sequence.
  constexpr std::uint64_t kCacheBytes = 2 * 4;
  constexpr std::uint64_t kGraphBytes = 12 * 4 * 4;
  const auto n_tokens = static_cast<std::uint64_t>(max_tokens_per_batch());
  const auto d_model = static_cast<std::uint64_t>(model_->info.d_model);
  const auto n_layers = static_cast<std::uint64_t>(model_->info.n_layers);
  const auto n_vocab = static_cast<std::uint64_t>(model_->info.n_vocab);
  const auto n_sequences = static_cast<std::uint64_t>(model_->max_sequences);
  return n_tokens * d_model * (kCacheBytes * n_layers + kGraphBytes) +
         n_sequences * n_vocab * 2 * sizeof(float);
}

ModelSeconds LlamaSource::seconds() const {
  if (!capture_.own) return {};
  return {seconds_, capture_.own->seconds_of_products(), capture_.own->seconds_of_attention()};
}

std::size_t LlamaSource::check_batch(std::span<const TokenSequence> batch) const {
  const std::int32_t n_vocab = model_->vocabulary.n_tokens();
  const auto longest = static_cast<std::size_t>(max_tokens_per_sequence());
  std::size_t n_tokens = 0;
  for (const TokenSequence& sequence : batch) {
    const bool fits =
        !sequence.ids.empty() && sequence.ids.size() <= longest &&
        std::ranges::all_of(sequence.ids, [&](auto id) { return id >= 0 && id < n_vocab; });
    if (!fits) {
      model_->fail(ErrorCode::kUsage,
                   fmt::format("a sequence of {} tokens is empty, longer than {}, or has ids "
                               "beyond the vocabulary",
                               sequence.ids.size(), longest));
    }
    n_tokens += sequence.ids.size();
  }
  if (batch.empty() || batch.size() > static_cast<std::size_t>(max_sequences_per_batch()) ||
      n_tokens > static_cast<std::size_t>(max_tokens_per_batch())) {
    model_->fail(
        ErrorCode::kUsage,
        fmt::format("a batch of {} sequences and {} tokens; the limits are {} and {}", batch.size(),
                    n_tokens, max_sequences_per_batch(), max_tokens_per_batch()));
  }
  return n_tokens;
}

std::vector<std::span<const float>> LlamaSource::run(std::span<const TokenSequence> batch) {
  const Stopwatch stopwatch(seconds_);
  const std::size_t n_tokens = check_batch(batch);
  if (has_failed_) model_->fail(ErrorCode::kUsage, "an earlier batch failed; open the model again");
  PackedBatch packed(batch, n_tokens, model_->at_last_layer());
  capture_.expect(n_tokens);
  const AssertionsThrow guard;
  LlamaLog::instance().clear();
  try {
    if (!context_) make_context();
    const int status = llama_decode(context_.get(), packed.view());
    capture_.done = false;
    llama_memory_clear(llama_get_memory(context_.get()), /*data=*/false);
    if (capture_.own->lacked_memory()) throw std::bad_alloc();
    if (const auto* what = capture_.own->inexact()) {
      model_->fail(
          ErrorCode::kBadInput,
          fmt::format("its {} cannot be computed in float32 here; leave out --exact", what));
    }
    for (const TensorCapture& tensor : capture_.tensors) check_rows(tensor, status);
  } catch (const GgmlAssertion& assertion) {
    // Its state is unknown: freeing it could fail another assertion.
    static_cast<void>(context_.release());
    has_failed_ = true;
    LlamaLog::instance().note(assertion.what());
    model_->fail_to("run a batch");
  }
  std::vector<std::span<const float>> rows;
  for (const std::size_t index : model_->rows.of_hook) {
    rows.emplace_back(capture_.tensors[index].rows);
  }
  return rows;
}

void LlamaSource::check_rows(const TensorCapture& tensor, int status) const {
  if (tensor.n_deliveries == 0) {
    model_->fail(ErrorCode::kBadInput,
                 fmt::format("llama.cpp did not reach tensor '{}' (status {}: {}); this model's "
                             "architecture or size is not supported",
                             tensor.tensor.name, status, LlamaLog::instance().first_error()));
  }
  if (tensor.n_deliveries != 1 || tensor.n_delivered != capture_.n_expected) {
    model_->fail(
        ErrorCode::kBadInput,
        fmt::format("llama.cpp delivered tensor '{}' {} times, at last with {} rows of {} float32 "
                    "numbers, for {} tokens; this model's architecture is not supported",
                    tensor.tensor.name, tensor.n_deliveries, tensor.n_delivered, tensor.width,
                    capture_.n_expected));
  }
  if (!std::ranges::all_of(tensor.rows, [](float value) { return std::isfinite(value); })) {
    model_->fail(
        ErrorCode::kBadInput,
        fmt::format("tensor '{}' is not finite: the weights hold NaN or infinity; fetch the file "
                    "again or take another quantization",
                    tensor.tensor.name));
  }
}

void check_exact(const std::filesystem::path& path, const LlamaOptions& options) {
  if (options.n_gpu_layers > 0) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: exact arithmetic runs on the CPU alone; leave out --exact or "
                            "--gpu-layers",
                            path.string()));
  }
  if (!NodeCall::is_possible()) {
    throw Error(
        ErrorCode::kEnvironment,
        fmt::format("{}: exact arithmetic needs a llama.cpp that computes on the CPU alone; "
                    "leave out --exact, or build without ISOGLOSS_LLAMA_CMAKE",
                    path.string()));
  }
}

}  // namespace

std::unique_ptr<ActivationSource> open_llama_source(const std::filesystem::path& path,
                                                    std::span<const HookPoint> hooks,
                                                    const LlamaOptions& options) {
  if (options.max_tokens_per_batch < 1) {
    throw Error(ErrorCode::kUsage, "a batch needs room for at least one token");
  }
  if (options.exact) check_exact(path, options);
  if (hooks.empty()) throw Error(ErrorCode::kUsage, "a model is read at one hook point or more");
  return std::make_unique<LlamaSource>(std::make_shared<const LoadedModel>(path, hooks, options),
                                       options.n_threads);
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
