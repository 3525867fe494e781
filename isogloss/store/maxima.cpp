#include "isogloss/store/maxima.h"

#include <tbb/parallel_for_each.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "isogloss/store/columns_internal.h"
#include "isogloss/store/sequences.h"

namespace isogloss {
namespace {

/// The features that one MaximaReader takes from the shards.
struct Wanted {
  std::int32_t first;
  std::int32_t last;
  std::span<const std::int32_t> only;  ///< ascending; if empty, every feature first … last

  bool may_hold(std::int32_t min, std::int32_t max) const {
    if (only.empty()) return min <= last && max >= first;
    const auto at_least = std::ranges::lower_bound(only, min);
    return at_least != only.end() && *at_least <= max;
  }
  bool has(std::int32_t feature) const {
    if (only.empty()) return first <= feature && feature <= last;
    return std::ranges::binary_search(only, feature);
  }
};

/// [n_languages][n_features] The place of a column's next entry.
using NextPlaces = std::vector<std::vector<std::int64_t>>;

/// Reads the maxima shards twice: count() counts each column's entries, fill() puts them in place.
/// Shards hold ascending, disjoint sample ranges and each is ordered by (feature, language,
/// sample), so appending keeps a column's rows ascending. Readers of other features may work on the
/// same result at the same time.
class MaximaReader {
 public:
  MaximaReader(const ResultFolder& folder, const Wanted& wanted, Maxima& result)
      : folder_(folder), wanted_(wanted), result_(result), index_(result.languages) {}

  /// Counts the entries of feature f in offsets[f + 1].
  void count() {
    visit({"feature", "language"},
          [&](const arrow::Table& table, const auto& path) { count(table, path); });
  }

  /// Call it once offsets are final and the columns have their sizes. Entries of feature f go to
  /// next[language][f].
  void fill(NextPlaces& next) {
    visit(maxima_schema()->field_names(),
          [&](const arrow::Table& table, const auto& path) { fill(table, path, next); });
  }

 private:
  template <class Visit>
  void visit(const std::vector<std::string>& columns, const Visit& visit_table) {
    const RowGroupFilter filter{"feature",
                                [&](auto min, auto max) { return wanted_.may_hold(min, max); }};
    for (const auto& path : shard_files(folder_.maxima())) {
      visit_row_groups(path, *maxima_schema(), columns, &filter,
                       [&](const arrow::Table& table) { visit_table(table, path); });
    }
  }

  bool wanted(std::int32_t feature, const std::filesystem::path& path) const {
    if (!wanted_.has(feature)) return false;
    if (feature >= 0 && feature < result_.n_features) return true;
    throw_damaged(path,
                  fmt::format("feature {} is outside 0 … {}", feature, result_.n_features - 1));
  }

  void count(const arrow::Table& table, const std::filesystem::path& path) {
    const auto& feature = columns_of(table, path).array<arrow::Int32Array>("feature");
    const auto& language = columns_of(table, path).array<arrow::StringArray>("language");
    for (std::int64_t i = 0; i < table.num_rows(); ++i) {
      if (!wanted(feature.Value(i), path)) continue;
      const auto l = static_cast<std::size_t>(index_.find(language.GetView(i), path));
      ++result_.by_language[l].offsets[static_cast<std::size_t>(feature.Value(i)) + 1];
    }
  }

  void fill(const arrow::Table& table, const std::filesystem::path& path, NextPlaces& next) {
    const auto& feature = columns_of(table, path).array<arrow::Int32Array>("feature");
    const auto& language = columns_of(table, path).array<arrow::StringArray>("language");
    const auto& sample = columns_of(table, path).array<arrow::Int32Array>("sample");
    const auto& value = columns_of(table, path).array<arrow::FloatArray>("value");
    const auto& position = columns_of(table, path).array<arrow::Int32Array>("position");
    for (std::int64_t i = 0; i < table.num_rows(); ++i) {
      if (!wanted(feature.Value(i), path)) continue;
      if (!(value.Value(i) > 0) || !std::isfinite(value.Value(i)) || position.Value(i) < 0) {
        throw_damaged(path, fmt::format("feature {} in sample {} has value {} at position {}",
                                        feature.Value(i), sample.Value(i), value.Value(i),
                                        position.Value(i)));
      }
      const auto l = static_cast<std::size_t>(index_.find(language.GetView(i), path));
      const auto f = static_cast<std::size_t>(feature.Value(i));
      place({row_of(sample.Value(i), path), value.Value(i), position.Value(i)}, f,
            result_.by_language[l], next[l][f], path);
    }
  }

  struct Entry {
    std::int32_t row;
    float value;
    std::int32_t position;
  };

  void place(const Entry& entry, std::size_t feature, LanguageMaxima& language, std::int64_t& next,
             const std::filesystem::path& path) const {
    const auto at = static_cast<std::size_t>(next);
    if (next == language.offsets[feature + 1]) {
      throw_damaged(path, "it changed while it was read");
    }
    if (next > language.offsets[feature] && language.rows[at - 1] >= entry.row) {
      throw_damaged(path, fmt::format("feature {} has sample {} twice or out of order", feature,
                                      result_.samples[static_cast<std::size_t>(entry.row)]));
    }
    language.rows[at] = entry.row;
    language.values[at] = entry.value;
    language.positions[at] = entry.position;
    ++next;
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
  const Wanted wanted_;
  Maxima& result_;
  LanguageIndex index_;
};

/// There are more ranges than cores, since some features fire far more often than others and no
/// core should wait long.
constexpr std::int32_t kRangesPerCore = 4;

/// Features outside 0 … n_features − 1 belong to the outermost ranges, which reject them.
std::vector<Wanted> ranges_of_features(std::int32_t n_features) {
  using Limits = std::numeric_limits<std::int32_t>;
  const std::int32_t n_ranges = kRangesPerCore * tbb::this_task_arena::max_concurrency();
  std::vector<Wanted> ranges;
  for (std::int64_t i = 0; i < n_ranges; ++i) {
    ranges.push_back({static_cast<std::int32_t>(i * n_features / n_ranges),
                      static_cast<std::int32_t>((i + 1) * n_features / n_ranges - 1),
                      {}});
  }
  ranges.front().first = Limits::min();
  ranges.back().last = Limits::max();
  return ranges;
}

void allocate(LanguageMaxima& language) {
  std::partial_sum(language.offsets.begin(), language.offsets.end(), language.offsets.begin());
  const auto n_entries = static_cast<std::size_t>(language.offsets.back());
  language.rows.resize(n_entries);
  language.values.resize(n_entries);
  language.positions.resize(n_entries);
}

void read_columns(const ResultFolder& folder, const std::vector<Wanted>& parts, Maxima& result) {
  std::vector<MaximaReader> readers;
  for (const auto& part : parts) readers.emplace_back(folder, part, result);
  result.by_language.resize(result.languages.size());
  const auto n_offsets = static_cast<std::size_t>(result.n_features) + 1;
  for (auto& language : result.by_language) language.offsets.assign(n_offsets, 0);
  tbb::parallel_for_each(readers, [](MaximaReader& reader) { reader.count(); });
  NextPlaces next;
  for (auto& language : result.by_language) {
    allocate(language);
    next.emplace_back(language.offsets.begin(), language.offsets.end() - 1);
  }
  tbb::parallel_for_each(readers, [&](MaximaReader& reader) { reader.fill(next); });
}

/// A row group with false statistics belongs to no range, or to the wrong one.
void check_complete(const ResultFolder& folder, const Maxima& result) {
  std::int64_t n_entries = 0;
  for (const auto& path : shard_files(folder.maxima())) {
    n_entries += count_rows(path, *maxima_schema());
  }
  for (const auto& language : result.by_language) n_entries -= language.offsets.back();
  if (n_entries != 0) {
    throw_damaged(folder.maxima(), "the statistics of a row group hide some of its rows");
  }
}

/// The result has no columns yet.
Maxima read_rows(const ResultFolder& folder, std::int32_t n_features,
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
  return result;
}

}  // namespace

Maxima read_maxima(const ResultFolder& folder, std::int32_t n_features,
                   std::span<const std::string> languages) {
  auto result = read_rows(folder, n_features, languages);
  read_columns(folder, ranges_of_features(n_features), result);
  check_complete(folder, result);
  return result;
}

Maxima read_maxima_of(const ResultFolder& folder, std::span<const std::int32_t> features,
                      std::span<const std::string> languages) {
  std::vector<std::int32_t> ascending(features.begin(), features.end());
  std::ranges::sort(ascending);
  auto result = read_rows(folder, ascending.back() + 1, languages);
  read_columns(folder, {{ascending.front(), ascending.back(), ascending}}, result);
  return result;
}

}  // namespace isogloss
