#include "isogloss/corpus/length_ratios.h"

#include <algorithm>
#include <cmath>

#include "isogloss/core/text.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {

double text_length(std::string_view text) {
  return static_cast<double>(count_code_points(trim_white_space(text)));
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

std::vector<double> log_ratios(std::span<const double> a, std::span<const double> b) {
  std::vector<double> ratios;
  for (std::size_t row = 0; row < a.size(); ++row) {
    if (a[row] > 0 && b[row] > 0) ratios.push_back(std::log(a[row] / b[row]));
  }
  return ratios;
}

void mark_odd_lengths(std::span<const double> a, std::span<const double> b, double usual,
                      std::vector<bool>& odd) {
  for (std::size_t row = 0; row < a.size(); ++row) {
    const bool is_short = a[row] < kShortText && b[row] < kShortText;
    const auto ratio = std::log(a[row] / b[row]);
    if (!is_short && std::abs(ratio - usual) > std::log(kMaxLengthFactor)) odd[row] = true;
  }
}

double length_correlation(std::span<const double> a, std::span<const double> b,
                          std::ptrdiff_t shift) {
  const auto n_skipped = static_cast<std::size_t>(std::abs(shift));
  if (a.size() < n_skipped + 2) return 0;
  const auto n = a.size() - n_skipped;
  const auto x = a.subspan(shift < 0 ? n_skipped : 0, n);
  const auto y = b.subspan(shift > 0 ? n_skipped : 0, n);
  double sum_x = 0, sum_y = 0, sum_xx = 0, sum_yy = 0, sum_xy = 0;
  for (std::size_t row = 0; row < n; ++row) {
    const auto log_x = std::log1p(x[row]);
    const auto log_y = std::log1p(y[row]);
    sum_x += log_x;
    sum_y += log_y;
    sum_xx += log_x * log_x;
    sum_yy += log_y * log_y;
    sum_xy += log_x * log_y;
  }
  const auto count = static_cast<double>(n);
  const auto spread = (sum_xx - sum_x * sum_x / count) * (sum_yy - sum_y * sum_y / count);
  return spread > 1e-12 ? (sum_xy - sum_x * sum_y / count) / std::sqrt(spread) : 0;
}

}  // namespace isogloss
