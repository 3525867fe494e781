#include "tests/support/small_result.h"

#include <stdlib.h>

#include <algorithm>
#include <random>

namespace isogloss {
namespace {

struct Word {
  std::string text;
  std::vector<std::string> tokens;
};

const std::vector<Word>& words() {
  static const std::vector<Word> kWords = {
      {" house", {"▁house"}},
      {" casa", {"▁ca", "sa"}},
      {"人", {"人"}},
      {"𒀀", {"<0xF0>", "<0x92>", "<0x80>", "<0x80>"}},
      {" เสมอ", {"▁เส", "มอ"}},
      {" </script>", {"▁</", "script", ">"}},
      {" \"x\"", {"▁\"", "x", "\""}},
      {"👍", {"<0xF0>", "<0x9F>", "<0x91>", "<0x8D>"}},
  };
  return kWords;
}

void append_row(ActivationShard& shard, std::int32_t sample, std::int32_t language,
                std::int32_t position) {
  shard.sample.push_back(sample);
  shard.language.push_back(language);
  shard.position.push_back(position);
}

void append_features(ActivationShard& shard, const SmallResultShape& shape, std::mt19937& random) {
  std::bernoulli_distribution fires(shape.density);
  std::uniform_real_distribution<float> value(0.01F, 30.0F);
  for (std::int32_t feature = 1; feature < shape.n_features; ++feature) {
    if (!fires(random)) continue;
    shard.activations.features.push_back(feature);
    shard.activations.values.push_back(value(random));
  }
  shard.activations.offsets.push_back(std::ssize(shard.activations.features));
}

void append_shard(ActivationShard& all, const ActivationShard& part) {
  const auto base = all.activations.offsets.back();
  for (std::size_t row = 0; row < part.sample.size(); ++row) {
    append_row(all, part.sample[row], part.language[row], part.position[row]);
    all.activations.offsets.push_back(base + part.activations.offsets[row + 1]);
  }
  const auto& [offsets, features, values] = part.activations;
  all.activations.features.insert(all.activations.features.end(), features.begin(), features.end());
  all.activations.values.insert(all.activations.values.end(), values.begin(), values.end());
}

SequenceRecord random_sentence(std::int32_t sample, const std::string& language,
                               std::int32_t max_words, std::mt19937& random) {
  SequenceRecord record{sample, language, "line " + std::to_string(sample), {}, "", {2}, {"<bos>"}};
  std::uniform_int_distribution<std::int32_t> n_words(1, max_words);
  std::uniform_int_distribution<std::size_t> which(0, words().size() - 1);
  for (std::int32_t left = n_words(random); left > 0; --left) {
    const auto& word = words()[which(random)];
    record.text += word.text;
    for (const auto& token : word.tokens) {
      record.tokens.push_back(token);
      record.token_ids.push_back(static_cast<std::int32_t>(record.tokens.size()) + 100);
    }
  }
  return record;
}

}  // namespace

SmallResult::SmallResult(const SmallResultShape& shape) {
  std::string pattern = std::filesystem::temp_directory_path() / "isogloss-small-XXXXXX";
  folder.root = ::mkdtemp(pattern.data());
  std::filesystem::create_directories(folder.activations());
  std::filesystem::create_directories(folder.maxima());
  manifest.inputs.languages = shape.languages;
  manifest.inputs.isogloss_version = "0.1.0";
  manifest.inputs.hook = "blocks.1.hook_resid_post";
  manifest.inputs.model.path = "models/tiny.gguf";
  manifest.inputs.sae_path = "saes/tiny";
  manifest.inputs.corpus_path = "corpora/tiny.tsv";
  manifest.model_architecture = "gemma3";
  manifest.n_features = shape.n_features;
  manifest.n_sentences = shape.n_rows;
  manifest.extraction_complete = true;

  std::mt19937 random(shape.seed);
  SequenceWriter writer(folder);
  for (std::int32_t shard_index = 0; shard_index < 2; ++shard_index) {
    ActivationShard shard;
    ShardRange range{shard_index * (shape.n_rows / 2), 0, 0};
    range.n_rows = shard_index == 0 ? shape.n_rows / 2 : shape.n_rows - range.first_row;
    std::vector<SequenceRecord> records;
    for (std::int32_t row = range.first_row; row < range.first_row + range.n_rows; ++row) {
      samples.push_back(3 * row + 1);
      for (std::size_t language = 0; language < shape.languages.size(); ++language) {
        records.push_back(
            random_sentence(samples.back(), shape.languages[language], shape.max_words, random));
        const auto n_tokens = static_cast<std::int32_t>(records.back().tokens.size());
        range.n_tokens += n_tokens;
        for (std::int32_t position = 1; position < n_tokens; ++position) {
          append_row(shard, samples.back(), static_cast<std::int32_t>(language), position);
          append_features(shard, shape, random);
        }
      }
    }
    manifest.shards.push_back(range);
    write_shard(folder, shard_index, shape.languages, shard);
    append_shard(everything, shard);
    writer.append(records);
    sequences.insert(sequences.end(), records.begin(), records.end());
  }
  writer.finish();
  write_manifest(folder, manifest);
}

SmallResult::~SmallResult() {
  std::error_code ignored;
  std::filesystem::remove_all(folder.root, ignored);
}

ScoreTable SmallResult::table() const {
  const auto all = maxima();
  const auto n = static_cast<std::size_t>(manifest.n_features);
  ScoreTable table;
  table.languages = languages();
  table.n_rows = manifest.n_sentences;
  table.alive.assign(n, 1);
  table.n_languages_active.assign(n, 0);
  table.active.assign(languages().size(), std::vector<std::int32_t>(n));
  table.max.assign(languages().size(), std::vector<float>(n));
  for (std::size_t feature = 0; feature < n; ++feature) {
    for (std::size_t language = 0; language < languages().size(); ++language) {
      const auto column =
          all.column(static_cast<std::int32_t>(language), static_cast<std::int32_t>(feature));
      table.active[language][feature] = static_cast<std::int32_t>(column.size());
      if (column.size() == 0) continue;
      table.max[language][feature] = *std::max_element(column.values.begin(), column.values.end());
      ++table.n_languages_active[feature];
    }
    table.alive[feature] = table.n_languages_active[feature] == std::ssize(languages()) ? 1 : 0;
    const auto score = static_cast<double>(feature) / static_cast<double>(n);
    const auto rank = static_cast<std::int32_t>(n - 1 - feature);
    const bool alive = table.alive[feature] != 0;
    const auto if_alive = alive ? std::optional(score) : std::nullopt;
    table.agreement.push_back(alive ? score : 0);
    table.agreement_stratified.push_back(alive ? score : 0);
    table.agreement_rank.push_back(rank);
    table.rank.push_back(rank);
    table.n_permutations.push_back(alive ? 99 : 0);
    table.bi_rank.push_back(alive ? std::optional(rank) : std::nullopt);
    table.cofire.push_back(alive ? 1 : 0);
    for (auto* column : {&table.agreement_raw,
                         &table.overlap,
                         &table.overlap_expected,
                         &table.n_eff,
                         &table.p_cofire,
                         &table.q_cofire,
                         &table.agreement_stratified_raw,
                         &table.agreement_low,
                         &table.agreement_high,
                         &table.p_agreement,
                         &table.q_agreement,
                         &table.overlap_expected_stratified,
                         &table.p_cofire_stratified,
                         &table.agreement_min,
                         &table.agreement_strict,
                         &table.overlap_strict,
                         &table.overlap_expected_strict,
                         &table.agreement_attainable,
                         &table.containment,
                         &table.bi_loss,
                         &table.bi_loss_text}) {
      column->push_back(if_alive);
    }
  }
  table.p_agreement_max_t.resize(n);  // not asked for
  return table;
}

}  // namespace isogloss
