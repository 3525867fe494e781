// Columns of Parquet files as vectors and members: how a C++ type is stored, written and read back.
// Included by .cpp files only, like parquet.h.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"

namespace isogloss {

/// Arrow's type for an element type; an optional element makes a column with nulls.
template <class T>
struct ArrowOf;
template <>
struct ArrowOf<std::uint8_t> : std::type_identity<arrow::BooleanType> {};
template <>
struct ArrowOf<std::int32_t> : std::type_identity<arrow::Int32Type> {};
template <>
struct ArrowOf<std::int64_t> : std::type_identity<arrow::Int64Type> {};
template <>
struct ArrowOf<float> : std::type_identity<arrow::FloatType> {};
template <>
struct ArrowOf<double> : std::type_identity<arrow::DoubleType> {};
template <>
struct ArrowOf<std::string> : std::type_identity<arrow::StringType> {};
template <class T>
struct ArrowOf<std::optional<T>> : ArrowOf<T> {};

template <class T>
constexpr bool kIsOptional = false;
template <class T>
constexpr bool kIsOptional<std::optional<T>> = true;

template <class T>
using ArrayOf = typename arrow::TypeTraits<typename ArrowOf<T>::type>::ArrayType;

template <class T>
std::shared_ptr<arrow::Field> field_of(const std::string& name) {
  return arrow::field(name, arrow::TypeTraits<typename ArrowOf<T>::type>::type_singleton());
}

template <class T>
std::shared_ptr<arrow::Field> list_field_of(const std::string& name) {
  return arrow::field(name,
                      arrow::list(arrow::TypeTraits<typename ArrowOf<T>::type>::type_singleton()));
}

/// Builds a column from value_of(row), of type T, for rows 0 … n_rows − 1. `path` is the file it is
/// for.
template <class T, class ValueOf>
std::shared_ptr<arrow::Array> array_of(std::size_t n_rows, const ValueOf& value_of,
                                       const std::filesystem::path& path) {
  typename arrow::TypeTraits<typename ArrowOf<T>::type>::BuilderType builder;
  check_arrow(builder.Reserve(static_cast<std::int64_t>(n_rows)), path, "write");
  const auto append = [&](const auto& value) {
    if constexpr (std::is_same_v<typename ArrowOf<T>::type, arrow::StringType>) {
      check_arrow(builder.Append(value), path, "write");
    } else {
      builder.UnsafeAppend(value);
    }
  };
  for (std::size_t row = 0; row < n_rows; ++row) {
    const T& value = value_of(row);
    if constexpr (kIsOptional<T>) {
      value ? append(*value) : builder.UnsafeAppendNull();
    } else {
      append(value);
    }
  }
  return take_arrow(builder.Finish(), path, "write");
}

template <class T>
std::shared_ptr<arrow::Array> array_of(const std::vector<T>& column,
                                       const std::filesystem::path& path) {
  return array_of<T>(
      column.size(), [&](std::size_t row) -> const T& { return column[row]; }, path);
}

/// Builds a column from one member of each row.
template <class T, class Row>
std::shared_ptr<arrow::Array> array_of(std::span<const Row> rows, T Row::*member,
                                       const std::filesystem::path& path) {
  return array_of<T>(
      rows.size(), [&](std::size_t row) -> const T& { return rows[row].*member; }, path);
}

/// Builds a column with one list per row: append(row, items) adds its items, of type T, by
/// items(value).
template <class T, class Append>
std::shared_ptr<arrow::Array> list_array_of(std::size_t n_rows, const Append& append,
                                            const std::filesystem::path& path) {
  using Builder = typename arrow::TypeTraits<typename ArrowOf<T>::type>::BuilderType;
  auto items = std::make_shared<Builder>();
  arrow::ListBuilder lists(arrow::default_memory_pool(), items);
  for (std::size_t row = 0; row < n_rows; ++row) {
    check_arrow(lists.Append(), path, "write");
    append(row, [&](const T& value) { check_arrow(items->Append(value), path, "write"); });
  }
  return take_arrow(lists.Finish(), path, "write");
}

/// The items of a list column, row by row.
template <class Array>
struct ListItems {
  const Array& items;
  const arrow::ListArray& lists;

  std::int32_t begin(std::int64_t row) const { return lists.value_offset(row); }
  std::int32_t size(std::int64_t row) const { return lists.value_length(row); }
};

/// The columns of a table that came from an untrusted file: each has one chunk and the type that
/// open_parquet checked. `table` and `path` outlive it.
class TableColumns {
 public:
  /// `remedy` ends the message of every error, e.g. "score the folder again".
  TableColumns(const arrow::Table& table, const std::filesystem::path& path,
               std::string_view remedy)
      : table_(table), path_(path), remedy_(remedy) {}

  std::size_t n_rows() const { return static_cast<std::size_t>(table_.num_rows()); }

  /// Throws Error(kBadInput): "FILE: PROBLEM; REMEDY".
  [[noreturn]] void fail(const std::string& problem) const {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}; {}", path_.string(), problem, remedy_));
  }

  /// Fails on nulls unless `may_be_null`.
  template <class Array>
  const Array& array(const std::string& name, bool may_be_null = false) const {
    const auto& chunk = *table_.GetColumnByName(name)->chunk(0);
    if (!may_be_null && chunk.null_count() != 0) fail(fmt::format("column {} holds nulls", name));
    return static_cast<const Array&>(chunk);
  }

  template <class Array>
  ListItems<Array> lists(const std::string& name) const {
    const auto& lists = array<arrow::ListArray>(name);
    if (lists.values()->null_count() != 0) {
      fail(fmt::format("a list in column {} holds nulls", name));
    }
    return {static_cast<const Array&>(*lists.values()), lists};
  }

  /// Calls visit(row, value) for every row that is not null; nulls are allowed for optional T only.
  template <class T, class Visit>
  void for_each(const std::string& name, const Visit& visit) const {
    const auto& values = array<ArrayOf<T>>(name, kIsOptional<T>);
    for (std::int64_t row = 0; row < values.length(); ++row) {
      if (values.IsValid(row)) visit(static_cast<std::size_t>(row), values.GetView(row));
    }
  }

  template <class T>
  std::vector<T> vector(const std::string& name) const {
    std::vector<T> column(n_rows());
    for_each<T>(name, [&](std::size_t row, const auto& value) { column[row] = T(value); });
    return column;
  }

 private:
  const arrow::Table& table_;
  const std::filesystem::path& path_;
  std::string_view remedy_;
};

}  // namespace isogloss
