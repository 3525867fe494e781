// How the lengths of two languages' texts go together.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace isogloss {

/// The number of code points without the white space at the ends.
double text_length(std::string_view text);

/// The mean of the two middle values where their number is even. `values` is not empty.
double median(std::vector<double> values);

/// ln(a / b) where both are longer than 0, in the rows' order.
std::vector<double> log_ratios(std::span<const double> a, std::span<const double> b);

/// Marks in `odd` the rows in which the ratio of two languages' lengths differs by more than
/// kMaxLengthFactor from `usual`, the median of log_ratios. `a`, `b`, `odd`: [n_rows].
void mark_odd_lengths(std::span<const double> a, std::span<const double> b, double usual,
                      std::vector<bool>& odd);

/// Pearson's correlation of ln(1 + length), of row i in `a` with row i + shift in `b`. 0 if one of
/// the two does not vary, or fewer than two rows meet.
double length_correlation(std::span<const double> a, std::span<const double> b,
                          std::ptrdiff_t shift);

}  // namespace isogloss
