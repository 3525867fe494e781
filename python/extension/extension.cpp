// isogloss._extension: what python/isogloss/_arrays.py calls.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/score/bi_loss/bi_loss.h"
#include "isogloss/score/score_table.h"
#include "isogloss/score/strata/strata.h"
#include "python/extension/columns.h"
#include "python/extension/errors.h"
#include "python/extension/interruptible.h"
#include "python/extension/language_arrays.h"

namespace nb = nanobind;

namespace isogloss::python {
namespace {

using Numbers = ArrayOf<std::int32_t>;

std::vector<std::int32_t> copied(const Numbers& array) {
  return {array.data(), array.data() + array.size()};
}

/// `labels`: 0 … n_strata − 1, each of them there.
Strata strata_from(const Numbers& labels) {
  Strata strata{copied(labels), {}};
  for (const auto label : strata.of_row) {
    if (static_cast<std::size_t>(label) >= strata.size.size()) {
      strata.size.resize(static_cast<std::size_t>(label) + 1);
    }
    ++strata.size[static_cast<std::size_t>(label)];
  }
  return strata;
}

struct Choices {
  std::string null;
  double shrinkage;
  std::optional<double> beta;
  std::int32_t permutations;
  std::int32_t max_t;
  std::int32_t bootstrap;
  std::uint64_t seed;
  std::string fdr;
  double fdr_level;
  std::vector<std::string> measures;
};

ScoringOptions scoring_options(const Choices& choices) {
  const auto null_model = null_model_from(choices.null);
  const auto fdr = fdr_procedure_from(choices.fdr);
  if (!null_model || !fdr) {
    throw Error(ErrorCode::kUsage, "null is plain, length or length-document, and fdr is bh or by");
  }
  return {.shrinkage_lambda = choices.shrinkage,
          .beta = choices.beta,
          .null_model = *null_model,
          .fdr = *fdr,
          .fdr_level = choices.fdr_level,
          .max_permutations = choices.permutations,
          .max_t_permutations = choices.max_t,
          .n_bootstrap = choices.bootstrap,
          .seed = choices.seed,
          .measures = choices.measures};
}

/// `strata` wins over `lengths` and `documents`; with neither, all sentences are one stratum.
nb::dict score(const std::vector<LanguageArrays>& languages, std::int32_t n_sentences,
               std::int32_t n_features, const std::optional<Numbers>& strata,
               const std::vector<Numbers>& lengths, const std::optional<Numbers>& documents,
               const Choices& choices, const nb::object& progress) {
  const auto options = scoring_options(choices);
  const auto maxima = maxima_of(languages, n_sentences, n_features);
  ScoringInput input{maxima};
  RowTraits traits;
  for (const auto& of_language : lengths) traits.n_tokens.push_back(copied(of_language));
  if (documents) traits.document = copied(*documents);
  if (!lengths.empty()) input.traits = &traits;
  std::optional<Strata> own_strata;
  if (strata) input.strata = &own_strata.emplace(strata_from(*strata));
  ScoreTable table;
  run_interruptibly(progress, [&](const RunControl& control) {
    table = score_features(input, options, control);
  });
  return columns_of(table);
}

nb::tuple bi_loss_of(const std::vector<LanguageArrays>& languages, std::int32_t n_sentences,
                     std::int32_t n_features, bool text_form, std::optional<double> beta) {
  const auto maxima = maxima_of(languages, n_sentences, n_features);
  BiLoss result;
  run_interruptibly(nb::none(), [&](const RunControl&) {
    result = bi_loss(maxima, text_form ? BiForm::kText : BiForm::kCode, beta);
  });
  return nb::make_tuple(to_numpy(result.loss), to_numpy(result.rank), result.beta);
}

}  // namespace
}  // namespace isogloss::python

NB_MODULE(_extension, module) {
  using isogloss::python::Choices;
  isogloss::python::translate_errors();
  nb::class_<Choices>(module, "Choices")
      .def(nb::init<std::string, double, std::optional<double>, std::int32_t, std::int32_t,
                    std::int32_t, std::uint64_t, std::string, double, std::vector<std::string>>(),
           nb::kw_only(), nb::arg("null"), nb::arg("shrinkage"), nb::arg("beta").none(),
           nb::arg("permutations"), nb::arg("max_t"), nb::arg("bootstrap"), nb::arg("seed"),
           nb::arg("fdr"), nb::arg("fdr_level"), nb::arg("measures"));
  module.def("score", &isogloss::python::score, nb::arg("languages"), nb::arg("n_sentences"),
             nb::arg("n_features"), nb::arg("strata").none(), nb::arg("lengths"),
             nb::arg("documents").none(), nb::arg("choices"), nb::arg("progress").none());
  module.def("bi_loss", &isogloss::python::bi_loss_of, nb::arg("languages"), nb::arg("n_sentences"),
             nb::arg("n_features"), nb::arg("text_form"), nb::arg("beta").none());
}
