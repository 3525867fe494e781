// sequences.parquet: the text and its tokens.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "isogloss/store/layout.h"

namespace isogloss {

/// One sentence in one language as the model saw it.
struct SequenceRecord {
  std::int32_t sample = 0;
  std::string language;
  std::string source;
  std::optional<std::string> document;
  std::string text;
  std::vector<std::int32_t> token_ids;  ///< entry 0 is BOS where the model has one
  std::vector<std::string> tokens;      ///< the vocabulary's spelling of each id
};

/// Writes sequences.parquet row group by row group, under a temporary name until finish().
class SequenceWriter {
 public:
  explicit SequenceWriter(const ResultFolder& folder);
  ~SequenceWriter();                                     ///< an unfinished file is removed
  void append(std::span<const SequenceRecord> records);  ///< one row group
  void finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads all records whose sample is in `samples` (ascending), or every record if `samples` is
/// empty. They are ordered by sample, then as written.
std::vector<SequenceRecord> read_sequences(const ResultFolder& folder,
                                           std::span<const std::int32_t> samples);

/// Calls `visit` with the records of each row group, in file order; holds one row group at a time.
void visit_sequences(const ResultFolder& folder,
                     const std::function<void(std::span<const SequenceRecord>)>& visit);

/// [n_languages] The `sample` column of each language's records, ascending: the rows of the corpus
/// that were kept. `languages` are all of the run's.
std::vector<std::vector<std::int32_t>> read_sample_ids(const ResultFolder& folder,
                                                       std::span<const std::string> languages);

}  // namespace isogloss
