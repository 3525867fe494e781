#include "isogloss/model/llama_source.h"

#include <fmt/format.h>
#include <llama-cpp.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <new>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

// Every context holds n_vocab floats for each sequence it may run, twice: 48 MiB at 24 and 262,144
// tokens. A batch of the default size rarely holds more sentences.
constexpr std::int32_t kMaxSequences = 24;

/// llama.cpp's last complaint. Its log is process-wide and may be written by any of its threads.
class LogCapture {
 public:
  static LogCapture& instance() {
    static LogCapture capture;
    return capture;
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    last_error_.clear();
  }

  std::string last_error() {
    const std::lock_guard lock(mutex_);
    return last_error_.empty() ? "no reason given" : last_error_;
  }

 private:
  LogCapture() {
    llama_backend_init();
    llama_log_set(&LogCapture::on_line, this);
  }

  static void on_line(ggml_log_level level, const char* text, void* self) noexcept {
    if (level != GGML_LOG_LEVEL_ERROR) return;
    auto& capture = *static_cast<LogCapture*>(self);
    const std::lock_guard lock(capture.mutex_);
    try {
      capture.last_error_ = text;
      while (capture.last_error_.ends_with('\n')) capture.last_error_.pop_back();
      std::ranges::replace(capture.last_error_, '\n', ' ');
    } catch (const std::bad_alloc&) {
      capture.last_error_.clear();
    }
  }

  std::mutex mutex_;
  std::string last_error_;
};

/// What the evaluation callback fills. Lives at a fixed address while a context points to it.
struct Capture {
  std::string tensor_name;
  std::int64_t d_model = 0;
  std::int64_t n_expected = 0;  ///< rows of the running batch
  std::vector<float> rows;      ///< [n_expected, d_model]
  std::int64_t n_delivered = 0;
  int n_deliveries = 0;
  bool done = false;  ///< the hook was reached: everything after it is wasted
};

bool on_tensor(ggml_tensor* tensor, bool ask, void* user_data) noexcept {
  auto& capture = *static_cast<Capture*>(user_data);
  const bool is_hook = capture.tensor_name == tensor->name;
  if (ask) return is_hook;
  if (!is_hook) return true;

  capture.done = true;
  ++capture.n_deliveries;
  capture.n_delivered = ggml_nrows(tensor);
  const bool as_expected = tensor->type == GGML_TYPE_F32 && tensor->ne[0] == capture.d_model &&
                           capture.n_delivered == capture.n_expected && ggml_is_contiguous(tensor);
  if (as_expected) ggml_backend_tensor_get(tensor, capture.rows.data(), 0, ggml_nbytes(tensor));
  return false;
}

bool should_abort(void* user_data) noexcept { return static_cast<Capture*>(user_data)->done; }

/// The arrays a llama_batch points to, each sequence under its own id.
class PackedBatch {
 public:
  PackedBatch(std::span<const TokenSequence> sequences, std::size_t n_tokens, bool all_outputs)
      : sequence_ids_(sequences.size()),
        n_sequence_ids_(n_tokens, 1),
        outputs_(n_tokens, all_outputs ? 1 : 0) {
    ids_.reserve(n_tokens);
    for (std::size_t s = 0; s < sequences.size(); ++s) {
      sequence_ids_[s] = static_cast<llama_seq_id>(s);
      for (std::size_t t = 0; t < sequences[s].ids.size(); ++t) {
        ids_.push_back(sequences[s].ids[t]);
        positions_.push_back(static_cast<llama_pos>(t));
        sequence_of_.push_back(&sequence_ids_[s]);
      }
    }
  }

  llama_batch view() {
    llama_batch batch = {};
    batch.n_tokens = static_cast<std::int32_t>(ids_.size());
    batch.token = ids_.data();
    batch.pos = positions_.data();
    batch.n_seq_id = n_sequence_ids_.data();
    batch.seq_id = sequence_of_.data();
    batch.logits = outputs_.data();
    return batch;
  }

 private:
  std::vector<llama_token> ids_;
  std::vector<llama_pos> positions_;
  std::vector<llama_seq_id> sequence_ids_;
  std::vector<std::int32_t> n_sequence_ids_;
  std::vector<llama_seq_id*> sequence_of_;
  std::vector<std::int8_t> outputs_;
};

std::int32_t thread_count(std::int32_t requested) {
  if (requested > 0) return requested;
  return std::max(1, static_cast<std::int32_t>(std::thread::hardware_concurrency()));
}

class LlamaSource final : public ActivationSource {
 public:
  LlamaSource(const std::filesystem::path& path, const HookPoint& hook,
              const LlamaOptions& options);

  std::int32_t d_model() const override { return static_cast<std::int32_t>(capture_.d_model); }
  std::int32_t max_tokens_per_sequence() const override { return max_tokens_per_sequence_; }
  std::int32_t max_tokens_per_batch() const override { return max_tokens_per_batch_; }
  std::int32_t max_sequences_per_batch() const override { return kMaxSequences; }

  std::vector<std::int32_t> tokenize(std::string_view text) const override;
  std::string spelling(std::int32_t id) const override;
  std::string bytes(std::int32_t id) const override;
  bool is_special(std::int32_t id) const override;

  std::span<const float> run(std::span<const TokenSequence> batch) override;

 private:
  [[noreturn]] void fail(ErrorCode code, const std::string& problem) const {
    throw Error(code, fmt::format("{}: {}", name_, problem));
  }
  /// llama.cpp reports both a bad file and a lack of memory by returning null.
  [[noreturn]] void fail_to_load(std::string_view what) const;
  void load_model(const std::filesystem::path& path, const LlamaOptions& options);
  void check_vocabulary() const;
  void make_context(const LlamaOptions& options);
  std::size_t check_batch(std::span<const TokenSequence> batch) const;
  void check_rows(int status) const;

  std::string name_;
  std::int32_t max_tokens_per_batch_;
  std::int32_t max_tokens_per_sequence_ = 0;
  bool at_last_layer_ = false;
  Capture capture_;
  llama_model_ptr model_;
  const llama_vocab* vocab_ = nullptr;
  llama_context_ptr context_;  // last: it points into the members above
};

LlamaSource::LlamaSource(const std::filesystem::path& path, const HookPoint& hook,
                         const LlamaOptions& options)
    : name_(path.string()), max_tokens_per_batch_(options.max_tokens_per_batch) {
  if (max_tokens_per_batch_ < 1) {
    throw Error(ErrorCode::kUsage, "a batch needs room for at least one token");
  }
  const ModelInfo info = inspect_gguf(path);
  if (hook.layer < 0 || hook.layer >= info.n_layers) {
    fail(ErrorCode::kBadInput, fmt::format("hook '{}' lies beyond the model's {} layers; take a "
                                           "layer from 0 to {}",
                                           hook.name, info.n_layers, info.n_layers - 1));
  }
  capture_.tensor_name = fmt::format("l_out-{}", hook.layer);
  capture_.d_model = info.d_model;
  at_last_layer_ = hook.layer == info.n_layers - 1;
  max_tokens_per_sequence_ = std::min(max_tokens_per_batch_, info.context_length);
  LogCapture::instance().clear();
  try {
    load_model(path, options);
    make_context(options);
  } catch (const std::bad_alloc&) {
    fail_to_load("the model");
  }
}

void LlamaSource::fail_to_load(std::string_view what) const {
  const std::string reason = LogCapture::instance().last_error();
  const bool memory = reason == "no reason given" || reason.find("alloc") != std::string::npos ||
                      reason.find("memory") != std::string::npos;
  if (memory) {
    fail(ErrorCode::kEnvironment,
         fmt::format("no memory for {} ({}); take a smaller quantization or smaller batches", what,
                     reason));
  }
  fail(ErrorCode::kBadInput, fmt::format("llama.cpp cannot load {}: {}", what, reason));
}

void LlamaSource::load_model(const std::filesystem::path& path, const LlamaOptions& options) {
  llama_model_params params = llama_model_default_params();
  params.n_gpu_layers = options.n_gpu_layers;
  model_.reset(llama_model_load_from_file(path.c_str(), params));
  if (!model_) fail_to_load("the model");

  const bool causal_decoder = !llama_model_has_encoder(model_.get()) &&
                              !llama_model_is_recurrent(model_.get()) &&
                              !llama_model_is_hybrid(model_.get());
  if (!causal_decoder) {
    fail(ErrorCode::kBadInput,
         "only decoder-only attention models are supported; take a model such as Gemma or Llama");
  }
  vocab_ = llama_model_get_vocab(model_.get());
  check_vocabulary();
}

/// What llama.cpp asserts when it tokenizes.
void LlamaSource::check_vocabulary() const {
  const auto missing = [](bool wanted, llama_token id) { return wanted && id == LLAMA_TOKEN_NULL; };
  if (llama_vocab_type(vocab_) == LLAMA_VOCAB_TYPE_NONE) {
    fail(ErrorCode::kBadInput, "the model has no tokenizer; take a file with its vocabulary");
  }
  if (missing(llama_vocab_get_add_bos(vocab_), llama_vocab_bos(vocab_)) ||
      missing(llama_vocab_get_add_eos(vocab_), llama_vocab_eos(vocab_)) ||
      missing(llama_vocab_get_add_sep(vocab_), llama_vocab_sep(vocab_))) {
    fail(ErrorCode::kBadInput, "the vocabulary asks for a special token it lacks; fetch it again");
  }
}

void LlamaSource::make_context(const LlamaOptions& options) {
  const auto n_tokens = static_cast<std::uint32_t>(max_tokens_per_batch_);
  llama_context_params params = llama_context_default_params();
  // One micro-batch over one shared cache keeps the rows in the batch's order.
  params.n_ctx = n_tokens;
  params.n_batch = n_tokens;
  params.n_ubatch = n_tokens;
  params.n_seq_max = kMaxSequences;
  params.kv_unified = true;
  // The head is never computed, but room for its outputs is reserved; one a sequence is the least
  // that llama.cpp takes. The last layer keeps only the rows of outputs, so there it takes all.
  params.n_outputs_max = std::max<std::uint32_t>(kMaxSequences, at_last_layer_ ? n_tokens : 0);
  params.n_threads = thread_count(options.n_threads);
  params.n_threads_batch = params.n_threads;
  params.cb_eval = &on_tensor;
  params.cb_eval_user_data = &capture_;
  params.abort_callback = &should_abort;
  params.abort_callback_data = &capture_;
  context_.reset(llama_init_from_model(model_.get(), params));
  if (!context_) fail_to_load("the context");
}

std::vector<std::int32_t> LlamaSource::tokenize(std::string_view text) const {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 30;  // llama.cpp counts in 32 bits
  if (text.size() > kMaxBytes) fail(ErrorCode::kBadInput, "a text of over 1 GiB; split it");
  if (const auto offset = find_invalid_utf8(text)) {
    fail(ErrorCode::kBadInput, fmt::format("text to tokenize is not UTF-8 at byte {}", *offset));
  }
  const auto attempt = [&](std::vector<std::int32_t>& ids) {
    return llama_tokenize(vocab_, text.data(), static_cast<std::int32_t>(text.size()), ids.data(),
                          static_cast<std::int32_t>(ids.size()), /*add_special=*/true,
                          /*parse_special=*/false);
  };
  try {
    std::vector<std::int32_t> ids(text.size() + 4);
    std::int32_t n_ids = attempt(ids);
    if (n_ids < 0) {
      ids.resize(static_cast<std::size_t>(-std::int64_t{n_ids}));
      n_ids = attempt(ids);
    }
    ids.resize(static_cast<std::size_t>(std::max(n_ids, 0)));
    return ids;
  } catch (const std::out_of_range&) {
    fail(ErrorCode::kBadInput,
         "the vocabulary has no token for a byte of the text; fetch it again");
  }
}

std::string LlamaSource::spelling(std::int32_t id) const {
  const std::string_view text = llama_vocab_get_text(vocab_, id);
  if (!find_invalid_utf8(text)) return std::string(text);
  std::string escaped;
  for (const char byte : text) {
    escaped += fmt::format("<0x{:02X}>", static_cast<unsigned char>(byte));
  }
  return escaped;
}

std::string LlamaSource::bytes(std::int32_t id) const {
  if (is_special(id)) return {};
  std::string piece(32, '\0');
  const auto attempt = [&] {
    return llama_token_to_piece(vocab_, id, piece.data(), static_cast<std::int32_t>(piece.size()),
                                /*lstrip=*/0, /*special=*/false);
  };
  std::int32_t size = attempt();
  if (size < 0) {
    piece.resize(static_cast<std::size_t>(-size));
    size = attempt();
  }
  piece.resize(static_cast<std::size_t>(std::max(size, 0)));
  return piece;
}

bool LlamaSource::is_special(std::int32_t id) const {
  return llama_vocab_is_control(vocab_, id) || llama_vocab_is_eog(vocab_, id) ||
         id == llama_vocab_bos(vocab_) || id == llama_vocab_pad(vocab_);
}

std::size_t LlamaSource::check_batch(std::span<const TokenSequence> batch) const {
  const std::int32_t n_vocab = llama_vocab_n_tokens(vocab_);
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
  if (batch.empty() || batch.size() > kMaxSequences ||
      n_tokens > static_cast<std::size_t>(max_tokens_per_batch_)) {
    fail(ErrorCode::kUsage,
         fmt::format("a batch of {} sequences and {} tokens; the limits are {} "
                     "and {}",
                     batch.size(), n_tokens, kMaxSequences, max_tokens_per_batch_));
  }
  return n_tokens;
}

std::span<const float> LlamaSource::run(std::span<const TokenSequence> batch) {
  const std::size_t n_tokens = check_batch(batch);
  PackedBatch packed(batch, n_tokens, at_last_layer_);
  capture_.rows.resize(n_tokens * static_cast<std::size_t>(capture_.d_model));
  capture_.n_expected = static_cast<std::int64_t>(n_tokens);
  capture_.n_delivered = 0;
  capture_.n_deliveries = 0;
  capture_.done = false;
  LogCapture::instance().clear();

  const int status = llama_decode(context_.get(), packed.view());
  capture_.done = false;
  llama_memory_clear(llama_get_memory(context_.get()), /*data=*/false);
  check_rows(status);
  return capture_.rows;
}

void LlamaSource::check_rows(int status) const {
  if (capture_.n_deliveries == 0) {
    fail(ErrorCode::kBadInput,
         fmt::format("llama.cpp did not reach tensor '{}' (status {}: {}); this model's "
                     "architecture or size is not supported",
                     capture_.tensor_name, status, LogCapture::instance().last_error()));
  }
  if (capture_.n_deliveries != 1 || capture_.n_delivered != capture_.n_expected) {
    fail(ErrorCode::kBadInput,
         fmt::format("llama.cpp delivered {} rows of tensor '{}' for {} tokens; this model's "
                     "architecture is not supported",
                     capture_.n_delivered, capture_.tensor_name, capture_.n_expected));
  }
  if (!std::ranges::all_of(capture_.rows, [](float value) { return std::isfinite(value); })) {
    fail(ErrorCode::kBadInput,
         fmt::format("the residual at tensor '{}' is not finite: the weights hold NaN or infinity; "
                     "fetch the file again or take another quantization",
                     capture_.tensor_name));
  }
}

}  // namespace

std::unique_ptr<ActivationSource> open_llama_source(const std::filesystem::path& path,
                                                    const HookPoint& hook,
                                                    const LlamaOptions& options) {
  return std::make_unique<LlamaSource>(path, hook, options);
}

std::string llama_version() {
  return fmt::format("{} ({})", ::llama_version(), ISOGLOSS_LLAMA_PACKAGE);
}

}  // namespace isogloss
