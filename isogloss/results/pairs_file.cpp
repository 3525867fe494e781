#include "isogloss/results/pairs_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <type_traits>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"

namespace isogloss {
namespace {

constexpr std::size_t kRowsAGroup = 16384;

/// Calls visit(name, member) for every column after `feature`, `language_a` and `language_b`.
template <class Visit>
void visit_numbers(const Visit& visit) {
  visit("overlap", &PairScores::overlap);
  visit("overlap_expected", &PairScores::expected);
  visit("agreement_raw", &PairScores::kappa);
  visit("overlap_expected_stratified", &PairScores::expected_stratified);
  visit("agreement_stratified_raw", &PairScores::kappa_stratified);
  visit("attainable", &PairScores::attainable);
  visit("attainable_stratified", &PairScores::attainable_stratified);
  visit("containment", &PairScores::containment);
  visit("n_eff", &PairScores::n_eff);
  visit("cofire", &PairScores::cofire);
  visit("p_cofire", &PairScores::p_cofire);
  visit("p_cofire_stratified", &PairScores::p_cofire_stratified);
}

template <class T>
using ArrowType =
    std::conditional_t<std::is_same_v<T, std::int32_t>, arrow::Int32Type, arrow::DoubleType>;

std::shared_ptr<arrow::Schema> pairs_schema() {
  arrow::FieldVector fields = {arrow::field("feature", arrow::int32()),
                               arrow::field("language_a", arrow::utf8()),
                               arrow::field("language_b", arrow::utf8())};
  visit_numbers([&]<class T>(const char* name, T PairScores::*) {
    fields.push_back(arrow::field(name, arrow::TypeTraits<ArrowType<T>>::type_singleton()));
  });
  return arrow::schema(fields);
}

template <class T>
std::shared_ptr<arrow::Array> array_of(std::span<const PairScores> pairs, T PairScores::*member,
                                       const std::filesystem::path& path) {
  typename arrow::TypeTraits<ArrowType<T>>::BuilderType builder;
  check_arrow(builder.Reserve(std::ssize(pairs)), path, "write");
  for (const auto& pair : pairs) {
    if constexpr (std::is_same_v<T, std::optional<double>>) {
      pair.*member ? builder.UnsafeAppend(*(pair.*member)) : builder.UnsafeAppendNull();
    } else {
      builder.UnsafeAppend(pair.*member);
    }
  }
  return take_arrow(builder.Finish(), path, "write");
}

std::shared_ptr<arrow::Array> names_of(std::span<const PairScores> pairs,
                                       std::int32_t PairScores::*member,
                                       const std::vector<std::string>& languages,
                                       const std::filesystem::path& path) {
  arrow::StringBuilder builder;
  for (const auto& pair : pairs) {
    check_arrow(builder.Append(languages[static_cast<std::size_t>(pair.*member)]), path, "write");
  }
  return take_arrow(builder.Finish(), path, "write");
}

[[noreturn]] void throw_bad(const std::filesystem::path& path, const std::string& problem) {
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: {}; score the folder again", path.string(), problem));
}

/// A column of one row group; nulls only where `may_be_null`.
template <class Array>
const Array& column(const arrow::Table& table, const char* name, bool may_be_null,
                    const std::filesystem::path& path) {
  const auto& chunk = *table.GetColumnByName(name)->chunk(0);
  if (!may_be_null && chunk.null_count() > 0) {
    throw_bad(path, fmt::format("column {} holds nulls", name));
  }
  return static_cast<const Array&>(chunk);
}

std::int32_t index_of(std::string_view language, std::span<const std::string> languages,
                      const std::filesystem::path& path) {
  const auto found = std::find(languages.begin(), languages.end(), language);
  if (found == languages.end()) {
    throw_bad(path, fmt::format("language '{}' is not among the run's", language));
  }
  return static_cast<std::int32_t>(found - languages.begin());
}

/// Appends the rows of one row group, which has some.
void append_rows(const arrow::Table& table, std::span<const std::string> languages,
                 std::vector<PairScores>& pairs, const std::filesystem::path& path) {
  const auto first = pairs.size();
  const auto n_rows = static_cast<std::size_t>(table.num_rows());
  pairs.resize(first + n_rows);
  const auto& feature = column<arrow::Int32Array>(table, "feature", false, path);
  const auto& a = column<arrow::StringArray>(table, "language_a", false, path);
  const auto& b = column<arrow::StringArray>(table, "language_b", false, path);
  for (std::size_t i = 0; i < n_rows; ++i) {
    auto& pair = pairs[first + i];
    const auto row = static_cast<std::int64_t>(i);
    pair.feature = feature.Value(row);
    pair.language_a = index_of(a.GetView(row), languages, path);
    pair.language_b = index_of(b.GetView(row), languages, path);
  }
  visit_numbers([&]<class T>(const char* name, T PairScores::*member) {
    constexpr bool kMayBeNull = std::is_same_v<T, std::optional<double>>;
    using Array = typename arrow::TypeTraits<ArrowType<T>>::ArrayType;
    const auto& array = column<Array>(table, name, kMayBeNull, path);
    for (std::size_t i = 0; i < n_rows; ++i) {
      const auto row = static_cast<std::int64_t>(i);
      if (array.IsValid(row)) pairs[first + i].*member = array.Value(row);
    }
  });
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
  while (waiting.size() + pairs.size() >= kRowsAGroup) {
    const auto n = kRowsAGroup - waiting.size();
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

std::vector<PairScores> read_pairs(const ResultFolder& folder,
                                   std::span<const std::string> languages,
                                   std::optional<std::int32_t> feature) {
  const auto path = folder.pairs_parquet();
  const auto schema = pairs_schema();
  const auto reader = open_parquet(path, *schema);
  std::vector<PairScores> pairs;
  for (int group = 0; group < reader->num_row_groups(); ++group) {
    if (feature) {  // ascending within a group: its ends say whether the feature can be there
      const auto ends = read_row_group(*reader, group, {"feature"}, path);
      if (ends->num_rows() == 0) continue;
      const auto& features = column<arrow::Int32Array>(*ends, "feature", false, path);
      if (features.Value(0) > *feature || features.Value(features.length() - 1) < *feature) {
        continue;
      }
    }
    const auto table = read_row_group(*reader, group, schema->field_names(), path);
    if (table->num_rows() > 0) append_rows(*table, languages, pairs, path);
  }
  if (feature) {
    std::erase_if(pairs, [&](const PairScores& pair) { return pair.feature != *feature; });
  }
  return pairs;
}

}  // namespace isogloss
