#include "isogloss/store/maxima.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "isogloss/store/columns_internal.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

/// Reads the maxima shards twice: the first pass counts each column's entries, the second puts
/// them in place. Shards hold ascending, disjoint sample ranges and each is ordered by
/// (feature, language, sample), so appending keeps a column's rows ascending.
class MaximaReader {
 public:
  /// Keeps `features` (ascending), or all if there are none; `n_features`, `samples` and
  /// `languages` of `result` are set.
  MaximaReader(const ResultFolder& folder, std::span<const std::int32_t> features, Maxima& result)
      : folder_(folder), features_(features), result_(result), index_(result.languages) {}

  void read() {
    const auto n_offsets = static_cast<std::size_t>(result_.n_features) + 1;
    result_.by_language.resize(result_.languages.size());
    for (auto& language : result_.by_language) language.offsets.assign(n_offsets, 0);
    visit({"feature", "language"},
          [&](const arrow::Table& table, const auto& path) { count(table, path); });
    for (auto& language : result_.by_language) allocate(language);
    visit(maxima_schema()->field_names(),
          [&](const arrow::Table& table, const auto& path) { fill(table, path); });
  }

 private:
  template <class Visit>
  void visit(const std::vector<std::string>& columns, const Visit& visit_table) {
    const RowGroupFilter filter{"feature", [&](std::int32_t min, std::int32_t max) {
                                  const auto first = std::ranges::lower_bound(features_, min);
                                  return first != features_.end() && *first <= max;
                                }};
    for (const auto& path : shard_files(folder_.maxima())) {
      visit_row_groups(path, *maxima_schema(), columns, features_.empty() ? nullptr : &filter,
                       [&](const arrow::Table& table) { visit_table(table, path); });
    }
  }

  bool wanted(std::int32_t feature, const std::filesystem::path& path) const {
    if (!features_.empty()) return std::ranges::binary_search(features_, feature);
    if (feature >= 0 && feature < result_.n_features) return true;
    throw_damaged(path,
                  fmt::format("feature {} is outside 0 … {}", feature, result_.n_features - 1));
  }

  void count(const arrow::Table& table, const std::filesystem::path& path) {
    const auto& feature = column<arrow::Int32Array>(table, "feature", path);
    const auto& language = column<arrow::StringArray>(table, "language", path);
    for (std::int64_t i = 0; i < table.num_rows(); ++i) {
      if (!wanted(feature.Value(i), path)) continue;
      auto& offsets = by_name(language.GetView(i), path).offsets;
      ++offsets[static_cast<std::size_t>(feature.Value(i)) + 1];
    }
  }

  void allocate(LanguageMaxima& language) {
    std::partial_sum(language.offsets.begin(), language.offsets.end(), language.offsets.begin());
    const auto n_entries = static_cast<std::size_t>(language.offsets.back());
    language.rows.resize(n_entries);
    language.values.resize(n_entries);
    language.positions.resize(n_entries);
    next_.emplace_back(language.offsets.begin(), language.offsets.end() - 1);
  }

  void fill(const arrow::Table& table, const std::filesystem::path& path) {
    const auto& feature = column<arrow::Int32Array>(table, "feature", path);
    const auto& language = column<arrow::StringArray>(table, "language", path);
    const auto& sample = column<arrow::Int32Array>(table, "sample", path);
    const auto& value = column<arrow::FloatArray>(table, "value", path);
    const auto& position = column<arrow::Int32Array>(table, "position", path);
    for (std::int64_t i = 0; i < table.num_rows(); ++i) {
      if (!wanted(feature.Value(i), path)) continue;
      if (!(value.Value(i) > 0) || !std::isfinite(value.Value(i)) || position.Value(i) < 0) {
        throw_damaged(path, fmt::format("feature {} in sample {} has value {} at position {}",
                                        feature.Value(i), sample.Value(i), value.Value(i),
                                        position.Value(i)));
      }
      place(feature.Value(i), index_.find(language.GetView(i), path),
            {row_of(sample.Value(i), path), value.Value(i), position.Value(i)}, path);
    }
  }

  struct Entry {
    std::int32_t row;
    float value;
    std::int32_t position;
  };

  void place(std::int32_t feature, std::int32_t language_index, const Entry& entry,
             const std::filesystem::path& path) {
    auto& language = result_.by_language[static_cast<std::size_t>(language_index)];
    auto& next = next_[static_cast<std::size_t>(language_index)][static_cast<std::size_t>(feature)];
    const auto at = static_cast<std::size_t>(next);
    const auto begin = language.offsets[static_cast<std::size_t>(feature)];
    if (next == language.offsets[static_cast<std::size_t>(feature) + 1]) {
      throw_damaged(path, "it changed while it was read");
    }
    if (next > begin && language.rows[at - 1] >= entry.row) {
      throw_damaged(path, fmt::format("feature {} has sample {} twice or out of order", feature,
                                      result_.samples[static_cast<std::size_t>(entry.row)]));
    }
    language.rows[at] = entry.row;
    language.values[at] = entry.value;
    language.positions[at] = entry.position;
    ++next;
  }

  LanguageMaxima& by_name(std::string_view language, const std::filesystem::path& path) {
    return result_.by_language[static_cast<std::size_t>(index_.find(language, path))];
  }

  std::int32_t row_of(std::int32_t sample, const std::filesystem::path& path) const {
    const auto found = std::ranges::lower_bound(result_.samples, sample);
    if (found == result_.samples.end() || *found != sample) {
      throw_damaged(path, fmt::format("sample {} is not in {}", sample,
                                      folder_.sequences().filename().string()));
    }
    return static_cast<std::int32_t>(found - result_.samples.begin());
  }

  const ResultFolder& folder_;
  std::span<const std::int32_t> features_;
  Maxima& result_;
  LanguageIndex index_;
  std::vector<std::vector<std::int64_t>> next_;  ///< [n_languages][n_features] next free place
};

/// `features` ascend; all if there are none.
Maxima read_features(const ResultFolder& folder, std::int32_t n_features,
                     std::span<const std::int32_t> features,
                     std::span<const std::string> languages) {
  Maxima result;
  result.n_features = n_features;
  result.languages.assign(languages.begin(), languages.end());
  const auto samples = read_sample_ids(folder, languages);
  for (std::size_t l = 1; l < languages.size(); ++l) {
    if (samples[l] == samples.front()) continue;
    throw_damaged(folder.sequences(), fmt::format("languages '{}' and '{}' have other samples",
                                                  languages.front(), languages[l]));
  }
  if (!samples.empty()) result.samples = samples.front();
  MaximaReader(folder, features, result).read();
  return result;
}

}  // namespace

SparseColumn Maxima::column(std::int32_t language, std::int32_t feature) const {
  const auto& maxima = by_language[static_cast<std::size_t>(language)];
  const auto begin = static_cast<std::size_t>(maxima.offsets[static_cast<std::size_t>(feature)]);
  const auto end = static_cast<std::size_t>(maxima.offsets[static_cast<std::size_t>(feature) + 1]);
  const auto slice = [&](const auto& values) {
    return std::span(values).subspan(begin, end - begin);
  };
  return {slice(maxima.rows), slice(maxima.values), slice(maxima.positions)};
}

Maxima read_maxima(const ResultFolder& folder, std::int32_t n_features,
                   std::span<const std::string> languages) {
  return read_features(folder, n_features, {}, languages);
}

Maxima read_maxima_of(const ResultFolder& folder, std::span<const std::int32_t> features,
                      std::span<const std::string> languages) {
  std::vector<std::int32_t> ascending(features.begin(), features.end());
  std::ranges::sort(ascending);
  return read_features(folder, ascending.back() + 1, ascending, languages);
}

}  // namespace isogloss
