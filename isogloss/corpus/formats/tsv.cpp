#include "isogloss/corpus/delimited.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/table.h"

namespace isogloss {
namespace {

constexpr std::string_view kExtensions[] = {".tsv", ".tab"};

}  // namespace

const CorpusFormat corpus_format::tsv = {
    .name = "TSV",
    .accepted = "a .tsv file",
    .extensions = kExtensions,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return open_table(open_tsv(corpus.files.front().path));
    },
};

}  // namespace isogloss
