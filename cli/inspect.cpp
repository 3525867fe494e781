#include <fmt/format.h>

#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/inspect_corpus.h"
#include "cli/inspect_sae.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"
#include "isogloss/corpus/corpus.h"
#include "isogloss/inputs/inputs.h"
#include "isogloss/model/llama_source.h"
#include "isogloss/pipeline/pipeline.h"
#include "isogloss/sae/sae.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/manifest.h"

namespace isogloss::cli {
namespace {

using Facts = nlohmann::ordered_json;

Facts hashes(const std::vector<std::filesystem::path>& files) {
  Facts result = Facts::object();
  for (const auto& file : files) result[file.filename().string()] = cached_sha256_of_file(file);
  return result;
}

Facts describe_model(const std::filesystem::path& path) {
  const auto model = inspect_gguf(path);
  return {{"kind", "language model (GGUF)"},
          {"architecture", model.architecture},
          {"name", model.name},
          {"layers", model.n_layers},
          {"d_model", model.d_model},
          {"vocabulary", model.n_vocab},
          {"context", model.context_length},
          {"quantization", model.quantization},
          {"bytes", model.file_bytes},
          {"sha256", hashes({path})}};
}

Facts describe_result(const ResultFolder& folder) {
  const auto manifest = *read_manifest(folder);
  std::int32_t finished = 0;
  for (std::size_t i = 0; i < manifest.shards.size(); ++i) {
    finished += shard_is_finished(folder, static_cast<std::int32_t>(i)) ? 1 : 0;
  }
  Facts facts = {{"kind", "isogloss result"},
                 {"extraction", manifest.extraction_complete ? "complete" : "unfinished"},
                 {"shards", fmt::format("{} of {}", finished, manifest.shards.size())},
                 {"scored", manifest.scoring.has_value()},
                 {"report", std::filesystem::exists(folder.report())},
                 {"model", manifest.inputs.model.path},
                 {"sae", manifest.inputs.sae_path},
                 {"hook", manifest.inputs.hook},
                 {"corpus", manifest.inputs.corpus_path},
                 {"languages", manifest.inputs.languages},
                 {"sentences", manifest.n_sentences},
                 {"dropped", describe_drops(manifest.dropped)},
                 {"d_model", manifest.d_model},
                 {"n_features", manifest.n_features},
                 {"made by", "isogloss " + manifest.inputs.isogloss_version}};
  if (manifest.inputs.imported.empty()) facts["exact arithmetic"] = manifest.inputs.exact;
  if (manifest.self_check) {
    facts["self-check"] = {{"FVU", manifest.self_check->fvu},
                           {"L0", manifest.self_check->l0},
                           {"dead share", manifest.self_check->dead_share}};
  }
  return facts;
}

Facts describe_layers(const std::vector<ResultFolder>& folders) {
  Facts facts = {{"kind", "isogloss results at several hooks"}};
  for (const auto& folder : folders) {
    facts[folder.root.filename().string()] = describe_result(folder);
  }
  return facts;
}

Facts describe_sae_at(const FetchedInput& input, const ExtractOptions& options) {
  auto sae = load_sae(input.path, options.sae_format);
  std::vector<std::string> remarks;
  if (input.published != nullptr) remarks = complete_from_table(*input.published, sae);
  auto facts = describe_sae(sae);
  if (const auto* published = input.published) {
    facts["published as"] = published->name();
    if (published->expected_l0 > 0) facts["expected L0"] = published->expected_l0;
  }
  if (!remarks.empty()) facts["notes"] = remarks;
  facts["sha256"] = hashes(sae_files(input.path, options.sae_format));
  return facts;
}

Facts describe(const FetchedInput& input, const ExtractOptions& options) {
  const auto& path = input.path;
  const auto& corpus = options.corpus_options;
  if (path.extension() == ".gguf") return describe_model(path);
  if (std::filesystem::exists(ResultFolder{path}.manifest())) return describe_result({path});
  // What is named as an SAE's format or called like a pickle is refused as an SAE.
  if (is_sae(path) || !options.sae_format.empty() || path.extension() == ".pt" ||
      path.extension() == ".pth") {
    return describe_sae_at(input, options);
  }
  if (const auto folders = hook_folders(path); !folders.empty()) return describe_layers(folders);
  if (is_corpus(path)) {
    auto facts = describe_corpus(path, corpus);
    facts["sha256"] = hashes(corpus_files(path, corpus.languages, corpus.split));
    return facts;
  }
  if (!std::filesystem::exists(path)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such file or folder; check the path", path.string()));
  }
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("{}: not a .gguf model, a result folder (with manifest.json), an SAE ({}) "
                  "or a corpus ({}); check the path",
                  path.string(), accepted_saes(), accepted_corpora()));
}

/// What is named on the hub, fetched; its kind follows from the name.
FetchedInput fetched(const std::string& words, const ExtractOptions& options,
                     const RunControl& control) {
  const auto& corpus = options.corpus_options;
  if (words.starts_with("hf:datasets/")) {
    return fetch_corpus(words, corpus.languages, corpus.split, control);
  }
  if (words.find(".gguf") != std::string::npos)
    return fetch_model(words, ModelParts::kRefuse, control);
  return fetch_sae(words, options.sae_format, control);
}

std::string value_text(const Facts& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_number_float()) return fmt::format("{:.4g}", value.get<double>());
  if (value.is_array()) {
    std::vector<std::string> items;
    for (const auto& item : value) items.push_back(value_text(item));
    return fmt::format("{}", fmt::join(items, " "));
  }
  return value.dump();
}

/// "language en, min 3, median 40"
std::string fields_text(const Facts& fields) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : fields.items()) {
    parts.push_back(fmt::format("{} {}", key, value_text(value)));
  }
  return fmt::format("{}", fmt::join(parts, ", "));
}

/// A line for each of what has several words.
void print_list(const Facts& items, int indent) {
  for (const auto& item : items) {
    const auto text = item.is_object() ? fields_text(item) : value_text(item);
    fmt::print("{:{}}{}\n", "", indent, printable(text));
  }
}

void print(const Facts& facts, int indent) {
  for (const auto& [key, value] : facts.items()) {
    if (value.is_object()) {
      fmt::print("{:{}}{}\n", "", indent, printable(key));
      print(value, indent + 2);
    } else if (key == "lengths" || key == "alignment" || key == "suspicious" || key == "notes") {
      fmt::print("{:{}}{}\n", "", indent, key);
      print_list(value, indent + 2);
    } else {
      fmt::print("{:{}}{:<22} {}\n", "", indent, printable(key), printable(value_text(value)));
    }
  }
}

}  // namespace

void inspect(const std::filesystem::path& file, const ExtractOptions& options, bool json,
             const RunControl& control) {
  const auto input = fetched(file.string(), options, control);
  const auto facts = describe(input, options);
  if (json) {
    std::cout << json_text(facts, 2) << "\n";
    return;
  }
  fmt::print("{}\n", printable(input.path.string()));
  print(facts, 2);
}

}  // namespace isogloss::cli
