// Rows put together from texts that come one by one, each with the key of its row.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "isogloss/corpus/format.h"

namespace isogloss {

struct RowName {
  std::string source;
  std::string document = {};  ///< may be empty
};

/// Holds all texts of the wanted languages.
class JoinedRows {
 public:
  explicit JoinedRows(std::span<const std::string> wanted);

  /// Takes the text of `key` in `language`, and the row's name with its first text; ignores
  /// languages that are not wanted. False if there is one already, which stays.
  bool add(std::string_view key, std::string_view language, std::string_view text,
           const RowName& name);

  /// Passes on the rows that have a text in every wanted language, in the order in which their keys
  /// first came. Returns notes on the others.
  std::vector<std::string> pass_on(const RowSink& sink) const;

 private:
  struct Row {
    RowName name;
    std::vector<std::optional<std::string>> text;  ///< [n_languages]
  };

  std::span<const std::string> wanted_;
  std::vector<Row> rows_;
  std::unordered_map<std::string, std::size_t> row_of_key_;
};

}  // namespace isogloss
