#include "isogloss/corpus/delimited.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/splits.h"
#include "isogloss/corpus/table.h"

namespace isogloss {
namespace {

constexpr std::string_view kExtensions[] = {".csv"};

}  // namespace

const CorpusFormat corpus_format::csv = {
    .name = "CSV",
    .accepted = "a .csv file or a folder of them",
    .extensions = kExtensions,
    .find_files = [](const auto& path) { return find_tables(path, ".csv"); },
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      return open_tables(corpus.files, &open_csv);
    },
};

}  // namespace isogloss
