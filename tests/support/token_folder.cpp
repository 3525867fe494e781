#include "tests/support/token_folder.h"

#include <stdlib.h>

#include <filesystem>

#include "isogloss/store/activations.h"
#include "isogloss/store/sequences.h"

namespace isogloss {

TokenFolder::TokenFolder(std::vector<std::string> languages, std::int32_t n_features,
                         const std::vector<std::vector<SentenceSpec>>& rows)
    : languages_(std::move(languages)), n_features_(n_features) {
  std::string pattern = std::filesystem::temp_directory_path() / "isogloss-tokens-XXXXXX";
  folder.root = ::mkdtemp(pattern.data());
  std::map<std::string, std::int32_t> ids;
  std::vector<SequenceRecord> records;
  ActivationShard shard;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const auto sample = static_cast<std::int32_t>(row) + 10;
    for (std::size_t language = 0; language < languages_.size(); ++language) {
      const auto& sentence = rows[row][language];
      SequenceRecord record{sample,   languages_[language], "line", {}, sentence.text, {2},
                            {"<bos>"}};
      for (const auto& token : sentence.tokens) {
        shard.sample.push_back(sample);
        shard.language.push_back(static_cast<std::int32_t>(language));
        shard.position.push_back(static_cast<std::int32_t>(record.tokens.size()));
        for (const auto& [feature, value] : token.features) {
          shard.activations.features.push_back(feature);
          shard.activations.values.push_back(value);
        }
        shard.activations.offsets.push_back(std::ssize(shard.activations.features));
        const auto next_id = static_cast<std::int32_t>(100 + ids.size());
        record.token_ids.push_back(ids.try_emplace(token.spelling, next_id).first->second);
        record.tokens.push_back(token.spelling);
      }
      records.push_back(std::move(record));
    }
  }
  SequenceWriter writer(folder);
  writer.append(records);
  writer.finish();
  write_shard(folder, 0, languages_, shard);
}

TokenFolder::~TokenFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder.root, ignored);
}

}  // namespace isogloss
