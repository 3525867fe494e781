// Rows of named cells: what TSV, CSV, JSONL and Parquet files have in common.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/corpus/format.h"

namespace isogloss {

/// What stands before the language in the name of a column within `translation`.
inline constexpr std::string_view kTranslationPrefix = "translation.";

struct ColumnRequest {
  std::string name;
  bool is_text =
      true;  ///< every row has one, null reads as empty; otherwise an id: text or integer
};

/// One row as it stands in the file. The views are valid only during the sink's call.
struct CellRow {
  std::int64_t number = 0;  ///< line or, in Parquet, row; from 1
  std::span<const std::optional<std::string_view>>
      cells;  ///< as requested; nullopt: null or absent
};

/// Returns false to end the reading.
using CellSink = std::function<bool(const CellRow&)>;

/// A file of rows. Constructing one reads no more than it takes to know the columns.
class Table {
 public:
  virtual ~Table() = default;

  const std::string& name() const { return name_; }
  const std::vector<std::string>& columns() const { return columns_; }
  bool has(std::string_view column) const;

  /// Whether columns may be other things than the texts of a language.
  bool has_other_columns() const { return has_other_columns_; }

  /// Passes every row to `sink`, in file order, with cells that are UTF-8 without NUL; throws
  /// Error(kBadInput) at the first fault in a column that is wanted.
  virtual void read(std::span<const ColumnRequest> wanted, const CellSink& sink) = 0;

  /// What the last read did that the user should know; see RowReader.
  const std::vector<std::string>& notes() const { return notes_; }

 protected:
  explicit Table(std::string name) : name_(std::move(name)) {}

  std::string name_;
  std::vector<std::string> columns_;
  bool has_other_columns_ = false;
  std::vector<std::string> notes_;
};

using Tables = std::vector<std::unique_ptr<Table>>;

/// The corpus in the tables that `open` opens of `files`, read one after the other: in the wide
/// layout a row holds the text of every language, each in a column of its own; in the long layout
/// of one, and rows with the same key belong together. `files` is not empty.
std::unique_ptr<RowReader> open_tables(
    const std::vector<CorpusFile>& files,
    const std::function<std::unique_ptr<Table>(const std::filesystem::path&)>& open);

}  // namespace isogloss
