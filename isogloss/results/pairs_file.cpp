#include "isogloss/results/pairs_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "isogloss/core/parquet_columns.h"

namespace isogloss {
namespace {

constexpr std::size_t kRowsPerGroup = 16384;

/// Calls visit(name, member) for every column after `feature`, `language_a` and `language_b`.
template <class Visit>
void visit_numbers(const Visit& visit) {
  visit("overlap", &PairScores::overlap);
  visit("overlap_expected", &PairScores::overlap_expected);
  visit("agreement_raw", &PairScores::agreement_raw);
  visit("overlap_expected_stratified", &PairScores::overlap_expected_stratified);
  visit("agreement_stratified_raw", &PairScores::agreement_stratified_raw);
  visit("attainable", &PairScores::attainable);
  visit("attainable_stratified", &PairScores::attainable_stratified);
  visit("containment", &PairScores::containment);
  visit("n_eff", &PairScores::n_eff);
  visit("cofire", &PairScores::cofire);
  visit("p_cofire", &PairScores::p_cofire);
  visit("p_cofire_stratified", &PairScores::p_cofire_stratified);
}

std::shared_ptr<arrow::Schema> pairs_schema() {
  arrow::FieldVector fields = {arrow::field("feature", arrow::int32()),
                               arrow::field("language_a", arrow::utf8()),
                               arrow::field("language_b", arrow::utf8())};
  visit_numbers(
      [&]<class T>(const char* name, T PairScores::*) { fields.push_back(field_of<T>(name)); });
  return arrow::schema(fields);
}

std::shared_ptr<arrow::Array> names_of(std::span<const PairScores> pairs,
                                       std::int32_t PairScores::*member,
                                       const std::vector<std::string>& languages,
                                       const std::filesystem::path& path) {
  return array_of<std::string>(
      pairs.size(),
      [&](std::size_t i) -> const std::string& {
        return languages[static_cast<std::size_t>(pairs[i].*member)];
      },
      path);
}

constexpr std::string_view kRemedy = "score the folder again";

/// The rows of one row group, which is not empty.
std::vector<PairScores> pairs_in(const TableColumns& columns,
                                 std::span<const std::string> languages) {
  const auto index_of = [&](std::string_view language) {
    const auto found = std::ranges::find(languages, language);
    if (found == languages.end()) {
      columns.fail(fmt::format("language '{}' is not among the run's", language));
    }
    return static_cast<std::int32_t>(found - languages.begin());
  };
  std::vector<PairScores> pairs(columns.n_rows());
  columns.for_each<std::int32_t>(
      "feature", [&](std::size_t row, std::int32_t feature) { pairs[row].feature = feature; });
  columns.for_each<std::string>("language_a", [&](std::size_t row, std::string_view language) {
    pairs[row].language_a = index_of(language);
  });
  columns.for_each<std::string>("language_b", [&](std::size_t row, std::string_view language) {
    pairs[row].language_b = index_of(language);
  });
  visit_numbers([&]<class T>(const char* name, T PairScores::*member) {
    columns.for_each<T>(name, [&](std::size_t row, auto value) { pairs[row].*member = value; });
  });
  return pairs;
}

}  // namespace

struct PairsWriter::Impl {
  std::filesystem::path path;
  std::vector<std::string> languages;
  ParquetWriter writer;
  std::vector<PairScores> waiting;  ///< fewer than a row group

  void write(std::span<const PairScores> pairs) {
    arrow::ArrayVector arrays = {array_of(pairs, &PairScores::feature, path),
                                 names_of(pairs, &PairScores::language_a, languages, path),
                                 names_of(pairs, &PairScores::language_b, languages, path)};
    visit_numbers(
        [&](const char*, auto member) { arrays.push_back(array_of(pairs, member, path)); });
    writer.append(*arrow::Table::Make(pairs_schema(), arrays, std::ssize(pairs)));
  }
};

PairsWriter::PairsWriter(const ResultFolder& folder, std::vector<std::string> languages)
    : impl_(new Impl{folder.pairs_parquet(),
                     std::move(languages),
                     ParquetWriter(folder.pairs_parquet(), pairs_schema()),
                     {}}) {}

PairsWriter::~PairsWriter() = default;

void PairsWriter::append(std::span<const PairScores> pairs) {
  auto& waiting = impl_->waiting;
  while (waiting.size() + pairs.size() >= kRowsPerGroup) {
    const auto n = kRowsPerGroup - waiting.size();
    waiting.insert(waiting.end(), pairs.begin(), pairs.begin() + static_cast<std::ptrdiff_t>(n));
    impl_->write(waiting);
    waiting.clear();
    pairs = pairs.subspan(n);
  }
  waiting.insert(waiting.end(), pairs.begin(), pairs.end());
}

void PairsWriter::finish() {
  if (!impl_->waiting.empty()) impl_->write(impl_->waiting);
  impl_->waiting.clear();
  impl_->writer.finish();
}

void visit_pairs(const ResultFolder& folder, std::span<const std::string> languages,
                 const std::function<void(std::span<const PairScores>)>& visit,
                 std::optional<std::int32_t> feature) {
  const auto path = folder.pairs_parquet();
  const auto schema = pairs_schema();
  const auto reader = open_parquet(path, *schema);
  for (int group = 0; group < reader->num_row_groups(); ++group) {
    if (feature) {  // ascending within a group: its ends say whether the feature can be there
      const auto ends = read_row_group(*reader, group, {"feature"}, path);
      if (ends->num_rows() == 0) continue;
      const auto& features = TableColumns(*ends, path, kRemedy).array<arrow::Int32Array>("feature");
      if (features.Value(0) > *feature || features.Value(features.length() - 1) < *feature) {
        continue;
      }
    }
    const auto table = read_row_group(*reader, group, schema->field_names(), path);
    if (table->num_rows() > 0) visit(pairs_in(TableColumns(*table, path, kRemedy), languages));
  }
}

std::vector<PairScores> read_pairs(const ResultFolder& folder,
                                   std::span<const std::string> languages,
                                   std::optional<std::int32_t> feature) {
  std::vector<PairScores> pairs;
  const auto keep = [&](std::span<const PairScores> group) {
    std::ranges::copy_if(group, std::back_inserter(pairs), [&](const PairScores& pair) {
      return !feature || pair.feature == *feature;
    });
  };
  visit_pairs(folder, languages, keep, feature);
  return pairs;
}

}  // namespace isogloss
