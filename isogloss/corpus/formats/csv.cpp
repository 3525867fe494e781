#include "isogloss/corpus/delimited.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/table.h"

namespace isogloss {
namespace {

constexpr std::string_view kExtensions[] = {".csv"};

}  // namespace

const CorpusFormat corpus_format::csv = {
    .name = "CSV",
    .accepted = "a .csv file",
    .extensions = kExtensions,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return open_table(open_csv(corpus.files.front().path));
    },
};

}  // namespace isogloss
