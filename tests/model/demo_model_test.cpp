// The demo model: its tokens against sentencepiece, its residual stream against transformers.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "isogloss/model/batch_plan.h"
#include "isogloss/model/llama_source.h"
#include "tests/model/residuals.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

using testing::GoldenTensors;
using testing::read_golden_json;
using testing::relative_error;

const std::vector<HookPoint> kHooks{parse_hook_point("blocks.12.hook_resid_post")};

TEST(DemoModel, TokensOfEveryScript) {
  const auto source = open_llama_source(ISOGLOSS_DEMO_MODEL, kHooks, {2, 0, 64});
  std::size_t compared = 0;
  const auto golden = read_golden_json("tokens.json");
  for (const auto& text : golden.at("cases")) {
    // Two known limits of GGUF vocabularies, not of ours (tools/golden/README.md).
    if (text.value("llama_cpp_differs", false)) continue;
    const auto content = text.at("text").get<std::string>();
    EXPECT_EQ(source->tokenize(content), text.at("ids").get<std::vector<std::int32_t>>())
        << content;
    ++compared;
  }
  EXPECT_GE(compared, 50u);
}

// A published model, quantised: what is added to the residual stream is all that moves it.
TEST(DemoModel, PartsOfABlockAddUp) {
  for (const std::string block : {"blocks.0.", "blocks.5.", "blocks.17."}) {
    std::vector<HookPoint> hooks;
    for (const auto* site : {"hook_resid_pre", "hook_attn_out", "hook_resid_mid", "hook_mlp_out",
                             "hook_resid_post", "attn.hook_z"}) {
      hooks.push_back(parse_hook_point(block + site));
    }
    const auto source = open_llama_source(ISOGLOSS_DEMO_MODEL, hooks, {.n_threads = 2});
    const TokenSequence sequence{source->tokenize("The sea, el mar, the old stone in the water.")};
    const auto rows = source->run({&sequence, 1});
    std::vector<float> sum(rows[0].begin(), rows[0].end());
    for (const std::size_t added : {1, 3}) {
      for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += rows[added][i];
      EXPECT_LT(relative_error(sum, rows[added + 1]), 1e-5) << block << " " << hooks[added].name;
    }
    EXPECT_EQ(source->width(5), 4 * 256) << "4 heads of 256, d_model is 640";
  }
}

/// The golden rows' relative errors when the sentences run in the given batches.
class Residuals {
 public:
  Residuals() : golden_("residual-demo.safetensors") {
    const auto ids = golden_.integers("ids");
    const auto offsets = golden_.integers("offsets");
    for (std::size_t i = 0; i + 1 < offsets.size(); ++i) {
      sequences_.push_back({{ids.begin() + offsets[i], ids.begin() + offsets[i + 1]}});
      lengths_.push_back(offsets[i + 1] - offsets[i]);
    }
  }

  std::vector<double> errors(ActivationSource& source, const std::vector<Batch>& batches) const {
    const auto where = golden_.integers("where");  // [n_rows, 2]: sentence, position
    const auto expected = golden_.floats("rows");
    const auto width = static_cast<std::size_t>(source.width(0));
    std::vector<double> errors;
    for (const auto& batch : batches) {
      std::vector<TokenSequence> part;
      for (const auto s : batch) part.push_back(sequences_[static_cast<std::size_t>(s)]);
      const auto rows = source.run(part).front();
      std::size_t first = 0;
      for (const auto s : batch) {
        for (std::size_t r = 0; r < where.size() / 2; ++r) {
          if (where[2 * r] != s) continue;
          const auto row = first + static_cast<std::size_t>(where[2 * r + 1]);
          errors.push_back(relative_error(rows.subspan(row * width, width),
                                          {expected.data() + r * width, width}));
        }
        first += static_cast<std::size_t>(lengths_[static_cast<std::size_t>(s)]);
      }
    }
    EXPECT_EQ(errors.size(), where.size() / 2);
    std::sort(errors.begin(), errors.end());
    return errors;
  }

  std::vector<Batch> one_by_one() const {
    std::vector<Batch> batches;
    for (std::size_t s = 0; s < sequences_.size(); ++s) {
      batches.push_back({static_cast<std::int32_t>(s)});
    }
    return batches;
  }

  std::vector<Batch> packed(const ActivationSource& source) const {
    return plan_batches(lengths_,
                        {source.max_tokens_per_batch(), source.max_sequences_per_batch()});
  }

 private:
  GoldenTensors golden_;
  std::vector<TokenSequence> sequences_;
  std::vector<std::int32_t> lengths_;
};

void expect_accurate(const std::vector<double>& sorted_errors, const char* how) {
  const auto at = [&](double share) {
    return sorted_errors[static_cast<std::size_t>(share *
                                                  static_cast<double>(sorted_errors.size() - 1))];
  };
  EXPECT_LE(at(0.5), 1e-6) << how;
  EXPECT_LE(at(0.99), 2e-5) << how;
  EXPECT_LE(at(1), 5e-5) << how;
  std::printf("%s: median %.2g, 99th percentile %.2g, largest %.2g\n", how, at(0.5), at(0.99),
              at(1));
}

TEST(DemoModelInFloat32, ResidualStreamIsTransformers) {
  const Residuals residuals;
  const auto source = open_llama_source(ISOGLOSS_DEMO_MODEL_F32, kHooks, {2, 0, 1024});
  expect_accurate(residuals.errors(*source, residuals.one_by_one()), "one by one");
  expect_accurate(residuals.errors(*source, residuals.packed(*source)), "packed");
}

TEST(DemoModelExact, ResidualStreamIsThatOfTheDequantisedWeights) {
  const Residuals residuals;
  LlamaOptions options{.n_threads = 2, .max_tokens_per_batch = 1024};
  const auto ordinary = open_llama_source(ISOGLOSS_DEMO_MODEL, kHooks, options);
  const auto ordinary_errors = residuals.errors(*ordinary, residuals.packed(*ordinary));
  const auto median = ordinary_errors[ordinary_errors.size() / 2];
  std::printf("ordinary: median %.2g, largest %.2g\n", median, ordinary_errors.back());
  EXPECT_GT(median, 1e-3);
  options.exact = true;
  const auto exact = open_llama_source(ISOGLOSS_DEMO_MODEL, kHooks, options);
  expect_accurate(residuals.errors(*exact, residuals.packed(*exact)), "exact");
}

}  // namespace
}  // namespace isogloss
