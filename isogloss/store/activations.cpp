#include "isogloss/store/activations.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "isogloss/store/columns_internal.h"

namespace isogloss {
namespace {

void check_values(std::span<const float> values, const std::filesystem::path& path) {
  const bool valid =
      std::ranges::all_of(values, [](float value) { return value > 0 && std::isfinite(value); });
  if (!valid) throw_damaged(path, "an activation is not a positive number");
}

std::span<const float> values_of(const ListItems<arrow::FloatArray>& lists, std::int64_t first_row,
                                 std::int64_t end_row) {
  const std::int32_t begin = lists.begin(first_row);
  return {lists.items.raw_values() + begin, static_cast<std::size_t>(lists.begin(end_row) - begin)};
}

/// Appends the wanted rows of one row group to a shard.
class TokenReader {
 public:
  TokenReader(const arrow::Table& table, const std::filesystem::path& path)
      : path_(path),
        sample_(columns_of(table, path).array<arrow::Int32Array>("sample")),
        language_(columns_of(table, path).array<arrow::StringArray>("language")),
        position_(columns_of(table, path).array<arrow::Int32Array>("position")),
        features_(columns_of(table, path).lists<arrow::Int32Array>("features")),
        values_(columns_of(table, path).lists<arrow::FloatArray>("values")) {}

  void append(std::span<const std::int32_t> samples, LanguageIndex& languages,
              ActivationShard& out) const {
    for (std::int64_t row = 0; row < sample_.length(); ++row) {
      if (!std::ranges::binary_search(samples, sample_.Value(row))) continue;
      append_row(row, languages, out);
      check_order(out);
    }
  }

  void append_all(LanguageIndex& languages, ActivationShard& out) const {
    out.activations.features.reserve(static_cast<std::size_t>(features_.items.length()));
    out.activations.values.reserve(static_cast<std::size_t>(values_.items.length()));
    for (std::int64_t row = 0; row < sample_.length(); ++row) append_row(row, languages, out);
  }

 private:
  /// Of the last row and the one before it.
  void check_order(const ActivationShard& rows) const {
    const auto place = [&](std::size_t row) {
      return std::tuple(rows.sample[row], rows.language[row], rows.position[row]);
    };
    const auto last = rows.sample.size() - 1;
    if (last == 0 || place(last - 1) < place(last)) return;
    throw_damaged(path_,
                  fmt::format("the tokens of sample {} are out of order", rows.sample[last]));
  }

  void append_row(std::int64_t row, LanguageIndex& languages, ActivationShard& out) const {
    if (position_.Value(row) < 0) throw_damaged(path_, "a position is negative");
    out.sample.push_back(sample_.Value(row));
    out.language.push_back(languages.find(language_.GetView(row), path_));
    out.position.push_back(position_.Value(row));
    append_activations(row, out.activations);
  }

  void append_activations(std::int64_t row, SparseRows& out) const {
    const std::span features(features_.items.raw_values() + features_.begin(row),
                             static_cast<std::size_t>(features_.size(row)));
    const auto values = values_of(values_, row, row + 1);
    const bool ascending =
        std::ranges::adjacent_find(features, std::greater_equal{}) == features.end();
    if (features.size() != values.size() || !ascending ||
        (!features.empty() && features.front() < 0)) {
      throw_damaged(path_, fmt::format("sample {} has a token whose features are not ascending or "
                                       "do not match its values",
                                       sample_.Value(row)));
    }
    check_values(values, path_);
    out.features.insert(out.features.end(), features.begin(), features.end());
    out.values.insert(out.values.end(), values.begin(), values.end());
    out.offsets.push_back(std::ssize(out.features));
  }

  const std::filesystem::path& path_;
  const arrow::Int32Array& sample_;
  const arrow::StringArray& language_;
  const arrow::Int32Array& position_;
  ListItems<arrow::Int32Array> features_;
  ListItems<arrow::FloatArray> values_;
};

}  // namespace

void visit_activation_values(
    const ResultFolder& folder, std::span<const std::string> languages,
    const std::function<void(std::int32_t language, std::span<const float> values)>& visit) {
  LanguageIndex index(languages);
  for (const auto& path : shard_files(folder.activations())) {
    visit_row_groups(
        path, *activations_schema(), {"language", "values"}, nullptr,
        [&](const arrow::Table& table) {
          const auto& language = columns_of(table, path).array<arrow::StringArray>("language");
          const auto values = columns_of(table, path).lists<arrow::FloatArray>("values");
          for (std::int64_t row = 0, end = 0; row < table.num_rows(); row = end) {
            const auto name = language.GetView(row);
            while (end < table.num_rows() && language.GetView(end) == name) ++end;
            const auto run = values_of(values, row, end);
            check_values(run, path);
            const std::int32_t language_index = index.find(name, path);
            if (!run.empty()) visit(language_index, run);
          }
        });
  }
}

void visit_token_positions(const ResultFolder& folder, std::span<const std::string> languages,
                           const std::function<void(std::int32_t sample, std::int32_t language,
                                                    std::int32_t position)>& visit) {
  LanguageIndex index(languages);
  for (const auto& path : shard_files(folder.activations())) {
    visit_row_groups(
        path, *activations_schema(), {"sample", "language", "position"}, nullptr,
        [&](const arrow::Table& table) {
          const auto& sample = columns_of(table, path).array<arrow::Int32Array>("sample");
          const auto& language = columns_of(table, path).array<arrow::StringArray>("language");
          const auto& position = columns_of(table, path).array<arrow::Int32Array>("position");
          for (std::int64_t row = 0; row < table.num_rows(); ++row) {
            if (position.Value(row) < 0) throw_damaged(path, "a position is negative");
            visit(sample.Value(row), index.find(language.GetView(row), path), position.Value(row));
          }
        });
  }
}

void visit_activations(const ResultFolder& folder, std::span<const std::string> languages,
                       const std::function<void(const ActivationShard&)>& visit) {
  LanguageIndex index(languages);
  for (const auto& path : shard_files(folder.activations())) {
    visit_row_groups(path, *activations_schema(), activations_schema()->field_names(), nullptr,
                     [&](const arrow::Table& table) {
                       ActivationShard rows;
                       TokenReader(table, path).append_all(index, rows);
                       visit(rows);
                     });
  }
}

ActivationShard read_activations(const ResultFolder& folder, std::span<const std::string> languages,
                                 std::span<const std::int32_t> samples) {
  ActivationShard result;
  LanguageIndex index(languages);
  const auto filter = samples_filter(samples);
  for (const auto& path : shard_files(folder.activations())) {
    visit_row_groups(path, *activations_schema(), activations_schema()->field_names(), &filter,
                     [&](const arrow::Table& table) {
                       TokenReader(table, path).append(samples, index, result);
                     });
  }
  return result;
}

}  // namespace isogloss
