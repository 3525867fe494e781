// How llama.cpp's graphs name what a block computes.
#pragma once

#include <string_view>

namespace isogloss {

/// The names of an architecture's tensors, without the block's number; empty for a tensor that the
/// graph does not hold or does not name. Of an unknown architecture all are empty.
struct GraphLayout {
  std::string_view input = {};      ///< what enters block 0
  std::string_view resid_mid = {};  ///< empty also if attention and MLP read the same input
  std::string_view mlp_in = {};
  std::string_view heads = "kqv_out";    ///< what attention's last product reads
  std::string_view moe_out = {};         ///< what an MLP made of experts puts out
  std::string_view attn_post_norm = {};  ///< weights of a norm that follows attention
  std::string_view mlp_post_norm = {};   ///< and of one that follows the MLP

  bool is_known() const { return !input.empty(); }
};

GraphLayout graph_layout(std::string_view architecture);

}  // namespace isogloss
