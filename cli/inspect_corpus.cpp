#include "cli/inspect_corpus.h"

#include <fmt/format.h>

#include <cmath>

#include "isogloss/corpus/profile.h"

namespace isogloss::cli {
namespace {

using Facts = nlohmann::ordered_json;

double rounded(double value) { return std::round(value * 100) / 100; }

Facts describe_lengths(const LengthProfile& lengths) {
  return {{"language", lengths.language}, {"min", lengths.shortest}, {"median", lengths.median},
          {"95%", lengths.percentile_95}, {"max", lengths.longest},  {"empty", lengths.n_empty}};
}

Facts describe_alignment(const AlignmentProfile& alignment, const std::string& first) {
  return {{"pair", first + "-" + alignment.language},
          {"ratio", rounded(alignment.ratio)},
          {"correlation", rounded(alignment.correlation)},
          {"identical", alignment.n_identical},
          {"odd", alignment.n_odd}};
}

/// Sentences on what looks wrong.
Facts find_suspicions(const AlignmentProfile& alignment, const std::string& first) {
  Facts found = Facts::array();
  if (alignment.seems_misaligned) {
    found.push_back(
        alignment.shifted_correlation > alignment.correlation && alignment.shift != 0
            ? fmt::format("{}-{}: lengths correlate by {:.2f}, but by {:.2f} if {} is read {} "
                          "row{} {}: are the rows shifted?",
                          first, alignment.language, alignment.correlation,
                          alignment.shifted_correlation, alignment.language,
                          std::abs(alignment.shift), std::abs(alignment.shift) == 1 ? "" : "s",
                          alignment.shift > 0 ? "later" : "earlier")
            : fmt::format("{}-{}: lengths correlate by {:.2f} only: are the rows translations of "
                          "each other?",
                          first, alignment.language, alignment.correlation));
  }
  for (const auto& row : alignment.oddest) {
    found.push_back(fmt::format("row {}: {} characters in {}, {} in {}", row.source,
                                row.length_first, first, row.length, alignment.language));
  }
  return found;
}

}  // namespace

Facts describe_drops(const DropCounts& dropped) {
  return {{"empty", dropped.empty},
          {"duplicate", dropped.duplicate},
          {"identical", dropped.identical},
          {"length_ratio", dropped.length_ratio}};
}

Facts describe_corpus(const std::filesystem::path& path, CorpusOptions options) {
  options.clean = false;
  auto corpus = read_corpus(path, options);
  const auto profile = profile_corpus(corpus);
  Facts lengths = Facts::array();
  for (const auto& language : profile.lengths) lengths.push_back(describe_lengths(language));
  Facts alignments = Facts::array();
  Facts suspicious = Facts::array();
  for (const auto& alignment : profile.alignments) {
    alignments.push_back(describe_alignment(alignment, corpus.languages[0]));
    for (auto& line : find_suspicions(alignment, corpus.languages[0])) {
      suspicious.push_back(std::move(line));
    }
  }
  clean(corpus);
  Facts facts = {
      {"kind", "parallel corpus"}, {"languages", corpus.languages}, {"rows", corpus.n_rows_read}};
  if (!corpus.split.empty()) facts["split"] = corpus.split;
  facts["kept after cleaning"] = corpus.rows.size();
  facts["dropped"] = describe_drops(corpus.dropped);
  facts["lengths"] = std::move(lengths);
  facts["alignment"] = std::move(alignments);
  if (!suspicious.empty()) facts["suspicious"] = std::move(suspicious);
  if (!corpus.notes.empty()) facts["notes"] = corpus.notes;
  return facts;
}

}  // namespace isogloss::cli
