#include "isogloss/score/columns/column_info.h"

namespace isogloss {

std::string_view to_string(ColumnFormat format) {
  switch (format) {
    case ColumnFormat::kWhole:
      return "whole";
    case ColumnFormat::kRank:
      return "rank";
    case ColumnFormat::kDecimals1:
      return "decimals1";
    case ColumnFormat::kDecimals2:
      return "decimals2";
    case ColumnFormat::kDecimals3:
      return "decimals3";
    case ColumnFormat::kQuantity:
      return "quantity";
    case ColumnFormat::kProbability:
      return "probability";
    case ColumnFormat::kShare:
      return "share";
    case ColumnFormat::kTruth:
      return "truth";
  }
  return "";
}

}  // namespace isogloss
