#include "isogloss/corpus/profile.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "isogloss/core/text.h"
#include "isogloss/corpus/length_ratios.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

constexpr std::ptrdiff_t kMaxShift = 3;

/// [n_rows]
std::vector<double> lengths_of(const Corpus& corpus, std::size_t language) {
  std::vector<double> lengths;
  for (const auto& row : corpus.rows) lengths.push_back(text_length(row.text[language]));
  return lengths;
}

LengthProfile profile_lengths(std::string language, std::vector<double> lengths) {
  std::ranges::sort(lengths);
  const auto n = lengths.size();
  return {.language = std::move(language),
          .shortest = lengths.front(),
          .median = median(lengths),
          .percentile_95 = lengths[(n * 95 + 99) / 100 - 1],
          .longest = lengths.back(),
          .n_empty = std::ranges::count(lengths, 0.0)};
}

bool is_same_text(const std::string& a, const std::string& b) {
  const auto text_a = normalized(a);
  const auto text_b = normalized(b);
  const auto trimmed = trim_white_space(text_a);
  return !trimmed.empty() && trimmed == trim_white_space(text_b);
}

std::vector<OddRow> find_oddest(const Corpus& corpus, const std::vector<double>& lengths,
                                const std::vector<double>& first, double usual,
                                const std::vector<bool>& odd) {
  std::vector<OddRow> rows;
  for (std::size_t row = 0; row < odd.size(); ++row) {
    if (!odd[row]) continue;
    const auto factor = lengths[row] > 0 && first[row] > 0
                            ? std::exp(std::abs(std::log(lengths[row] / first[row]) - usual))
                            : std::numeric_limits<double>::infinity();
    rows.push_back({corpus.rows[row].source, lengths[row], first[row], factor});
  }
  std::ranges::stable_sort(rows, std::ranges::greater{}, &OddRow::factor);
  if (rows.size() > kShownOddRows) rows.resize(kShownOddRows);
  return rows;
}

bool lengths_vary(const LengthProfile& lengths) {
  return lengths.percentile_95 >= kVariedLengths * lengths.median;
}

bool seems_misaligned(const AlignmentProfile& alignment, const LengthProfile& lengths,
                      const LengthProfile& first, std::size_t n_rows) {
  if (n_rows < kMinRowsForLengths || !lengths_vary(lengths) || !lengths_vary(first)) return false;
  return alignment.correlation < kLowCorrelation ||
         alignment.shifted_correlation > alignment.correlation + kHigherCorrelation;
}

AlignmentProfile profile_alignment(const Corpus& corpus, std::size_t language,
                                   const std::vector<double>& lengths,
                                   const std::vector<double>& first) {
  AlignmentProfile profile;
  profile.language = corpus.languages[language];
  const auto ratios = log_ratios(lengths, first);
  const auto usual = ratios.empty() ? 0 : median(ratios);
  profile.ratio = std::exp(usual);
  profile.correlation = length_correlation(first, lengths, 0);
  profile.shifted_correlation = profile.correlation;
  for (auto shift = -kMaxShift; shift <= kMaxShift; ++shift) {
    const auto correlation = length_correlation(first, lengths, shift);
    if (correlation <= profile.shifted_correlation) continue;
    profile.shift = shift;
    profile.shifted_correlation = correlation;
  }
  profile.n_identical = std::ranges::count_if(corpus.rows, [&](const ParallelSentence& row) {
    return is_same_text(row.text[0], row.text[language]);
  });
  std::vector<bool> odd(corpus.rows.size());
  mark_odd_lengths(lengths, first, usual, odd);
  profile.n_odd = std::ranges::count(odd, true);
  profile.oddest = find_oddest(corpus, lengths, first, usual, odd);
  return profile;
}

}  // namespace

CorpusProfile profile_corpus(const Corpus& corpus) {
  CorpusProfile profile;
  const auto first = lengths_of(corpus, 0);
  for (std::size_t language = 0; language < corpus.languages.size(); ++language) {
    const auto lengths = lengths_of(corpus, language);
    profile.lengths.push_back(profile_lengths(corpus.languages[language], lengths));
    if (language == 0) continue;
    auto alignment = profile_alignment(corpus, language, lengths, first);
    alignment.seems_misaligned = seems_misaligned(alignment, profile.lengths[language],
                                                  profile.lengths[0], corpus.rows.size());
    profile.alignments.push_back(std::move(alignment));
  }
  return profile;
}

}  // namespace isogloss
