// The mean of the values that are present.
#pragma once

#include <cstdint>
#include <optional>

namespace isogloss {

class Mean {
 public:
  void add(double value) {
    sum_ += value;
    ++count_;
  }
  void add(const std::optional<double>& value) {
    if (value) add(*value);
  }
  /// Absent if nothing was added.
  std::optional<double> value() const {
    if (count_ == 0) return std::nullopt;
    return sum_ / count_;
  }

 private:
  double sum_ = 0;
  std::int32_t count_ = 0;
};

}  // namespace isogloss
