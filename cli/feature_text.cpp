#include "cli/feature_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/terminal.h"
#include "isogloss/model/token_piece.h"

namespace isogloss::cli {
namespace {

constexpr int kIndent = 13;

std::string number(const std::optional<double>& value, const char* format) {
  return value ? fmt::format(fmt::runtime(format), *value) : "undefined";
}

/// Pieces after a label, with `gap` between them; no piece is broken.
void print_pieces(std::string_view label, const std::vector<std::string>& pieces,
                  std::string_view gap, int width) {
  auto line = fmt::format("  {:<{}}", label, kIndent - 2);
  int used = std::max(kIndent, 2 + display_width(label) + 1);
  if (used > kIndent) line += ' ';
  bool is_first = true;
  for (const auto& piece : pieces) {
    const int columns = display_width(piece);
    const int needed = columns + (is_first ? 0 : static_cast<int>(gap.size()));
    if (!is_first && used + needed > width) {
      while (line.ends_with(' ')) line.pop_back();
      fmt::print("{}\n", line);
      line.assign(kIndent, ' ');
      used = kIndent;
      is_first = true;
    }
    if (!is_first) line += gap;
    line += piece;
    used += is_first ? columns : needed;
    is_first = false;
  }
  fmt::print("{}\n", line);
}

void print_text(std::string_view label, const std::string& text, int width) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find(' ', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  print_pieces(label, words, " ", width);
}

std::string interval(const ScoreTable& scores) {
  if (!scores.agreement_low.front() || !scores.agreement_high.front()) return "";
  return fmt::format(" ({:.3f} to {:.3f})", *scores.agreement_low.front(),
                     *scores.agreement_high.front());
}

void print_agreement(const ScoreTable& scores, int width) {
  print_text(
      "agreement",
      fmt::format("{:.3f}, rank {}: kappa {}{}, n_eff {}", scores.agreement_stratified.front(),
                  scores.rank.front(), number(scores.agreement_stratified_raw.front(), "{:.3f}"),
                  interval(scores), number(scores.n_eff.front(), "{:.1f}")),
      width);
  if (scores.p_agreement.front()) {
    print_text("",
               fmt::format("p {:.2g}, q {}", *scores.p_agreement.front(),
                           number(scores.q_agreement.front(), "{:.2g}")),
               width);
  }
  if (scores.languages.size() > 2) {
    print_text("",
               fmt::format("weakest pair {}, all languages at once {}",
                           number(scores.agreement_min.front(), "{:.3f}"),
                           number(scores.agreement_strict.front(), "{:.3f}")),
               width);
  }
  print_text("plain",
             fmt::format("{:.3f}, rank {}: kappa {}, if any two sentences may be paired",
                         scores.agreement.front(), scores.agreement_rank.front(),
                         number(scores.agreement_raw.front(), "{:.3f}")),
             width);
}

void print_limits(const ScoreTable& scores, int width) {
  print_text("limits",
             fmt::format("plain kappa at most {}, containment {}",
                         number(scores.agreement_attainable.front(), "{:.3f}"),
                         number(scores.containment.front(), "{:.3f}")),
             width);
  if (!scores.artefacts) return;
  print_text("halves",
             fmt::format("plain kappa {} between two halves of a sentence in one language",
                         number(scores.artefacts->noise_ceiling.front(), "{:.3f}")),
             width);
}

void print_flags(const ScoreTable& scores, int width) {
  if (!scores.artefacts) return;
  const char* label = "flags";
  for (const auto* flag : flags()) {
    if (!scores.artefacts->has(*flag, 0)) continue;
    print_text(
        label,
        fmt::format("{}: {}{}", flag->word, flag->meaning, flag_detail_text(scores, *flag, 0)),
        width);
    label = "";
  }
  if (*label != '\0') print_text(label, "none", width);
}

/// Published measures, without those of single languages.
void print_measures(const ScoreTable& scores, int width) {
  std::vector<std::string> pieces;
  for (const auto& measure : scores.measures) {
    if (measure.name.starts_with("nu_") || !measure.values.front()) continue;
    pieces.push_back(fmt::format("{} {:.3g}", measure.name, *measure.values.front()));
  }
  for (std::size_t i = 0; i + 1 < pieces.size(); ++i) pieces[i] += ',';
  if (!pieces.empty()) print_pieces("measures", pieces, " ", width);
}

void print_tokens(const char* label, const std::vector<TokenEffect>& tokens, int width) {
  std::vector<std::string> pieces;
  for (const auto& token : tokens) pieces.push_back(printable(token.piece));
  print_pieces(label, pieces, "  ", width);
}

void print_explanations(const FeatureView& view, int width) {
  const char* label = "explained";
  for (const auto& [feature, description, method, model] : view.explanations) {
    const auto by = model.empty() ? "Neuronpedia" : model;
    print_text(label, printable(fmt::format("{} ({})", description, by)), width);
    label = "";
  }
}

void print_language(const FeatureView& view, std::size_t language, int width) {
  const auto& scores = view.scores;
  const auto active = scores.active[language].front();
  std::vector<std::string> pieces;
  if (active == 0) {
    pieces.push_back("silent");
  } else {
    pieces.push_back(fmt::format("{} {}, at most {:.4g}", active,
                                 active == 1 ? "sentence" : "sentences",
                                 scores.max[language].front()));
  }
  for (const auto& [token, share] : view.peaks[language]) {
    pieces.push_back(fmt::format("{} {:.0f}%", printable(token), 100 * share));
  }
  print_pieces(printable(scores.languages[language]), pieces, "  ", width);
}

}  // namespace

void print_numbers(const FeatureView& view, int width) {
  const auto& scores = view.scores;
  print_agreement(scores, width);
  print_text("overlap",
             fmt::format("{} where chance gives {}, within strata {}",
                         number(scores.overlap.front(), "{:.3f}"),
                         number(scores.overlap_expected.front(), "{:.3f}"),
                         number(scores.overlap_expected_stratified.front(), "{:.3f}")),
             width);
  print_limits(scores, width);
  print_text("co-firing",
             fmt::format("{} of {} sentences in every language, p {}, q {}", scores.cofire.front(),
                         scores.n_rows, number(scores.p_cofire.front(), "{:.2g}"),
                         number(scores.q_cofire.front(), "{:.2g}")),
             width);
  print_text(
      "BI loss",
      fmt::format("{}, rank {}", number(scores.bi_loss.front(), "{:.6g}"),
                  scores.bi_rank.front() ? fmt::format("{}", *scores.bi_rank.front()) : "none"),
      width);
  print_measures(scores, width);
  print_flags(scores, width);
  print_explanations(view, width);
  if (view.vocabulary) {
    print_tokens("promotes", view.vocabulary->promoted, width);
    print_tokens("suppresses", view.vocabulary->suppressed, width);
  }
  for (std::size_t l = 0; l < scores.languages.size(); ++l) print_language(view, l, width);
  if (!view.neuronpedia_url.empty()) fmt::print("  {}\n", printable(view.neuronpedia_url));
}

std::string flag_detail_text(const ScoreTable& scores, const FlagDefinition& flag,
                             std::int32_t feature) {
  const auto detail = flag_detail(scores, flag, feature);
  if (!detail) return "";
  const auto language = printable(scores.languages[detail->language]);
  if (detail->token.empty()) return ": " + language;
  return fmt::format(": {}, {:.0f} % in {}", printable(readable_piece(detail->token, false)),
                     100 * detail->share, language);
}

std::vector<std::string> flag_words(const ScoreTable& scores, std::int32_t feature) {
  std::vector<std::string> words;
  if (!scores.artefacts) return words;
  for (const auto* flag : flags()) {
    if (scores.artefacts->has(*flag, feature)) words.emplace_back(flag->word);
  }
  return words;
}

}  // namespace isogloss::cli
