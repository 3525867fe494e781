// The stratified co-firing p-value: the upper tail of a sum of independent hypergeometric
// variables.
//
// Each stratum's distribution is tilted, its terms multiplied by w^x, w >= 1 chosen so that the
// mean of the tilted sum lies near `cofire` (the saddle point of Daniels 1954, "Saddlepoint
// approximations in statistics"; here nothing is approximated, tilting only moves the window). The
// tilted terms are convolved and the weights taken out again:
//   P(X = x) = w^−(x − Σ m_g) · C(x) · Π_g P(X_g = m_g),
// with m_g the largest tilted term of stratum g and C the convolution of terms in units of it.
//
// Error. All terms are positive, so rounding stays relative: some ulps per factor, 1e-12 over the
// thousands of factors between a mode and m_g. Tilted terms below kNegligible = 1e-22 of the
// largest are dropped, from each stratum and from the running convolution. They fall geometrically
// from there, and weights beyond `cofire` are at most 1, so that with k strata and w in its place
// the tail lacks at most about k·1e-22·(width of the window)² of itself: 1e-14 for 40 strata of
// 10,000 rows, 1e-11 for 10,000 strata of 10.

#include "isogloss/score/cofiring/stratified_tail.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include "isogloss/numeric/hypergeometric.h"

namespace isogloss {
namespace {

constexpr double kNegligible = 1e-22;

/// A product of many factors of any size that neither underflows nor overflows.
class ScaledProduct {
 public:
  void multiply(double factor) {
    product_ *= factor;
    if (product_ > 1e-150 && product_ < 1e150) return;
    log_ += std::log(product_);
    product_ = 1;
  }
  void multiply_exp(double exponent) { log_ += exponent; }
  double value() const { return log_ == 0 ? product_ : std::exp(log_ + std::log(product_)); }

 private:
  double product_ = 1;
  double log_ = 0;
};

/// Mean and variance of the tilted sum, near enough to place the window.
struct Moments {
  double mean = 0;
  double variance = 0;
};

/// Fisher's noncentral hypergeometric distribution is the tilted one; its mean solves nearly
/// x(n − a − b + x) = w(a − x)(b − x) (Cornfield 1956), its variance is the harmonic sum of the
/// four cells' counts.
Moments tilted_moments(const std::vector<Hypergeometric>& strata, double w) {
  Moments sum;
  for (const auto& terms : strata) {
    const auto a = static_cast<double>(terms.fires_a);
    const auto b = static_cast<double>(terms.fires_b);
    const auto n = static_cast<double>(terms.n);
    const double linear = n + (w - 1) * (a + b);
    const double root = std::sqrt(std::max(0.0, linear * linear - 4 * (w - 1) * w * a * b));
    const double x = 2 * w * a * b / (linear + root);
    sum.mean += x;
    const double cells = 1 / x + 1 / (a - x) + 1 / (b - x) + 1 / (n - a - b + x);
    if (cells > 0) sum.variance += 1 / cells;
  }
  return sum;
}

/// θ = ln w >= 0 that brings the tilted mean to within a quarter of a standard deviation of
/// `target`, which lies below the highest possible sum; 0 if the mean is there or above already.
/// Newton's steps on ln(mean), which is linear in θ while co-firing is rare and concave after, kept
/// in a bracket.
double find_tilt(const std::vector<Hypergeometric>& strata, double target) {
  constexpr int kMaxSteps = 100;
  double theta = 0;
  double low = 0;
  double high = 100;  // w = 1e43: no counts below 2^31 need more
  for (int step = 0; step < kMaxSteps; ++step) {
    const auto [mean, variance] = tilted_moments(strata, std::exp(theta));
    if (theta == 0 && mean >= target) return 0;
    if (std::abs(mean - target) <= 0.25 * std::sqrt(variance)) break;
    (mean < target ? low : high) = theta;
    const double newton = theta + std::log(target / mean) * mean / variance;
    theta = newton > low && newton < high ? newton : (low + high) / 2;
  }
  return theta;
}

/// Consecutive terms of a distribution, the first at `first`.
struct Window {
  std::int64_t first = 0;
  std::vector<double> terms;
};

/// One stratum's tilted terms in units of the largest; multiplies `scale` by the untilted
/// probability of the value at which that lies, and adds the value to `places`.
Window tilted_window(const Hypergeometric& stratum, double w, ScaledProduct& scale,
                     std::int64_t& places) {
  auto peak = stratum.mode();
  scale.multiply(1 / stratum.whole());
  for (; peak < stratum.highest() && stratum.ratio_up(peak) * w > 1; ++peak) {
    scale.multiply(stratum.ratio_up(peak));
  }
  places += peak;
  Window window{peak, {1}};
  for (double term = 1; window.first > stratum.lowest(); --window.first) {
    term /= stratum.ratio_up(window.first - 1) * w;
    if (term < kNegligible) break;
    window.terms.push_back(term);
  }
  std::reverse(window.terms.begin(), window.terms.end());
  double term = 1;
  for (auto x = peak; x < stratum.highest(); ++x) {
    term *= stratum.ratio_up(x) * w;
    if (term < kNegligible) break;
    window.terms.push_back(term);
  }
  return window;
}

/// Divides by the largest term, which goes into `scale`, and drops negligible terms at both ends.
void normalize(Window& window, ScaledProduct& scale) {
  const double largest = *std::max_element(window.terms.begin(), window.terms.end());
  scale.multiply(largest);
  for (auto& term : window.terms) term /= largest;
  const auto counts = [](double term) { return term >= kNegligible; };
  const auto last = std::find_if(window.terms.rbegin(), window.terms.rend(), counts).base();
  window.terms.erase(last, window.terms.end());
  const auto first = std::find_if(window.terms.begin(), window.terms.end(), counts);
  window.first += first - window.terms.begin();
  window.terms.erase(window.terms.begin(), first);
}

Window convolution(const Window& longer, const Window& shorter) {
  Window result{longer.first + shorter.first,
                std::vector<double>(longer.terms.size() + shorter.terms.size() - 1)};
  for (std::size_t i = 0; i < shorter.terms.size(); ++i) {
    const double factor = shorter.terms[i];
    double* to = result.terms.data() + i;
    for (std::size_t j = 0; j < longer.terms.size(); ++j) to[j] += factor * longer.terms[j];
  }
  return result;
}

/// P(X = Σ highest): every stratum at its highest count.
double top_term(const std::vector<Hypergeometric>& strata) {
  ScaledProduct probability;
  for (const auto& stratum : strata) {
    probability.multiply(1 / stratum.whole());
    for (auto x = stratum.mode(); x < stratum.highest(); ++x) {
      probability.multiply(stratum.ratio_up(x));
    }
  }
  return probability.value();
}

}  // namespace

double stratified_hypergeometric_tail(std::int64_t cofire, std::span<const StratumCounts> strata) {
  std::vector<Hypergeometric> free;  // those with more than one possible count
  std::int64_t lowest = 0;
  std::int64_t highest = 0;
  for (const auto& counts : strata) {
    const Hypergeometric terms{counts.fires_a, counts.fires_b, counts.n};
    lowest += terms.lowest();
    highest += terms.highest();
    if (terms.lowest() == terms.highest()) {
      cofire -= terms.lowest();
      lowest -= terms.lowest();
      highest -= terms.lowest();
    } else {
      free.push_back(terms);
    }
  }
  if (cofire <= lowest) return 1;
  if (cofire > highest) return 0;
  if (cofire == highest) return top_term(free);

  const double theta = find_tilt(free, static_cast<double>(cofire));
  const double w = std::exp(theta);
  ScaledProduct scale;
  std::int64_t places = 0;
  Window sum{0, {1}};
  for (const auto& stratum : free) {
    auto window = tilted_window(stratum, w, scale, places);
    if (window.terms.size() > sum.terms.size()) std::swap(window, sum);
    sum = convolution(sum, window);
    normalize(sum, scale);
  }
  scale.multiply_exp(-theta * static_cast<double>(cofire - places));
  const auto end = sum.first + static_cast<std::int64_t>(sum.terms.size());
  double tail = 0;
  for (auto x = std::max(cofire, sum.first); x < end; ++x) {
    tail += sum.terms[static_cast<std::size_t>(x - sum.first)] *
            std::exp(-theta * static_cast<double>(x - cofire));
  }
  scale.multiply(tail);
  return std::min(scale.value(), 1.0);
}

}  // namespace isogloss
