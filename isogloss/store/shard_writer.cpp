#include <algorithm>
#include <cassert>
#include <numeric>

#include "isogloss/store/activations.h"
#include "isogloss/store/columns_internal.h"

namespace isogloss {
namespace {

// Small enough for a reader who wants one sample or one feature to decompress little else.
constexpr std::int64_t kTokensPerRowGroup = 4096;
constexpr std::int64_t kMaximaPerRowGroup = 16384;

std::shared_ptr<arrow::Array> int32_array(std::span<const std::int32_t> values) {
  return std::make_shared<arrow::Int32Array>(static_cast<std::int64_t>(values.size()),
                                             arrow::Buffer::Wrap(values.data(), values.size()));
}

std::shared_ptr<arrow::Array> float_array(std::span<const float> values) {
  return std::make_shared<arrow::FloatArray>(static_cast<std::int64_t>(values.size()),
                                             arrow::Buffer::Wrap(values.data(), values.size()));
}

std::shared_ptr<arrow::Array> name_array(std::span<const std::int32_t> indices,
                                         std::span<const std::string> languages,
                                         const std::filesystem::path& path) {
  arrow::StringBuilder names;
  for (const std::int32_t index : indices) {
    check_arrow(names.Append(languages[static_cast<std::size_t>(index)]), path,
                "build a row group");
  }
  return take_arrow(names.Finish(), path, "build a row group");
}

/// A list column over `items` and `offsets`, which the table refers to but does not own.
std::shared_ptr<arrow::Array> list_array(std::span<const std::int32_t> offsets,
                                         std::shared_ptr<arrow::Array> items) {
  const auto type = arrow::list(items->type());
  return std::make_shared<arrow::ListArray>(type, static_cast<std::int64_t>(offsets.size()) - 1,
                                            arrow::Buffer::Wrap(offsets.data(), offsets.size()),
                                            std::move(items));
}

void write_activations(const std::filesystem::path& path, std::span<const std::string> languages,
                       const ActivationShard& shard) {
  ParquetWriter writer(path, activations_schema());
  const auto& rows = shard.activations;
  for (std::int64_t first = 0; first < rows.n_rows(); first += kTokensPerRowGroup) {
    const auto begin = static_cast<std::size_t>(first);
    const auto n = static_cast<std::size_t>(std::min(kTokensPerRowGroup, rows.n_rows() - first));
    const auto item = static_cast<std::size_t>(rows.offsets[begin]);
    const auto n_items = static_cast<std::size_t>(rows.offsets[begin + n]) - item;
    std::vector<std::int32_t> offsets(n + 1);
    std::transform(rows.offsets.begin() + first, rows.offsets.begin() + first + std::ssize(offsets),
                   offsets.begin(), [&](std::int64_t offset) {
                     return static_cast<std::int32_t>(offset - rows.offsets[begin]);
                   });
    const auto slice = [&](const auto& values) { return std::span(values).subspan(begin, n); };
    const auto items = [&](const auto& values) { return std::span(values).subspan(item, n_items); };
    writer.append(*arrow::Table::Make(
        activations_schema(),
        {int32_array(slice(shard.sample)), name_array(slice(shard.language), languages, path),
         int32_array(slice(shard.position)), list_array(offsets, int32_array(items(rows.features))),
         list_array(offsets, float_array(items(rows.values)))}));
  }
  writer.finish();
}

/// Columns of maxima/*.parquet.
struct MaximaColumns {
  std::vector<std::int32_t> feature;
  std::vector<std::int32_t> language;
  std::vector<std::int32_t> sample;
  std::vector<float> value;
  std::vector<std::int32_t> position;

  void resize(std::size_t n) {
    for (auto* ints : {&feature, &language, &sample, &position}) ints->resize(n);
    value.resize(n);
  }
};

/// The maxima of each (sample, language), in the shard's order; within it features are unordered.
MaximaColumns find_maxima(const ActivationShard& shard, std::size_t n_features) {
  constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  MaximaColumns maxima;
  std::vector<std::size_t> entry_of_feature(n_features, kNowhere);
  std::size_t sentence_begin = 0;
  for (std::size_t row = 0; row < shard.sample.size(); ++row) {
    if (row > 0 && (shard.sample[row] != shard.sample[row - 1] ||
                    shard.language[row] != shard.language[row - 1])) {
      sentence_begin = maxima.feature.size();
    }
    const auto& [offsets, features, values] = shard.activations;
    for (auto i = static_cast<std::size_t>(offsets[row]);
         i < static_cast<std::size_t>(offsets[row + 1]); ++i) {
      auto& entry = entry_of_feature[static_cast<std::size_t>(features[i])];
      // Entries from earlier sentences count as none, so nothing needs resetting.
      if (entry == kNowhere || entry < sentence_begin) {
        entry = maxima.feature.size();
        maxima.feature.push_back(features[i]);
        maxima.language.push_back(shard.language[row]);
        maxima.sample.push_back(shard.sample[row]);
        maxima.value.push_back(values[i]);
        maxima.position.push_back(shard.position[row]);
      } else if (values[i] > maxima.value[entry]) {
        maxima.value[entry] = values[i];
        maxima.position[entry] = shard.position[row];
      }
    }
  }
  return maxima;
}

/// Counting sort by (feature, language); it is stable, so samples stay ascending.
MaximaColumns sort_feature_major(const MaximaColumns& maxima, std::size_t n_features,
                                 std::size_t n_languages) {
  const auto bucket_of = [&](std::size_t i) {
    return static_cast<std::size_t>(maxima.feature[i]) * n_languages +
           static_cast<std::size_t>(maxima.language[i]);
  };
  std::vector<std::size_t> next(n_features * n_languages + 1);
  for (std::size_t i = 0; i < maxima.feature.size(); ++i) ++next[bucket_of(i) + 1];
  std::partial_sum(next.begin(), next.end(), next.begin());
  MaximaColumns sorted;
  sorted.resize(maxima.feature.size());
  for (std::size_t i = 0; i < maxima.feature.size(); ++i) {
    const std::size_t to = next[bucket_of(i)]++;
    sorted.feature[to] = maxima.feature[i];
    sorted.language[to] = maxima.language[i];
    sorted.sample[to] = maxima.sample[i];
    sorted.value[to] = maxima.value[i];
    sorted.position[to] = maxima.position[i];
  }
  return sorted;
}

void write_maxima(const std::filesystem::path& path, std::span<const std::string> languages,
                  const MaximaColumns& maxima) {
  ParquetWriter writer(path, maxima_schema());
  const auto n_entries = std::ssize(maxima.feature);
  for (std::int64_t first = 0; first < n_entries; first += kMaximaPerRowGroup) {
    const auto slice = [&](const auto& values) {
      return std::span(values).subspan(
          static_cast<std::size_t>(first),
          static_cast<std::size_t>(std::min<std::int64_t>(kMaximaPerRowGroup, n_entries - first)));
    };
    writer.append(*arrow::Table::Make(
        maxima_schema(),
        {int32_array(slice(maxima.feature)), name_array(slice(maxima.language), languages, path),
         int32_array(slice(maxima.sample)), float_array(slice(maxima.value)),
         int32_array(slice(maxima.position))}));
  }
  writer.finish();
}

void create_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: cannot create the folder: {}; check the path, the permissions and "
                            "the free space",
                            folder.string(), error.message()));
  }
}

}  // namespace

void write_shard(const ResultFolder& folder, std::int32_t index,
                 std::span<const std::string> languages, const ActivationShard& shard) {
  assert(std::ssize(shard.sample) == shard.activations.n_rows() &&
         shard.language.size() == shard.sample.size() &&
         shard.position.size() == shard.sample.size());
  create_folder(folder.activations());
  create_folder(folder.maxima());
  write_activations(folder.activation_shard(index), languages, shard);
  const auto& features = shard.activations.features;
  const std::size_t n_features =
      features.empty() ? 0 : static_cast<std::size_t>(std::ranges::max(features)) + 1;
  write_maxima(folder.maxima_shard(index), languages,
               sort_feature_major(find_maxima(shard, n_features), n_features, languages.size()));
}

bool shard_is_finished(const ResultFolder& folder, std::int32_t index) {
  const auto activations = folder.activation_shard(index);
  const auto maxima = folder.maxima_shard(index);
  if (!std::filesystem::exists(activations) || !std::filesystem::exists(maxima)) return false;
  const auto check = [](const std::filesystem::path& path, const arrow::Schema& schema) {
    try {
      open_parquet(path, schema);
    } catch (const Error& error) {
      if (error.code() != ErrorCode::kBadInput) throw;
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}; delete it and repeat the same command", error.what()));
    }
  };
  check(activations, *activations_schema());
  check(maxima, *maxima_schema());
  return true;
}

}  // namespace isogloss
