#include "isogloss/corpus/delimited.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/splits.h"
#include "isogloss/corpus/table.h"
#include "isogloss/corpus/tatoeba_pairs.h"

namespace isogloss {
namespace {

constexpr std::string_view kExtensions[] = {".tsv", ".tab"};

}  // namespace

const CorpusFormat corpus_format::tsv = {
    .name = "TSV",
    .accepted = "a .tsv file or a folder of them",
    .extensions = kExtensions,
    .find_files = [](const auto& path) { return find_tables(path, ".tsv"); },
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      if (auto pairs = open_tatoeba_pairs(corpus.files.front().path)) return pairs;
      return open_tables(corpus.files, &open_tsv);
    },
};

}  // namespace isogloss
