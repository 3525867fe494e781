#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "isogloss/core/text.h"
#include "isogloss/corpus/corpus.h"

namespace isogloss {
namespace {

/// Unicode's White_Space property (PropList.txt), in UTF-8.
constexpr std::string_view kWhiteSpace[] = {
    "\t",           "\n",           "\v",           "\f",           "\r",           " ",
    "\xc2\x85",     "\xc2\xa0",     "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82",
    "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85", "\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88",
    "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
    "\xe3\x80\x80"};

/// `text` without white space at its ends.
std::string_view trim(std::string_view text) {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const auto space : kWhiteSpace) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        changed = true;
      }
      if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        changed = true;
      }
    }
  }
  return text;
}

/// The texts as they are compared: one spelling for what reads the same.
std::vector<std::string> compared_texts(const ParallelSentence& row) {
  std::vector<std::string> texts;
  for (const auto& text : row.text) texts.emplace_back(trim(normalized(text)));
  return texts;
}

/// Rows judged one by one, in order.
class RowJudge {
 public:
  /// The count that `row` belongs to in `dropped`, or null to keep it.
  std::int64_t* judge(const ParallelSentence& row, DropCounts& dropped) {
    auto texts = compared_texts(row);
    if (std::find(texts.begin(), texts.end(), std::string()) != texts.end()) {
      return &dropped.empty;
    }
    std::string key;
    for (const auto& text : texts) key.append(text).push_back('\0');  // no text holds a NUL
    if (!seen_.insert(std::move(key)).second) return &dropped.duplicate;
    std::sort(texts.begin(), texts.end());
    const bool repeats = std::adjacent_find(texts.begin(), texts.end()) != texts.end();
    return repeats ? &dropped.identical : nullptr;
  }

 private:
  std::unordered_set<std::string> seen_;
};

/// The mean of the two middle values where their number is even. `values` is not empty.
double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2 == 1) return *middle;
  return (*std::max_element(values.begin(), middle) + *middle) / 2;
}

/// Marks in `odd` the rows in which the ratio of two languages' lengths differs by more than
/// kMaxLengthFactor from the ratio that is usual for the two. `a`, `b`: [n_rows], code points.
void mark_odd_lengths(const std::vector<double>& a, const std::vector<double>& b,
                      std::vector<bool>& odd) {
  std::vector<double> log_ratios(a.size());
  for (std::size_t row = 0; row < a.size(); ++row) log_ratios[row] = std::log(a[row] / b[row]);
  const double usual = median(log_ratios);
  for (std::size_t row = 0; row < a.size(); ++row) {
    const bool is_short = a[row] < kShortText && b[row] < kShortText;
    if (!is_short && std::abs(log_ratios[row] - usual) > std::log(kMaxLengthFactor)) {
      odd[row] = true;
    }
  }
}

/// [n_rows]
std::vector<bool> find_odd_lengths(const Corpus& corpus) {
  std::vector<bool> odd(corpus.rows.size());
  if (corpus.rows.size() < kMinRowsForLengths) return odd;
  std::vector<std::vector<double>> lengths(corpus.languages.size());
  for (const auto& row : corpus.rows) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      lengths[i].push_back(static_cast<double>(count_code_points(trim(row.text[i]))));
    }
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    for (std::size_t j = i + 1; j < lengths.size(); ++j) {
      mark_odd_lengths(lengths[i], lengths[j], odd);
    }
  }
  return odd;
}

}  // namespace

void clean(Corpus& corpus) {
  RowJudge judge;
  std::erase_if(corpus.rows, [&](const ParallelSentence& row) {
    auto* count = judge.judge(row, corpus.dropped);
    if (count != nullptr) ++*count;
    return count != nullptr;
  });
  const auto odd = find_odd_lengths(corpus);
  corpus.dropped.length_ratio += std::count(odd.begin(), odd.end(), true);
  std::size_t index = 0;
  std::erase_if(corpus.rows, [&](const ParallelSentence&) { return odd[index++]; });
}

}  // namespace isogloss
