#include "isogloss/exports/dataset_card.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "isogloss/core/json_text.h"
#include "isogloss/evidence/neuronpedia.h"
#include "isogloss/score/artefacts/flags.h"
#include "isogloss/score/score_columns.h"

namespace isogloss {
namespace {

constexpr DatasetPart kParts[] = {
    {"scores", "scores.parquet",
     "One row for each feature of the SAE: how far the same sentences fire it in each language. "
     "The "
     "columns are listed below."},
    {"pairs", "pairs.parquet",
     "One row for each feature and pair of languages that both fire it: `feature`, `language_a`, "
     "`language_b`; the overlap of the two, what chance leads to expect, and their agreement, "
     "plain and within strata."},
    {"profile", "profile.parquet",
     "One row for each feature and language in which it fires: on how many tokens, how strongly, "
     "and on which tokens above all."},
    {"agreement_controls", "agreement_controls.parquet",
     "One row for each feature: its agreement outside shared words and among sentences of similar "
     "length, and the ceiling that noise sets."},
    {"vocabulary", "vocabulary.parquet",
     "One row for each feature of the report: the tokens that it promotes and suppresses, and by "
     "how much."},
    {"explanations", "explanations.parquet",
     "One row for each explanation of a feature that was taken over from Neuronpedia: `feature`, "
     "`description`, and how and by which model it was written."},
    {"sequences", "sequences.parquet",
     "One row for each sentence and language: `sample`, the same in every language; `language`; "
     "`source` and `document`, where it comes from; `text`; `token_ids` and `tokens`, as the model "
     "was given them."},
    {"activations", "activations",
     "One row for each token that counts: `sample`, `language`, `position`, the index into the "
     "sentence's tokens; `features`, those that fire, ascending; `values`, their activations, "
     "above 0. A feature that is not listed has 0."},
    {"maxima", "maxima",
     "One row for each feature, sentence and language in which it fires: `feature`, `language`, "
     "`sample`; `value`, its largest activation there; `position`, the first token that has it."},
    {"validation", "validation.parquet",
     "One row for each number that `isogloss validate` found on the scores themselves."},
};

/// A string as YAML and JSON write it.
std::string yaml_text(std::string_view text) { return json_text(nlohmann::json(text)); }

std::string code(std::string_view text) {
  std::string word(text);
  std::ranges::replace_if(
      word, [](unsigned char c) { return c < 0x20 || c == 0x7F || c == '`'; }, '?');
  return fmt::format("`{}`", word);
}

/// Text in a cell of a Markdown table.
std::string cell(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '<') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

/// "en", what the hub lists a data set under; empty if the code does not begin as BCP 47 has it.
std::string primary_language(std::string_view tag) {
  const auto primary = tag.substr(0, tag.find('-'));
  return primary.size() == 2 || primary.size() == 3 ? std::string(primary) : std::string();
}

std::string language_header(const std::vector<std::string>& languages) {
  std::vector<std::string> primary;
  std::vector<std::string> tags;
  for (const auto& language : languages) {
    tags.push_back(yaml_text(language_tag(language)));
    const auto code = yaml_text(primary_language(language_tag(language)));
    if (code != "\"\"" && std::ranges::find(primary, code) == primary.end()) {
      primary.push_back(code);
    }
  }
  auto header = fmt::format("language: [{}]\n", fmt::join(primary, ", "));
  if (primary != tags) header += fmt::format("language_bcp47: [{}]\n", fmt::join(tags, ", "));
  return header;
}

/// " of MODEL at HOOK", as far as they are known.
std::string place(const Manifest& manifest) {
  const auto& inputs = manifest.inputs;
  const auto& model = manifest.model_name.empty() ? inputs.model.path : manifest.model_name;
  auto text = model.empty() ? std::string() : " of " + model;
  if (inputs.hook != kUnknownHook) text += " at " + inputs.hook;
  return text;
}

std::string title(const Manifest& manifest) {
  return fmt::format("SAE features{} in {} languages", place(manifest),
                     manifest.inputs.languages.size());
}

std::string header(const Manifest& manifest, std::span<const DatasetPart> parts) {
  auto text = fmt::format("---\npretty_name: {}\n", yaml_text(title(manifest)));
  text += language_header(manifest.inputs.languages);
  text += "tags: [sparse-autoencoder, interpretability, multilingual, isogloss]\nconfigs:\n";
  for (const auto& part : parts) {
    const bool is_file = part.path.ends_with(".parquet");
    text += fmt::format("- config_name: {}\n  data_files: \"{}{}\"\n", part.name, part.path,
                        is_file ? "" : "/*.parquet");
    if (part.name == parts.front().name) text += "  default: true\n";
  }
  return text + "---\n";
}

std::string reading(std::span<const DatasetPart> parts) {
  auto text = fmt::format(
      "\n## Reading it\n\n"
      "```python\n"
      "from datasets import load_dataset\n\n"
      "{0} = load_dataset(\"PATH OR OWNER/NAME\", \"{0}\", split=\"train\")\n"
      "```\n\n"
      "The split is always `train`; the tables are\n\n",
      parts.front().name);
  for (const auto& part : parts) text += fmt::format("- `{}`. {}\n", part.name, part.about);
  return text +
         "\nThe folder is also a result folder of isogloss, which makes the report page from it\n"
         "(`isogloss report FOLDER`) and shows a feature (`isogloss show FEATURE FOLDER`).\n";
}

void add_file(const char* what, const HashedFile& file, std::string& to) {
  if (file.path.empty()) return;
  to += fmt::format("- {} {}, SHA-256 `{}`\n", what, code(file.path), file.sha256);
}

void add_origin(const char* what, const std::string& name, std::string& to) {
  if (!name.empty()) to += fmt::format("- {} {}\n", what, code(name));
}

std::string origin(const Manifest& manifest) {
  const auto& inputs = manifest.inputs;
  auto text = fmt::format(
      "\n## How it was made\n\n"
      "{} sentences, each in {}. The SAE has {} features{}.\n\n",
      manifest.n_sentences, fmt::join(inputs.languages, ", "), manifest.n_features,
      place(manifest));
  text += fmt::format("- isogloss {}{}\n", inputs.isogloss_version,
                      inputs.llama_version.empty() ? "" : ", llama.cpp " + inputs.llama_version);
  if (!inputs.imported.empty()) {
    text += fmt::format("- activations that another program computed, imported from the form {}\n",
                        code(inputs.imported));
  }
  add_origin("model", inputs.model_origin, text);
  add_file("model", inputs.model, text);
  add_origin("SAE", inputs.sae_origin, text);
  add_origin("published SAE", inputs.sae_name, text);
  for (const auto& file : inputs.sae) add_file("SAE", file, text);
  add_origin("corpus", inputs.corpus_origin, text);
  for (const auto& file : inputs.corpus) {
    add_file(inputs.imported.empty() ? "corpus" : "activations", file, text);
  }
  if (const auto url = neuronpedia_url(manifest); !url.empty()) {
    text += fmt::format("- the SAE on Neuronpedia: <{}>\n", url);
  }
  return text + "\n`manifest.json` holds every option.\n";
}

std::string limits(const ScoringOptions& scoring) {
  std::string text =
      "\n## What the scores show, and what they do not\n\n"
      "A high score shows that the same sentences fire a feature in several languages. It does "
      "not\n"
      "show what the feature means: shared names, numbers, punctuation, sentence length and topic\n"
      "make features fire together too. Read the sentences. Flags mark features for which "
      "something\n"
      "else than meaning is the simplest account:\n\n";
  for (const auto* flag : flags()) {
    text += fmt::format("- `{}`, {}: {}\n", flag->name, flag->word, flag->meaning);
  }
  return text + fmt::format(
                    "\nScored with the null model {}, λ = {}, up to {} permutations, and false "
                    "discovery rates by {}.\n",
                    to_string(scoring.null_model), scoring.shrinkage_lambda,
                    scoring.max_permutations, to_string(scoring.fdr));
}

std::string columns(const Manifest& manifest) {
  const auto& measures = manifest.scoring->measures;
  std::string text = "\n## Columns of `scores`\n\n| column | type | |\n|---|---|---|\n";
  for (const auto& column : score_columns()) {
    const bool was_asked = std::ranges::find(measures, column.info.name) != measures.end();
    if (column.present == "asked" && !was_asked) continue;
    text += fmt::format("| {} | {}{} | {} |\n", code(column.name), column.type,
                        column.may_be_null ? ", may be null" : "", cell(general_tip(column)));
  }
  return text;
}

constexpr std::string_view kLicence =
    "\n## Licence\n\n"
    "None is stated. The texts come from the corpus and the activations from the model, and their\n"
    "terms hold for what is made of them. State a licence here and as `license:` in the header "
    "before\n"
    "you publish this.\n";

}  // namespace

std::span<const DatasetPart> dataset_parts() { return kParts; }

std::string dataset_card(const Manifest& manifest, std::span<const DatasetPart> parts) {
  return header(manifest, parts) + fmt::format("\n# {}\n", title(manifest)) + reading(parts) +
         origin(manifest) + limits(*manifest.scoring) + columns(manifest) + std::string(kLicence);
}

std::string language_tag(std::string_view code) {
  std::string tag;
  std::string_view rest = code.substr(0, code.find('@'));
  while (!rest.empty()) {
    const auto subtag = rest.substr(0, rest.find_first_of("-_"));
    rest.remove_prefix(std::min(rest.size(), subtag.size() + 1));
    const bool is_first = tag.empty();
    if (!is_first) tag += '-';
    for (std::size_t i = 0; i < subtag.size(); ++i) {
      // Regions are in capitals, and scripts begin with one.
      const bool is_capital = !is_first && (subtag.size() == 2 || (subtag.size() == 4 && i == 0));
      const auto c = static_cast<unsigned char>(subtag[i]);
      tag += static_cast<char>(is_capital ? std::toupper(c) : std::tolower(c));
    }
  }
  if (code.ends_with("@latin")) tag += "-Latn";
  if (code.ends_with("@cyrillic")) tag += "-Cyrl";
  return tag;
}

}  // namespace isogloss
