#include "isogloss/model/hook_point.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

using ::testing::HasSubstr;

TEST(HookPoint, TransformerLensNames) {
  const auto post = parse_hook_point("blocks.12.hook_resid_post");
  EXPECT_EQ(post.layer, 12);
  EXPECT_EQ(post.name, "blocks.12.hook_resid_post");
  EXPECT_EQ(post.tensor, "l_out-12");
  EXPECT_EQ(parse_hook_point("blocks.0.hook_resid_post").layer, 0);
  // What goes into block 5 is what came out of block 4.
  const auto pre = parse_hook_point("blocks.5.hook_resid_pre");
  EXPECT_EQ(pre.layer, 4);
  EXPECT_EQ(pre.name, "blocks.5.hook_resid_pre");
  EXPECT_EQ(pre.tensor, "l_out-4");
}

void expect_refused(const std::string& text, const std::string& remedy) {
  try {
    parse_hook_point(text);
    ADD_FAILURE() << text << " was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::kUsage) << text;
    EXPECT_THAT(error.what(), HasSubstr("'" + text + "'"));
    EXPECT_THAT(error.what(), HasSubstr(remedy));
  }
}

TEST(HookPoint, AnythingElseIsWrongUsage) {
  for (const char* text : {"", "blocks.", "blocks..hook_resid_post", "blocks.-1.hook_resid_post",
                           "blocks.01.hook_resid_post", "blocks.1.hook_elsewhere",
                           "blocks.1hook_resid_post", "blocks.1.hook_resid_post.more",
                           "blocks.99999999999.hook_resid_post", "blocks.1", "l_out-12"}) {
    expect_refused(text, supported_hook_points());
  }
  expect_refused("blocks.0.hook_resid_pre", "take L from 1");
}

TEST(HookSites, AreAllNamedAndTakenInEveryBlock) {
  for (const auto& site : hook_sites()) {
    EXPECT_THAT(supported_hook_points(), HasSubstr("blocks.L." + std::string(site.name)));
    for (const std::int32_t block : {1, 9, 10}) {
      const auto hook =
          parse_hook_point("blocks." + std::to_string(block) + "." + std::string(site.name));
      EXPECT_EQ(hook.layer, block + site.offset);
      EXPECT_EQ(hook.tensor, std::string(site.tensor) + "-" + std::to_string(hook.layer));
    }
  }
}

// The sites are the rows of a table in docs/method.md, in the same order.
TEST(HookSites, AreThoseOfTheDocumentation) {
  const std::string start = "| `blocks.L.";
  std::vector<std::string> documented;
  std::ifstream document(ISOGLOSS_SOURCE_DIR "/docs/method.md");
  for (std::string line; std::getline(document, line);) {
    if (!line.starts_with(start)) continue;
    documented.push_back(line.substr(start.size(), line.find('`', start.size()) - start.size()));
  }
  std::vector<std::string> declared;
  for (const auto& site : hook_sites()) declared.emplace_back(site.name);
  EXPECT_EQ(documented, declared);
}

}  // namespace
}  // namespace isogloss
