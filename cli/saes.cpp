#include "cli/saes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iostream>
#include <span>

#include "cli/commands.h"
#include "isogloss/core/error.h"
#include "isogloss/core/json_text.h"

namespace isogloss::cli {
namespace {

constexpr std::size_t kShown = 20;

/// Neighbours in the table are of one release.
void print_releases(const std::vector<PublishedSae>& saes) {
  std::size_t n_releases = 0;
  for (auto sae = saes.begin(); sae != saes.end();) {
    const auto end = std::find_if(sae, saes.end(),
                                  [&](const auto& other) { return other.release != sae->release; });
    const auto model = sae->model.substr(sae->model.rfind('/') + 1);  // without its owner
    const auto width = std::min<std::size_t>(52, 73 - std::min<std::size_t>(model.size(), 40));
    fmt::print("{:>4}  {:<{}} {}\n", end - sae, sae->release, width, model);
    sae = end;
    ++n_releases;
  }
  fmt::print(
      "\n{} published SAEs in {} releases, as SAELens lists them. Above: the number in\n"
      "a release, its name, and its model.\n"
      "  isogloss saes gemma-3-270m resid_post   lists those with all of these words\n"
      "  isogloss inspect RELEASE/ID             fetches one and says how it is read\n"
      "  isogloss run --sae RELEASE/ID ...       runs it\n",
      saes.size(), n_releases);
}

void print_saes(const std::vector<const PublishedSae*>& saes) {
  const auto n_shown = std::min(kShown, saes.size());
  for (const auto* sae : std::span(saes).first(n_shown)) {
    fmt::print("{}\n    {}, {}{}\n", sae->name(), sae->model,
               sae->hook.empty() ? std::string_view("hook not listed") : sae->hook,
               sae->expected_l0 > 0 ? fmt::format(", L0 {:.4g}", sae->expected_l0) : "");
  }
  if (saes.size() > n_shown) {
    fmt::print("... and {} more; add words to narrow them down, or --json for all\n",
               saes.size() - n_shown);
  }
}

}  // namespace

nlohmann::ordered_json published_json(const PublishedSae& published) {
  const auto text_or_null = [](std::string_view text) {
    return text.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(text);
  };
  return {{"name", published.name()},
          {"release", published.release},
          {"id", published.id},
          {"repository", published.repository},
          {"path", published.path},
          {"loader", published.loader},
          {"model", published.model},
          {"hook", text_or_null(published.hook)},
          {"hook_out", text_or_null(published.hook_out)},
          {"expected_l0", published.expected_l0 > 0 ? nlohmann::ordered_json(published.expected_l0)
                                                    : nlohmann::ordered_json()},
          {"neuronpedia_id", text_or_null(published.neuronpedia_id)},
          {"settings", text_or_null(published.settings)}};
}

void list_published_saes(const std::vector<std::string>& words, bool json) {
  const auto found = search_published_saes(words);
  if (found.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("no published SAE's name, model or hook holds {}{}; `isogloss saes` "
                            "lists the releases",
                            fmt::join(words, " and "), similar_releases(words.front())));
  }
  if (json) {
    auto facts = nlohmann::ordered_json::array();
    for (const auto* sae : found) facts.push_back(published_json(*sae));
    std::cout << json_text(facts, 2) << "\n";
  } else if (words.empty()) {
    print_releases(published_saes());
  } else {
    print_saes(found);
  }
}

}  // namespace isogloss::cli
