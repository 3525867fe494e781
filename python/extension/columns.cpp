#include "python/extension/columns.h"

#include <nanobind/ndarray.h>

#include <limits>
#include <string>
#include <type_traits>
#include <utility>

#include "isogloss/score/score_columns.h"

namespace nb = nanobind;

namespace isogloss::python {
namespace {

template <class Element, class T>
nb::object array_of(std::vector<T> column) {
  static_assert(sizeof(Element) == sizeof(T));
  auto* kept = new std::vector<T>(std::move(column));
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  auto* data = reinterpret_cast<Element*>(kept->data());
  return nb::cast(nb::ndarray<nb::numpy, Element, nb::ndim<1>>(data, {kept->size()}, owner));
}

template <class T>
nb::object with_nan(const std::vector<std::optional<T>>& column) {
  std::vector<double> values;
  values.reserve(column.size());
  for (const auto& value : column) {
    values.push_back(value ? static_cast<double>(*value)
                           : std::numeric_limits<double>::quiet_NaN());
  }
  return to_numpy(std::move(values));
}

}  // namespace

nb::object to_numpy(std::vector<std::uint8_t> column) { return array_of<bool>(std::move(column)); }
nb::object to_numpy(std::vector<std::int32_t> column) {
  return array_of<std::int32_t>(std::move(column));
}
nb::object to_numpy(std::vector<float> column) { return array_of<float>(std::move(column)); }
nb::object to_numpy(std::vector<double> column) { return array_of<double>(std::move(column)); }
nb::object to_numpy(const std::vector<std::optional<double>>& column) { return with_nan(column); }
nb::object to_numpy(const std::vector<std::optional<std::int32_t>>& column) {
  return with_nan(column);
}

nb::dict columns_of(ScoreTable& table) {
  nb::dict columns;
  visit_score_columns(table, [&](const std::string& name, auto& column) {
    using Column = std::remove_cvref_t<decltype(column)>;
    if constexpr (!std::is_same_v<Column, std::vector<std::string>>) {  // tokens: arrays have none
      columns[name.c_str()] = to_numpy(std::move(column));
    }
  });
  return columns;
}

}  // namespace isogloss::python
