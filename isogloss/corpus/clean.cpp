#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "isogloss/core/text.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/corpus/length_ratios.h"
#include "isogloss/corpus/lines.h"

namespace isogloss {
namespace {

/// The texts as they are compared: one spelling for what reads the same.
std::vector<std::string> compared_texts(const ParallelSentence& row) {
  std::vector<std::string> texts;
  for (const auto& text : row.text) texts.emplace_back(trim_white_space(normalized(text)));
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

/// [n_rows]
std::vector<bool> find_odd_lengths(const Corpus& corpus) {
  std::vector<bool> odd(corpus.rows.size());
  if (corpus.rows.size() < kMinRowsForLengths) return odd;
  std::vector<std::vector<double>> lengths(corpus.languages.size());
  for (const auto& row : corpus.rows) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      lengths[i].push_back(text_length(row.text[i]));
    }
  }
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    for (std::size_t j = i + 1; j < lengths.size(); ++j) {
      const auto usual = median(log_ratios(lengths[i], lengths[j]));
      mark_odd_lengths(lengths[i], lengths[j], usual, odd);
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
