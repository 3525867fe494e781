#include <gtest/gtest.h>

#include <map>

#include "isogloss/model/llama_log_internal.h"

namespace isogloss {
namespace {

/// For each of the words, a complaint that only this one tells to be a shortage.
const std::map<std::string_view, std::string_view> kComplaints = {
    {"allocate", "ggml_backend_cpu_buffer_type_alloc_buffer: failed to allocate buffer of size 64"},
    {"bad_alloc", "llama_model_load: error loading model: std::bad_alloc"},
    {"memory", "graph allocation: failed to reserve memory"},
    {"!= NULL)", "GGML_ASSERT(ctx->mem_buffer != NULL) failed"},
    {"rc == 0)", "GGML_ASSERT(rc == 0) failed"},
};

TEST(LlamaLog, EveryWordTellsAShortage) {
  for (const auto word : kShortageWords) {
    ASSERT_TRUE(kComplaints.contains(word)) << "add a complaint that says '" << word << "'";
    const auto complaint = kComplaints.at(word);
    EXPECT_TRUE(names_shortage(complaint)) << complaint;
    for (const auto other : kShortageWords) {
      EXPECT_EQ(complaint.find(other) != complaint.npos, other == word) << complaint;
    }
  }
}

TEST(LlamaLog, ABadFileIsNoShortage) {
  for (const auto* complaint :
       {"llama_model_load: error loading model: unknown model architecture: 'none'",
        "llama_model_load: error loading model: missing tensor 'blk.0.attn_q.weight'",
        "GGML_ASSERT(hparams.n_embd_head_k % 2 == 0) failed"}) {
    EXPECT_FALSE(names_shortage(complaint)) << complaint;
  }
}

TEST(LlamaLog, KeepsTheFirstComplaintInOneLine) {
  auto& log = LlamaLog::instance();
  log.clear();
  EXPECT_EQ(log.first_error(), "no reason given");
  EXPECT_TRUE(log.is_shortage()) << "nothing could be written down";
  log.note("the file\nis bad\n");
  log.note("failed to allocate");
  EXPECT_EQ(log.first_error(), "the file is bad");
  EXPECT_FALSE(log.is_shortage());
  log.clear();
}

}  // namespace
}  // namespace isogloss
