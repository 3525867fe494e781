// The description of a column of the score table, for everything that shows it.
#pragma once

#include <string>
#include <string_view>

namespace isogloss {

/// How a value is shown to a reader.
enum class ColumnFormat {
  kWhole,        ///< a count
  kRank,         ///< a place, from 0
  kDecimals1,    ///< one decimal
  kDecimals2,    ///< two
  kDecimals3,    ///< three
  kQuantity,     ///< four significant digits, of any size
  kProbability,  ///< two significant digits, small ones as powers of ten
  kShare,        ///< 0 … 1, as a percentage
  kTruth,        ///< yes or no
};

/// Which values a reader looks for first.
enum class BestEnd { kHigh, kLow };

/// How the validation (isogloss validate) treats a column.
enum class ValidatedAs {
  kNothing,
  kRanking,  ///< a score that orders features: higher is shared, or lower if `best` is kLow
  kWeight,   ///< a ranking whose max(0, value) also says how much a feature counts
};

/// One row of the registry. Braces in `tip` stand for what a run decides: {null}, {lambda}, {fdr},
/// {max_permutations}, {max_t_permutations}, {intervals_over}; {language} stands in the label and
/// the tip of a column of one language.
struct ColumnInfo {
  /// In the files; for a column of one language, the part before its code.
  std::string_view name = {};
  std::string_view label = {};  ///< heads the column on the page
  std::string_view tip = {};    ///< explains it in whole sentences
  ColumnFormat format = ColumnFormat::kDecimals3;
  BestEnd best = BestEnd::kHigh;
  /// The page orders columns by this. Those below kFirstHidden are shown from the start.
  int place = 1000;
  ValidatedAs validated_as = ValidatedAs::kNothing;
  bool chance_is_zero = false;     ///< 0 is expected where sentences are paired at random
  bool of_many_languages = false;  ///< says something new only for more than two languages

  static constexpr int kFirstHidden = 100;
  bool shown_at_first() const { return place < kFirstHidden; }
};

/// "decimals3", "probability" …: the format's name in the page's data.
std::string_view to_string(ColumnFormat format);

}  // namespace isogloss
