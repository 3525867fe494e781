// A result folder in a temporary directory, random shards to fill it, and the plainest possible
// computation of what the store should say of them.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <sstream>
#include <string>
#include <tuple>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/sequences.h"

namespace isogloss {

inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  return content.str();
}

inline void write_bytes(const std::filesystem::path& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

/// Runs `call`, which must throw isogloss::Error, and returns it.
template <class Call>
Error error_of(const Call& call) {
  try {
    call();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error(ErrorCode::kUsage, "nothing was thrown");
}

class StoreTest : public testing::Test {
 protected:
  StoreTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "isogloss-store-XXXXXX");
    folder_.root = ::mkdtemp(pattern.data());
  }
  ~StoreTest() override { std::filesystem::remove_all(folder_.root); }

  /// Writes sequences.parquet with the given samples in every language, without tokens.
  void write_samples(const std::vector<std::int32_t>& samples) const {
    SequenceWriter writer(folder_);
    std::vector<SequenceRecord> records;
    for (const auto sample : samples) {
      for (const auto& language : languages_) {
        records.push_back({sample, language, std::to_string(sample + 1), {}, "text", {}, {}});
      }
    }
    writer.append(records);
    writer.finish();
  }

  ResultFolder folder_;
  std::vector<std::string> languages_{"en", "es", "ru"};
};

struct ShardShape {
  std::vector<std::int32_t> samples;
  std::int32_t n_languages = 3;
  std::int32_t max_tokens = 9;
  std::int32_t n_features = 40;
  double density = 0.2;
};

/// Random tokens. Values are few and coarse, so that the maximum is often reached twice.
inline ActivationShard random_shard(const ShardShape& shape, std::mt19937& random) {
  std::uniform_int_distribution<std::int32_t> n_tokens(0, shape.max_tokens);
  std::uniform_int_distribution<int> level(1, 4);
  std::bernoulli_distribution fires(shape.density);
  ActivationShard shard;
  for (const auto sample : shape.samples) {
    for (std::int32_t language = 0; language < shape.n_languages; ++language) {
      for (std::int32_t position = 1, n = n_tokens(random); position <= n; ++position) {
        shard.sample.push_back(sample);
        shard.language.push_back(language);
        shard.position.push_back(position);
        for (std::int32_t feature = 0; feature < shape.n_features; ++feature) {
          if (!fires(random)) continue;
          shard.activations.features.push_back(feature);
          shard.activations.values.push_back(0.75F * static_cast<float>(level(random)));
        }
        shard.activations.offsets.push_back(std::ssize(shard.activations.features));
      }
    }
  }
  return shard;
}

struct Maximum {
  float value = 0;
  std::int32_t position = -1;
  bool operator==(const Maximum&) const = default;
};

/// (language, feature, sample) → its maximum.
using MaximaMap = std::map<std::tuple<std::int32_t, std::int32_t, std::int32_t>, Maximum>;

inline void add_maxima(const ActivationShard& shard, MaximaMap& maxima) {
  for (std::size_t row = 0; row < shard.sample.size(); ++row) {
    for (auto i = shard.activations.offsets[row]; i < shard.activations.offsets[row + 1]; ++i) {
      const auto at = static_cast<std::size_t>(i);
      auto& best = maxima[{shard.language[row], shard.activations.features[at], shard.sample[row]}];
      if (shard.activations.values[at] > best.value) {
        best = {shard.activations.values[at], shard.position[row]};
      }
    }
  }
}

}  // namespace isogloss
