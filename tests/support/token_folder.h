// A result folder written out token by token, for tests of what features fire on.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "isogloss/store/layout.h"
#include "isogloss/store/maxima.h"

namespace isogloss {

/// A token in the vocabulary's spelling and the features that fire on it.
struct TokenSpec {
  std::string spelling;
  std::map<std::int32_t, float> features;
};

struct SentenceSpec {
  std::string text;
  std::vector<TokenSpec> tokens;  ///< content tokens; BOS is put before them
};

/// Lives in a temporary folder, which goes with the object. Samples are 10, 11, …; token ids count
/// from 100 in the order in which spellings first appear.
class TokenFolder {
 public:
  /// rows[sample][language].
  TokenFolder(std::vector<std::string> languages, std::int32_t n_features,
              const std::vector<std::vector<SentenceSpec>>& rows);
  TokenFolder(const TokenFolder&) = delete;
  ~TokenFolder();

  Maxima maxima() const { return read_maxima(folder, n_features_, languages_); }

  ResultFolder folder;

 private:
  std::vector<std::string> languages_;
  std::int32_t n_features_;
};

}  // namespace isogloss
