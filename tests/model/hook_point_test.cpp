#include "isogloss/model/hook_point.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

using ::testing::HasSubstr;

/// "12 hook_resid_post": what the text is understood as.
std::string understood(std::string_view text) {
  const auto hook = parse_hook_point(text);
  const auto site = std::string(to_string(hook.site));
  EXPECT_EQ(hook.name, "blocks." + std::to_string(hook.layer) + "." + site);
  return std::to_string(hook.layer) + " " + site;
}

TEST(HookPoint, TransformerLensNames) {
  EXPECT_EQ(understood("blocks.12.hook_resid_post"), "12 hook_resid_post");
  EXPECT_EQ(understood("blocks.0.hook_resid_pre"), "0 hook_resid_pre");
  EXPECT_EQ(understood("blocks.5.attn.hook_z"), "5 attn.hook_z");
  for (const auto site : hook_sites()) {
    const auto name = std::string(to_string(site));
    EXPECT_EQ(understood("blocks.10." + name), "10 " + name);
  }
}

// What the modules put out is compared with the sites of these names in hook_rows_test.cpp.
TEST(HookPoint, NamesOfModulesInTransformers) {
  const std::pair<const char*, const char*> kNames[] = {
      {"model.layers.12", "12 hook_resid_post"},
      {"model.layers.12.output", "12 hook_resid_post"},
      {"model.layers.12.input", "12 hook_resid_pre"},
      {"model.language_model.layers.3", "3 hook_resid_post"},
      {"layers.3", "3 hook_resid_post"},
      {"transformer.h.5", "5 hook_resid_post"},
      {"h.5.mlp", "5 mlp.hook_out"},
      {"transformer.h.5.attn.c_proj.input", "5 attn.hook_z"},
      {"transformer.h.5.ln_2", "5 mlp.hook_in"},
      {"gpt_neox.layers.3", "3 hook_resid_post"},
      {"gpt_neox.layers.3.attention", "3 attn.hook_out"},
      {"gpt_neox.layers.3.attention.dense.input", "3 attn.hook_z"},
      {"model.layers.12.mlp", "12 mlp.hook_out"},
      {"model.layers.12.mlp.output", "12 mlp.hook_out"},
      {"model.layers.12.mlp.input", "12 mlp.hook_in"},
      {"model.layers.12.self_attn", "12 attn.hook_out"},
      // Gemma Scope 2
      {"model.layers.12.self_attn.o_proj.input", "12 attn.hook_z"},
      {"model.layers.12.pre_feedforward_layernorm.output", "12 mlp.hook_in"},
      {"model.layers.12.post_feedforward_layernorm.output", "12 hook_mlp_out"},
  };
  for (const auto& [text, meaning] : kNames) EXPECT_EQ(understood(text), meaning) << text;
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
  for (const char* text :
       {"", "blocks.", "blocks..hook_resid_post", "blocks.-1.hook_resid_post",
        "blocks.01.hook_resid_post", "blocks.1.hook_elsewhere", "blocks.1hook_resid_post",
        "blocks.1.hook_resid_post.more", "blocks.1.hook_resid_post.output",
        "blocks.99999999999.hook_resid_post", "blocks.1", "l_out-12"}) {
    expect_refused(text, supported_hook_points());
  }
  for (const char* text : {"model.layers", "model.layers.", "model.layers.x", "model.layers.-1",
                           "model.layers.2.mlp.down_proj.input", "encoder.layers.2",
                           "model.layers.2.mlp.output.output", "model.layers.2x"}) {
    expect_refused(text, supported_hook_points());
  }
}

TEST(HookPoint, NamesOfTwoPlacesAreWrongUsage) {
  expect_refused("blocks.3.hook_mlp_in", "blocks.L.mlp.hook_in");
  expect_refused("model.layers.3.post_attention_layernorm.output", "blocks.L.hook_attn_out");
  expect_refused("gpt_neox.layers.3.post_attention_layernorm", "blocks.L.mlp.hook_in");
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
  for (const auto& site : hook_sites()) declared.emplace_back(to_string(site));
  EXPECT_EQ(documented, declared);
}

}  // namespace
}  // namespace isogloss
