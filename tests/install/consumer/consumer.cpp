// What a user of the library writes: the README shows this program, and the install test builds it.
#include <iostream>

#include "isogloss/corpus/corpus.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/score/agreement/agreement.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto corpus = isogloss::read_corpus(argv[1], {.languages = {"en", "es"}});

  // Two languages in which a feature fires on sentences 0 and 1, alike but for one more in Spanish.
  const std::int32_t rows[] = {0, 1, 2};
  const float values[] = {4, 2, 1};
  const std::int32_t positions[] = {1, 1, 1};
  const isogloss::SparseColumn english{{rows, 2}, {values, 2}, {positions, 2}};
  const isogloss::SparseColumn spanish{rows, values, positions};
  const auto agreement = isogloss::pair_agreement(english, spanish, 100);
  std::cout << corpus.rows.size() << " sentence pairs; kappa " << *agreement.kappa << "\n";
}
