#include "isogloss/corpus/delimited.h"
#include "isogloss/corpus/format.h"
#include "isogloss/corpus/table.h"
#include "isogloss/corpus/tatoeba_pairs.h"

namespace isogloss {
namespace {

constexpr std::string_view kExtensions[] = {".tsv", ".tab"};

}  // namespace

const CorpusFormat corpus_format::tsv = {
    .name = "TSV",
    .accepted = "a .tsv file",
    .extensions = kExtensions,
    .open = [](const CorpusFiles& corpus) -> std::unique_ptr<RowReader> {
      const auto& path = corpus.files.front().path;
      if (auto pairs = open_tatoeba_pairs(path)) return pairs;
      return open_table(open_tsv(path));
    },
};

}  // namespace isogloss
