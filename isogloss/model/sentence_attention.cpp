#include <ggml-backend.h>
#include <ggml-cpu.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

#include "isogloss/core/stopwatch.h"
#include "isogloss/model/attention_kernel_internal.h"
#include "isogloss/model/sentence_attention_internal.h"
#include "isogloss/numeric/vector_math.h"

namespace isogloss {
namespace {

/// Queries that share the keys which a thread unpacks.
constexpr std::int64_t kQueriesPerTask = 16;
constexpr std::uint16_t kMinusInfinity = 0xFC00;  ///< float16

/// The tensor as it was before llama.cpp rounded it to float16 for ggml's attention.
const ggml_tensor& unrounded(const ggml_tensor& tensor) {
  const auto* const before = tensor.src[0];
  const bool is_cast = tensor.op == GGML_OP_CPY && tensor.type == GGML_TYPE_F16 &&
                       before->type == GGML_TYPE_F32 && ggml_are_same_shape(&tensor, before);
  return is_cast ? *before : tensor;
}

bool is_float_rows(const ggml_tensor& tensor) {
  return (tensor.type == GGML_TYPE_F32 || tensor.type == GGML_TYPE_F16) &&
         tensor.nb[0] == ggml_type_size(tensor.type) && tensor.ne[3] == 1 &&
         tensor.buffer != nullptr && ggml_backend_buffer_is_host(tensor.buffer);
}

/// A node's sources and parameters.
struct Attention {
  const ggml_tensor& queries;  ///< [width, n_queries, n_heads]
  const ggml_tensor& keys;     ///< [width, n_keys, n_key_heads]
  const ggml_tensor& values;   ///< [value width, n_keys, n_key_heads]
  const ggml_tensor& mask;     ///< [n_keys, n_queries]
  float scale;
  float cap;           ///< of the scores; 0: none
  const float* sinks;  ///< a score for nothing, per head; may be null

  explicit Attention(const ggml_tensor& node)
      : queries(*node.src[0]),
        keys(unrounded(*node.src[1])),
        values(unrounded(*node.src[2])),
        mask(*node.src[3]),
        scale(std::bit_cast<float>(NodeCall::kept(node)[0])),
        cap(std::bit_cast<float>(NodeCall::kept(node)[1])),
        sinks(node.src[4] == nullptr ? nullptr : static_cast<const float*>(node.src[4]->data)) {}

  float sink(std::int64_t head) const { return sinks == nullptr ? -INFINITY : sinks[head]; }

  std::int64_t heads_per_key_head() const { return queries.ne[2] / keys.ne[2]; }
};

/// From `begin` to before `end`.
struct IndexRange {
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

const std::uint16_t* mask_row(const Attention& attention, std::int64_t query) {
  return reinterpret_cast<const std::uint16_t*>(static_cast<const char*>(attention.mask.data) +
                                                static_cast<std::size_t>(query) *
                                                    attention.mask.nb[1]);
}

/// From the first key that a query may see to the last.
IndexRange allowed_keys(const Attention& attention, std::int64_t query) {
  const auto* const row = mask_row(attention, query);
  IndexRange range{0, attention.keys.ne[1]};
  while (range.begin < range.end && row[range.begin] == kMinusInfinity) ++range.begin;
  while (range.end > range.begin && row[range.end - 1] == kMinusInfinity) --range.end;
  return range;
}

IndexRange keys_of_block(const Attention& attention, const IndexRange& block) {
  auto all = allowed_keys(attention, block.begin);
  for (auto q = block.begin + 1; q < block.end; ++q) {
    const auto range = allowed_keys(attention, q);
    all = {std::min(all.begin, range.begin), std::max(all.end, range.end)};
  }
  return all;
}

const char* row_of(const ggml_tensor& tensor, std::int64_t row, std::int64_t head) {
  return static_cast<const char*>(tensor.data) + static_cast<std::size_t>(row) * tensor.nb[1] +
         static_cast<std::size_t>(head) * tensor.nb[2];
}

float* out_row(const ggml_tensor& node, std::int64_t head, std::int64_t query) {
  return static_cast<float*>(node.data) + (query * node.ne[1] + head) * node.ne[0];
}

/// Copies rows of one head, as float32, to `out` [n_rows, width].
void unpack_rows(const ggml_tensor& tensor, const IndexRange& rows, std::int64_t head,
                 std::vector<float>& out) {
  const auto width = static_cast<std::size_t>(tensor.ne[0]);
  out.resize(static_cast<std::size_t>(rows.end - rows.begin) * width);
  auto* to = out.data();
  for (std::int64_t row = rows.begin; row < rows.end; ++row, to += width) {
    const char* const from = row_of(tensor, row, head);
    if (tensor.type == GGML_TYPE_F32) {
      std::memcpy(to, from, width * sizeof(float));
    } else {
      ggml_fp16_to_fp32_row(reinterpret_cast<const ggml_fp16_t*>(from), to, tensor.ne[0]);
    }
  }
}

/// The queries `block` of all heads that share `key_head`.
void attend_block(ggml_tensor& node, const IndexRange& block, std::int64_t key_head,
                  AttentionWorkspace& workspace) {
  static const auto attend = widest_vectors() ? &attend_wide
                             : has_avx2()     ? &attend_avx2
                                              : &attend_portable;
  const Attention attention(node);
  const auto all = keys_of_block(attention, block);
  unpack_rows(attention.keys, all, key_head, workspace.keys);
  unpack_rows(attention.values, all, key_head, workspace.values);
  workspace.scores.resize(static_cast<std::size_t>(all.end - all.begin));
  const auto n_heads = attention.heads_per_key_head();
  for (auto q = block.begin; q < block.end; ++q) {
    const auto allowed = allowed_keys(attention, q);
    const auto skipped = static_cast<std::size_t>(allowed.begin - all.begin);
    AttentionQuery query = {.mask = mask_row(attention, q) + allowed.begin,
                            .n_keys = static_cast<std::size_t>(allowed.end - allowed.begin),
                            .width = static_cast<std::size_t>(attention.keys.ne[0]),
                            .value_width = static_cast<std::size_t>(attention.values.ne[0]),
                            .scale = attention.scale,
                            .cap = attention.cap};
    query.keys = workspace.keys.data() + skipped * query.width;
    query.values = workspace.values.data() + skipped * query.value_width;
    for (auto head = key_head * n_heads; head < (key_head + 1) * n_heads; ++head) {
      query.x = reinterpret_cast<const float*>(row_of(attention.queries, q, head));
      query.sink = attention.sink(head);
      attend(query, workspace.scores.data(), out_row(node, head, q));
    }
  }
}

}  // namespace

SentenceAttention::SentenceAttention(std::int32_t n_threads)
    : workspaces_(static_cast<std::size_t>(n_threads)),
      call_(
          [](ggml_tensor* node, int thread, int n, void* self) {
            static_cast<SentenceAttention*>(self)->compute(*node, static_cast<std::size_t>(thread),
                                                           static_cast<std::size_t>(n));
          },
          this) {}

bool SentenceAttention::suits(const ggml_tensor& node) {
  if (node.op != GGML_OP_FLASH_ATTN_EXT || node.src[3] == nullptr) return false;
  const float alibi_slope = std::bit_cast<float>(node.op_params[1]);
  const auto& queries = *node.src[0];
  const auto& mask = *node.src[3];
  return alibi_slope == 0 && queries.type == GGML_TYPE_F32 && is_float_rows(queries) &&
         is_float_rows(*node.src[1]) && is_float_rows(*node.src[2]) && mask.type == GGML_TYPE_F16 &&
         is_float_rows(mask) && mask.ne[2] == 1 &&
         (node.src[4] == nullptr || is_float_rows(*node.src[4])) &&
         queries.ne[2] % node.src[1]->ne[2] == 0 && node.src[1]->ne[2] == node.src[2]->ne[2] &&
         ggml_is_contiguous(&node);
}

void SentenceAttention::take_over(ggml_tensor& node) const noexcept {
  if (!suits(node)) return;
  call_.put_into(node, std::array{node.op_params[0], node.op_params[2]});
}

void SentenceAttention::compute(ggml_tensor& node, std::size_t thread, std::size_t n_threads) {
  double not_counted = 0;
  const Stopwatch stopwatch(thread == 0 ? seconds_ : not_counted);
  const Attention attention(node);
  const auto n_blocks = (attention.queries.ne[1] + kQueriesPerTask - 1) / kQueriesPerTask;
  const auto n_tasks = n_blocks * attention.keys.ne[2];
  for (auto task = static_cast<std::int64_t>(thread); task < n_tasks;
       task += static_cast<std::int64_t>(n_threads)) {
    const auto first = task % n_blocks * kQueriesPerTask;
    attend_block(node, {first, std::min(first + kQueriesPerTask, attention.queries.ne[1])},
                 task / n_blocks, workspaces_[thread]);
  }
}

}  // namespace isogloss
