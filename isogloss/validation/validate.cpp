#include <iterator>

#include "isogloss/validation/validation.h"

namespace isogloss {
namespace {

void append(std::vector<Finding>& to, std::vector<Finding> findings) {
  to.insert(to.end(), std::make_move_iterator(findings.begin()),
            std::make_move_iterator(findings.end()));
}

/// Retrieval takes each ordered pair of runs; rank agreement, which is symmetric, takes each
/// unordered one.
void append_between(std::span<const ValidationRun> runs, const ValidationOptions& options,
                    const RunControl& control, std::vector<Finding>& findings) {
  for (const auto& run : runs) {
    for (const auto& other : runs) {
      if (&run != &other) append(findings, retrieval_findings(run, other, options, control));
    }
  }
  for (std::size_t i = 0; i < runs.size(); ++i) {
    for (std::size_t j = i + 1; j < runs.size(); ++j) {
      append(findings, rank_agreement_findings(runs[i], runs[j]));
    }
  }
}

}  // namespace

std::vector<Finding> validate(std::span<const ValidationRun> runs, const ValidationOptions& options,
                              const RunControl& control, const ValidationRun* against) {
  if (against != nullptr) check_same_sentences(runs.front(), *against);
  std::vector<Finding> findings;
  for (const auto& run : runs) append(findings, null_findings(run, options, control));
  append(findings, planted_findings(runs.front().observed.maxima.n_rows(),
                                    *runs.front().manifest.scoring, options, control));
  for (const auto& run : runs) append(findings, reliability_findings(run, options, control));
  if (runs.size() > 1) {
    append_between(runs, options, control, findings);
  } else {
    append_between(split_run(runs.front(), options, control), options, control, findings);
  }
  for (const auto& run : runs) append(findings, sensitivity_findings(run, options, control));
  if (against != nullptr) append(findings, rounding_findings(runs.front(), *against));
  return findings;
}

}  // namespace isogloss
