// Writes a result folder of any size with made-up activations, so that scoring can be measured
// without hours of a language model.
//
// usage: isogloss_make_result DIR SENTENCES LANGUAGES FEATURES ACTIVE_A_TOKEN TOKENS_A_SENTENCE
//
// Features are as unequal as an SAE's: half of a token's active features come from a topic that the
// sentence has in every language (each topic feature fires in a language with probability 0.6), the
// other half from a Zipf-like distribution over all features, which knows nothing of the sentence.
// Lengths are uniform from 0.4 to 1.6 times TOKENS_A_SENTENCE, and a tenth more or less by
// language.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "isogloss/store/activations.h"
#include "isogloss/store/manifest.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

constexpr std::int32_t kSentencesAShard = 500;
constexpr std::int32_t kTopicFeatures = 120;
constexpr double kRecall = 0.6;
constexpr std::int32_t kWords = 5000;

struct Shape {
  std::int32_t n_sentences, n_languages, n_features, n_active, n_tokens;
};

std::int32_t zipf(std::mt19937_64& random, std::int32_t n) {
  const double u = std::uniform_real_distribution<double>(0, 1)(random);
  return std::min(n - 1, static_cast<std::int32_t>(std::pow(static_cast<double>(n), u)) - 1);
}

double uniform(std::mt19937_64& random, double low, double high) {
  return std::uniform_real_distribution<double>(low, high)(random);
}

float strength(std::mt19937_64& random) {
  return std::exp(std::normal_distribution<float>(3.0F, 0.7F)(random));
}

void append_token(const Shape& shape, const std::vector<std::int32_t>& topic,
                  std::mt19937_64& random, std::vector<std::int32_t>& features, SparseRows& rows) {
  features.clear();
  std::uniform_int_distribution<std::size_t> pick(0, topic.empty() ? 0 : topic.size() - 1);
  for (std::int32_t i = 0; std::ssize(features) < shape.n_active; ++i) {
    const bool from_topic = i % 2 == 0 && !topic.empty();
    const auto feature = from_topic ? topic[pick(random)] : zipf(random, shape.n_features);
    if (std::ranges::find(features, feature) == features.end()) features.push_back(feature);
  }
  std::sort(features.begin(), features.end());
  for (const auto feature : features) {
    rows.features.push_back(feature);
    rows.values.push_back(strength(random));
  }
  rows.offsets.push_back(static_cast<std::int64_t>(rows.features.size()));
}

SequenceRecord record(std::int32_t sample, const std::string& language, std::int32_t n_tokens,
                      std::mt19937_64& random) {
  SequenceRecord result;
  result.sample = sample;
  result.language = language;
  result.source = fmt::format("{}", sample);
  result.document = fmt::format("document {}", sample / 1000);
  result.token_ids = {2};
  result.tokens = {"<bos>"};
  for (std::int32_t t = 0; t < n_tokens; ++t) {
    const auto word = zipf(random, kWords);
    // Every seventh word is spelt alike in all languages.
    const auto text =
        word % 7 == 0 ? fmt::format("w{}", word) : fmt::format("{}{}", language, word);
    result.text += (t == 0 ? "" : " ") + text;
    result.tokens.push_back((t == 0 ? "" : "▁") + text);
    result.token_ids.push_back(10 + word);
  }
  return result;
}

void make(const ResultFolder& folder, const Shape& shape) {
  std::filesystem::create_directories(folder.activations());
  std::filesystem::create_directories(folder.maxima());
  Manifest manifest;
  for (std::int32_t l = 0; l < shape.n_languages; ++l) {
    manifest.inputs.languages.push_back(fmt::format("l{}", static_cast<char>('a' + l)));
  }
  const auto& languages = manifest.inputs.languages;
  SequenceWriter sequences(folder);
  std::mt19937_64 random(1);
  std::vector<std::int32_t> features;
  for (std::int32_t first = 0; first < shape.n_sentences; first += kSentencesAShard) {
    const auto end = std::min(first + kSentencesAShard, shape.n_sentences);
    ActivationShard shard;
    std::vector<SequenceRecord> records;
    for (std::int32_t sample = first; sample < end; ++sample) {
      std::vector<std::int32_t> topic(kTopicFeatures);
      for (auto& feature : topic) feature = zipf(random, shape.n_features);
      const auto length = shape.n_tokens * uniform(random, 0.4, 1.6);
      for (std::int32_t l = 0; l < shape.n_languages; ++l) {
        const auto n_tokens = static_cast<std::int32_t>(length * uniform(random, 0.9, 1.1)) + 1;
        std::vector<std::int32_t> kept;
        std::bernoulli_distribution fires(kRecall);
        for (const auto feature : topic) {
          if (fires(random)) kept.push_back(feature);
        }
        records.push_back(record(sample, languages[static_cast<std::size_t>(l)], n_tokens, random));
        for (std::int32_t t = 0; t < n_tokens; ++t) {
          shard.sample.push_back(sample);
          shard.language.push_back(l);
          shard.position.push_back(t + 1);
          append_token(shape, kept, random, features, shard.activations);
        }
      }
    }
    sequences.append(records);
    write_shard(folder, first / kSentencesAShard, languages, shard);
    manifest.shards.push_back({first, end - first, std::ssize(shard.sample)});
  }
  sequences.finish();
  manifest.extraction_complete = true;
  manifest.n_features = shape.n_features;
  manifest.n_sentences = shape.n_sentences;
  manifest.n_rows_read = shape.n_sentences;
  manifest.inputs.hook = "blocks.0.hook_resid_post";
  write_manifest(folder, manifest);
}

}  // namespace
}  // namespace isogloss

int main(int argc, char** argv) {
  if (argc != 7) {
    fmt::print(stderr, "usage: {} DIR SENTENCES LANGUAGES FEATURES ACTIVE TOKENS\n", argv[0]);
    return 2;
  }
  isogloss::make({argv[1]}, {std::atoi(argv[2]), std::atoi(argv[3]), std::atoi(argv[4]),
                             std::atoi(argv[5]), std::atoi(argv[6])});
  return 0;
}
