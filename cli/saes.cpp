#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/text.h"
#include "isogloss/inputs/published.h"

namespace isogloss::cli {
namespace {

constexpr std::size_t kMostListed = 60;

struct Found {
  const PublishedRelease* release = nullptr;
  std::vector<const PublishedSae*> saes;
};

bool holds_all(const std::string& text, const std::vector<std::string>& words) {
  return std::ranges::all_of(
      words, [&](const auto& word) { return text.find(word) != std::string::npos; });
}

std::vector<Found> find(const std::vector<std::string>& words) {
  std::vector<Found> all;
  for (const auto& release : published_releases()) {
    Found found{&release, {}};
    for (const auto& sae : release.saes) {
      const auto text =
          fmt::format("{}/{} {} {}", release.name, sae.id, release.model, sae.neuronpedia_id);
      if (holds_all(text, words)) found.saes.push_back(&sae);
    }
    if (!found.saes.empty()) all.push_back(std::move(found));
  }
  return all;
}

nlohmann::ordered_json as_json(const std::vector<Found>& all) {
  auto list = nlohmann::ordered_json::array();
  for (const auto& [release, saes] : all) {
    for (const auto* sae : saes) {
      nlohmann::ordered_json entry = {
          {"name", PublishedName{release, sae}.text()}, {"model", release->model},
          {"repository", release->repository},          {"path", sae->path},
          {"format", published_format(*release)},       {"l0", nullptr},
          {"neuronpedia_id", sae->neuronpedia_id},
      };
      if (sae->l0) entry["l0"] = *sae->l0;
      list.push_back(std::move(entry));
    }
  }
  return list;
}

void print_saes(const std::vector<Found>& all) {
  for (const auto& [release, saes] : all) {
    fmt::print("{}: of {}{}\n", release->name, release->model,
               published_format(*release).empty() ? ", to be converted first" : "");
    for (const auto* sae : saes) {
      fmt::print("  {}{}\n", PublishedName{release, sae}.text(),
                 sae->l0 ? fmt::format("  L0 {:g}", *sae->l0) : "");
    }
  }
}

void print_releases(const std::vector<Found>& all) {
  for (const auto& [release, saes] : all) {
    fmt::print("{:<52} {:>5}  {}\n", release->name, saes.size(), release->model);
  }
}

}  // namespace

void list_published_saes(const std::vector<std::string>& words, bool json) {
  const auto all = find(words);
  if (json) {
    std::cout << as_json(all).dump(1) << "\n";
    return;
  }
  std::size_t n = 0;
  for (const auto& found : all) n += found.saes.size();
  if (n == 0) {
    throw Error(ErrorCode::kUsage,
                "no published SAE has all these words in its name; `isogloss saes` lists releases");
  }
  if (n <= kMostListed) {
    print_saes(all);
    fmt::print("\nUse one as --sae NAME; it is fetched when it is used.\n");
  } else {
    print_releases(all);
    fmt::print(
        "\n{} SAEs in {} releases. Add words to list them, e.g.\n"
        "  isogloss saes gemma-scope-2-270m-pt-res layer_12\n",
        n, all.size());
  }
}

}  // namespace isogloss::cli
