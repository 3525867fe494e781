#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/saes.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/json_text.h"
#include "isogloss/inputs/inputs.h"

namespace isogloss::cli {
namespace {

struct Pulled {
  std::string kind;
  FetchedInput input;
};

void expect_fetched(const Pulled& pulled) {
  if (!pulled.input.origin.empty()) return;
  throw Error(
      ErrorCode::kUsage,
      fmt::format("--{} {}: names nothing on the hub; write hf:OWNER/NAME{}", pulled.kind,
                  pulled.input.path.string(),
                  pulled.kind == "sae" ? ", or RELEASE/ID as `isogloss saes` lists them" : ""));
}

}  // namespace

void pull(const ExtractOptions& options, bool json, const RunControl& control) {
  std::vector<Pulled> all;
  const auto& corpus = options.corpus_options;
  if (!options.model.empty()) {
    all.push_back({"model", fetch_model(options.model.string(), ModelParts::kFetch, control)});
    expect_fetched(all.back());
  }
  for (const auto& wanted : options.saes) {
    all.push_back({"sae", fetch_sae(wanted.sae.string(), options.sae_format, control)});
    expect_fetched(all.back());
  }
  if (!options.corpus.empty()) {
    all.push_back(
        {"corpus", fetch_corpus(options.corpus.string(), corpus.languages, corpus.split, control)});
    expect_fetched(all.back());
  }
  if (all.empty()) {
    throw Error(
        ErrorCode::kUsage,
        "nothing to fetch; name a --model, a --sae or a --corpus, see isogloss pull --help");
  }
  auto facts = nlohmann::ordered_json::array();
  for (const auto& [kind, input] : all) {
    auto& fact = facts.emplace_back();
    fact = {{"kind", kind}, {"origin", input.origin}, {"path", input.path.string()}};
    if (input.published != nullptr) fact["published"] = published_json(*input.published);
    if (!json)
      fmt::print("{:<6} {}\n       {}\n", kind, printable(input.origin),
                 printable(input.path.string()));
  }
  if (json) std::cout << json_text(facts, 2) << "\n";
}

}  // namespace isogloss::cli
