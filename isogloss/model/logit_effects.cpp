// All directions against all rows of the unembedding, a block of rows at a time.
#include "isogloss/model/logit_effects.h"

#include <fmt/format.h>
#include <ggml-cpp.h>
#include <ggml-cpu.h>
#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "isogloss/core/error.h"
#include "isogloss/model/unembedding_internal.h"

namespace isogloss {
namespace {

/// A block of U as float32 should fit into a core's second-level cache.
constexpr std::size_t kBytesPerBlock = std::size_t{1} << 20;
/// ggml's fast kernels need a multiple of this many rows.
constexpr std::int32_t kRowMultiple = 16;
constexpr std::int32_t kMaxDirectionsPerGroup = 256;
/// Between two checks of whether the caller wants to stop.
constexpr std::int32_t kBlocksPerRound = 64;
constexpr float kInfinity = std::numeric_limits<float>::infinity();

struct Candidate {
  float effect;
  std::int32_t token;
};

/// Whether `a` is ranked before `b`.
bool precedes(const Candidate& a, const Candidate& b) {
  return a.effect != b.effect ? a.effect > b.effect : a.token < b.token;
}

/// The first `n` of the candidates offered, in whatever order they are offered.
class TopCandidates {
 public:
  explicit TopCandidates(std::size_t n) : n_(n) { ranked_.reserve(n + 1); }

  void offer(const Candidate& candidate) {
    if (ranked_.size() == n_ && !precedes(candidate, ranked_.back())) return;
    ranked_.insert(std::ranges::upper_bound(ranked_, candidate, precedes), candidate);
    if (ranked_.size() > n_) ranked_.pop_back();
  }

  /// No candidate with a smaller effect is taken.
  float least() const { return ranked_.size() < n_ ? -kInfinity : ranked_.back().effect; }
  const std::vector<Candidate>& ranked() const { return ranked_; }

 private:
  std::size_t n_;
  std::vector<Candidate> ranked_;
};

/// Those of one direction. The effects on suppressed tokens are held with the opposite sign.
struct Extremes {
  TopCandidates promoted;
  TopCandidates suppressed;

  explicit Extremes(std::size_t n) : promoted(n), suppressed(n) {}

  void add(std::span<const float> effects, std::int32_t first_token, const Unembedding& model) {
    float high = promoted.least();
    float low = -suppressed.least();
    for (std::size_t i = 0; i < effects.size(); ++i) {
      float effect = effects[i];
      if (effect < high && effect > low) continue;
      if (std::isnan(effect)) effect = kInfinity;  // can be ordered, and is refused in the end
      const auto token = first_token + static_cast<std::int32_t>(i);
      if (!model.is_text(token)) continue;
      promoted.offer({effect, token});
      suppressed.offer({-effect, token});
      high = promoted.least();
      low = -suppressed.least();
    }
  }

  void add(const Extremes& other) {
    for (const auto& candidate : other.promoted.ranked()) promoted.offer(candidate);
    for (const auto& candidate : other.suppressed.ranked()) suppressed.offer(candidate);
  }
};

/// γ ⊙ d of every direction, in groups of equal size that are multiplied at once. The last group is
/// filled up with zeros, so that all products have the same shape and sum in the same order.
struct Directions {
  std::size_t n = 0;
  std::size_t n_per_group = 0;
  std::vector<float> values;  ///< [n_groups · n_per_group, d_model]

  Directions(const Unembedding& model, std::span<const float> directions)
      : n(directions.size() / static_cast<std::size_t>(model.d_model())) {
    const auto width = static_cast<std::size_t>(model.d_model());
    const auto n_groups = (n + kMaxDirectionsPerGroup - 1) / kMaxDirectionsPerGroup;
    // For a single vector ggml takes another kernel, whose sums differ in the last bits.
    n_per_group = std::max<std::size_t>(2, (n + n_groups - 1) / n_groups);
    values.resize(n_groups * n_per_group * width);
    for (std::size_t i = 0; i < n; ++i) {
      model.apply_norm(directions.subspan(i * width, width),
                       std::span(values).subspan(i * width, width));
    }
  }
};

/// What one thread needs: a block of U, its products with a group of directions, and the top tokens
/// of the blocks that this thread has seen.
class Worker {
 public:
  Worker(const Unembedding& model, const Directions& directions, std::int32_t block_rows,
         std::size_t n_top)
      : model_(model),
        directions_(directions),
        width_(static_cast<std::size_t>(model.d_model())),
        rows_(static_cast<std::size_t>(block_rows) * width_),
        effects_(static_cast<std::size_t>(block_rows) * directions.n_per_group),
        extremes_(directions.n, Extremes(n_top)) {
    const std::size_t size = 4 * ggml_tensor_overhead() + ggml_graph_overhead();
    context_.reset(ggml_init({.mem_size = size, .mem_buffer = nullptr, .no_alloc = true}));
    if (!context_) throw std::bad_alloc();
    auto* weights = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, model.d_model(), block_rows);
    input_ = ggml_new_tensor_2d(context_.get(), GGML_TYPE_F32, model.d_model(),
                                static_cast<std::int64_t>(directions.n_per_group));
    auto* product = ggml_mul_mat(context_.get(), weights, input_);
    weights->data = rows_.data();
    product->data = effects_.data();
    graph_ = ggml_new_graph(context_.get());
    ggml_build_forward_expand(graph_, product);
    plan_ = ggml_graph_plan(graph_, /*n_threads=*/1, nullptr);
    work_.resize(plan_.work_size);
    plan_.work_data = work_.data();
  }
  Worker(const Worker&) = delete;

  /// `n_rows` is less than a block at the end of the vocabulary; the rest of the block is then
  /// zero.
  void add_block(std::int32_t first_row, std::int32_t n_rows) {
    const auto n = static_cast<std::size_t>(n_rows);
    model_.read_rows(first_row, std::span(rows_).first(n * width_));
    std::fill(rows_.begin() + static_cast<std::ptrdiff_t>(n * width_), rows_.end(), 0.0F);
    const auto block_rows = rows_.size() / width_;
    for (std::size_t first = 0; first < directions_.n; first += directions_.n_per_group) {
      // ggml only reads it.
      input_->data = const_cast<float*>(directions_.values.data() + first * width_);
      if (ggml_graph_compute(graph_, &plan_) != GGML_STATUS_SUCCESS) {
        throw Error(
            ErrorCode::kEnvironment,
            fmt::format("{}: ggml cannot multiply by the unembedding; run again", model_.name()));
      }
      const auto last = std::min(first + directions_.n_per_group, directions_.n);
      for (std::size_t direction = first; direction < last; ++direction) {
        extremes_[direction].add(std::span(effects_).subspan((direction - first) * block_rows, n),
                                 first_row, model_);
      }
    }
  }

  const std::vector<Extremes>& extremes() const { return extremes_; }

 private:
  const Unembedding& model_;
  const Directions& directions_;
  std::size_t width_;
  std::vector<float> rows_;     ///< [block_rows, d_model]
  std::vector<float> effects_;  ///< [n_per_group, block_rows]
  std::vector<Extremes> extremes_;
  ggml_context_ptr context_;
  ggml_tensor* input_ = nullptr;
  ggml_cgraph* graph_ = nullptr;
  ggml_cplan plan_ = {};
  std::vector<std::uint8_t> work_;
};

std::vector<TokenEffect> token_effects(const TopCandidates& top, float sign,
                                       const Unembedding& model) {
  std::vector<TokenEffect> effects;
  for (const auto& [effect, token] : top.ranked()) {
    if (!std::isfinite(effect)) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: the effect on token {} is beyond float32: the weights are "
                              "damaged; fetch the file again",
                              model.name(), token));
    }
    effects.push_back({token, model.readable(token), sign * effect});
  }
  return effects;
}

void check_arguments(const Unembedding& model, std::span<const float> directions,
                     std::int32_t d_model, std::int32_t n_top) {
  if (n_top < 1) throw Error(ErrorCode::kUsage, "at least one token must be asked for");
  if (d_model != model.d_model() || directions.size() % static_cast<std::size_t>(d_model) != 0) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is {} wide, but {} numbers in directions {} wide were given; use "
                            "an SAE of this model",
                            model.name(), model.d_model(), directions.size(), d_model));
  }
  if (!std::ranges::all_of(directions, [](float value) { return std::isfinite(value); })) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: a direction given for it holds NaN or infinity; fetch the SAE "
                            "again",
                            model.name()));
  }
}

}  // namespace

std::vector<LogitEffects> logit_effects(const std::filesystem::path& gguf,
                                        std::span<const float> directions, std::int32_t d_model,
                                        std::int32_t n_top, const RunControl& control) {
  const Unembedding model(gguf);
  check_arguments(model, directions, d_model, n_top);
  if (directions.empty()) return {};
  const Directions folded(model, directions);
  const auto rows_in_cache = static_cast<std::int32_t>(
      kBytesPerBlock / (static_cast<std::size_t>(d_model) * sizeof(float)));
  const auto block_rows = std::max(rows_in_cache / kRowMultiple * kRowMultiple, kRowMultiple);
  const auto n_blocks = (model.n_vocab() + block_rows - 1) / block_rows;

  tbb::enumerable_thread_specific<Worker> workers(
      [&] { return Worker(model, folded, block_rows, static_cast<std::size_t>(n_top)); });
  for (std::int32_t first = 0; first < n_blocks; first += kBlocksPerRound) {
    control.throw_if_stopped();
    control.report({"vocabulary", "tokens", std::int64_t{first} * block_rows, model.n_vocab()});
    const auto last = std::min(first + kBlocksPerRound, n_blocks);
    tbb::parallel_for(first, last, [&](std::int32_t block) {
      const auto row = block * block_rows;
      workers.local().add_block(row, std::min(block_rows, model.n_vocab() - row));
    });
  }

  std::vector<Extremes> extremes(folded.n, Extremes(static_cast<std::size_t>(n_top)));
  for (const auto& worker : workers) {
    for (std::size_t i = 0; i < extremes.size(); ++i) extremes[i].add(worker.extremes()[i]);
  }
  std::vector<LogitEffects> result;
  for (const auto& [promoted, suppressed] : extremes) {
    result.push_back({token_effects(promoted, 1, model), token_effects(suppressed, -1, model)});
  }
  return result;
}

}  // namespace isogloss
