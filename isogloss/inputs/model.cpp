// A model of a repository that may hold several.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <regex>

#include "isogloss/core/error.h"
#include "isogloss/inputs/conversion.h"
#include "isogloss/inputs/hub_name.h"
#include "isogloss/inputs/inputs.h"

namespace isogloss {
namespace {

struct ModelFiles {
  std::vector<std::string> files;  ///< in order; several if the model is cut in parts
  std::uint64_t bytes = 0;
  std::size_t n_parts = 1;
};

/// By the file to open: the first part of those in several.
using Models = std::map<std::string, ModelFiles>;

Models models_in(std::span<const HubEntry> entries) {
  static const std::regex kPart(R"((.*)-(\d{5})-of-(\d{5})\.gguf)");
  Models models;
  for (const auto& [path, bytes] : entries) {
    if (!path.ends_with(".gguf")) continue;
    std::smatch part;
    const bool is_part = std::regex_match(path, part, kPart);
    const auto first =
        is_part ? fmt::format("{}-00001-of-{}.gguf", part[1].str(), part[3].str()) : path;
    auto& model = models[first];
    model.files.push_back(path);
    model.bytes += bytes;
    if (is_part) model.n_parts = std::stoul(part[3]);
  }
  // What turns pictures into tokens is no language model.
  std::erase_if(models,
                [](const auto& model) { return model.first.find("mmproj") != std::string::npos; });
  return models;
}

std::string listed(const Models& models) {
  constexpr std::size_t kShown = 12;
  std::vector<std::string> items;
  for (const auto& [file, model] : models) {
    if (items.size() == kShown) break;
    items.push_back(fmt::format("{} ({:.2f} GB)", file, static_cast<double>(model.bytes) / 1e9));
  }
  const auto rest = models.size() - items.size();
  return fmt::format("{}{}", fmt::join(items, ", "),
                     rest > 0 ? fmt::format(" and {} more", rest) : "");
}

const ModelFiles& chosen_model(const HubName& name, const Models& models) {
  if (!name.path.empty()) {
    const auto found = models.find(name.path);
    if (found != models.end()) return found->second;
    throw Error(ErrorCode::kUsage,
                models.empty() ? fmt::format("{}: the repository holds no GGUF file", name.text())
                               : fmt::format("{}: no such model; the repository holds {}",
                                             name.text(), listed(models)));
  }
  if (models.size() == 1) return models.begin()->second;
  if (models.empty()) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: holds no GGUF file and no weights of a model; check the name",
                            name.text()));
  }
  throw Error(
      ErrorCode::kUsage,
      fmt::format("{}: holds {} models: {}; name one, e.g. --model {}/{}", name.text(),
                  models.size(), listed(models), "hf:" + name.repo.name, models.begin()->first));
}

}  // namespace

FetchedInput fetch_model(const std::string& words, ModelParts parts, const RunControl& control) {
  if (!is_hub_name(words)) return {words, ""};
  auto name = parse_hub_name(words, HubKind::kModel);
  const auto repo = pinned(name.repo, control);
  const auto entries = hub_entries(repo, control);
  const auto models = models_in(entries);
  if (name.path.empty() && models.empty() && has_weights(entries)) {
    return fetch_converted(name, repo, entries, control);
  }
  const auto& model = chosen_model(name, models);
  if (model.files.size() != model.n_parts) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {} of the model's {} parts are there; choose another model",
                            name.text(), model.files.size(), model.n_parts));
  }
  name.path = model.files.front();
  if (model.n_parts > 1 && parts == ModelParts::kRefuse) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: is cut in {} parts; fetch them with isogloss pull, join them with "
                            "`llama-gguf-split --merge`, and give the file",
                            name.text(), model.n_parts));
  }
  const auto snapshot = fetch_files(repo, model.files, control);
  return {snapshot.folder / name.path, name.at(snapshot.commit)};
}

}  // namespace isogloss
