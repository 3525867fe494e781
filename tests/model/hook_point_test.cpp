#include <gtest/gtest.h>

#include "isogloss/core/error.h"
#include "isogloss/model/activation_source.h"

namespace isogloss {
namespace {

TEST(HookPoint, TransformerLensNames) {
  EXPECT_EQ(parse_hook_point("blocks.12.hook_resid_post").layer, 12);
  EXPECT_EQ(parse_hook_point("blocks.0.hook_resid_post").layer, 0);
  // What goes into block 5 is what came out of block 4.
  EXPECT_EQ(parse_hook_point("blocks.5.hook_resid_pre").layer, 4);
  EXPECT_EQ(parse_hook_point("blocks.5.hook_resid_pre").name, "blocks.5.hook_resid_pre");
}

TEST(HookPoint, AnythingElseIsWrongUsage) {
  for (const char* text :
       {"", "blocks.", "blocks..hook_resid_post", "blocks.-1.hook_resid_post",
        "blocks.01.hook_resid_post", "blocks.1.hook_resid_mid", "blocks.0.hook_resid_pre",
        "blocks.1.hook_resid_post.more", "blocks.99999999999.hook_resid_post", "l_out-12"}) {
    try {
      parse_hook_point(text);
      ADD_FAILURE() << text << " was taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kUsage) << text;
    }
  }
}

}  // namespace
}  // namespace isogloss
