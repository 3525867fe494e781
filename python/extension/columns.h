// Columns of scores as numpy arrays.
#pragma once

#include <nanobind/nanobind.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "isogloss/score/score_table.h"

namespace isogloss::python {

/// The array takes over the vector's memory. Absent values become NaN, truth values bool.
nanobind::object to_numpy(std::vector<std::uint8_t> column);
nanobind::object to_numpy(std::vector<std::int32_t> column);
nanobind::object to_numpy(std::vector<float> column);
nanobind::object to_numpy(std::vector<double> column);
nanobind::object to_numpy(const std::vector<std::optional<double>>& column);
nanobind::object to_numpy(const std::vector<std::optional<std::int32_t>>& column);

/// name → array [n_features], in the order of scores.parquet.
nanobind::dict columns_of(ScoreTable& table);

}  // namespace isogloss::python
