#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/inputs/published_sae_internal.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

struct Reading {
  std::string_view loader;  ///< SAELens' word
  std::string_view format;  ///< SaeFormat::name
};

constexpr Reading kRead[] = {{"sae_lens", "sae_lens"},
                             {"gemma_2", "gemma_scope"},
                             {"gemma_2_transcoder", "gemma_scope"},
                             {"gemma_3", "gemma_scope_2"},
                             {"llama_scope", "llama_scope"},
                             {"llama_scope_r1_distill", "llama_scope_r1"}};

/// Loaders of files that tools/convert_sae.py reads.
constexpr std::string_view kConverted[] = {"connor_rob_hook_z",     "deepseek_r1",
                                           "dictionary_learning_1", "goodfire",
                                           "mwhanna_transcoder",    "qwen_scope"};

constexpr std::pair<std::string_view, std::string_view> kReasons[] = {
    {"mntss_clt_layer_transcoder",
     "is one layer of a cross-layer transcoder, which predicts several layers at once"},
    {"temporal", "is a temporal SAE, whose features depend on earlier tokens"}};

[[noreturn]] void refuse_kind(const PublishedSae& published) {
  const auto* const found = std::ranges::find(kReasons, published.loader,
                                              [](const auto& reason) { return reason.first; });
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("{}: {}; docs/coverage.md says which published SAEs can be used",
                  published.name(),
                  found == std::end(kReasons) ? "is of a kind that is not known" : found->second));
}

/// What tools/convert_sae.py reads, beginning with what it is to be given.
std::vector<std::string> files_to_convert(const PublishedSae& published) {
  const std::string path(published.path);
  if (published.loader == "dictionary_learning_1") return {path + "/ae.pt", path + "/config.json"};
  if (published.loader == "connor_rob_hook_z") {
    return {path, fs::path(path).replace_extension().string() + "_cfg.json"};
  }
  return {path};
}

/// Where the converted SAE is looked for. Another commit has other files, perhaps.
fs::path converted_folder(const PublishedSae& published, const std::string& commit) {
  std::string repository(published.repository);
  std::ranges::replace(repository, '/', '_');
  return cache_folder() / "saes" / repository / commit / published.path;
}

std::string quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@";
  if (word.find_first_not_of(kPlain) == std::string::npos) return word;
  return fmt::format("'{}'", word);
}

std::string conversion_command(const PublishedSae& published, const fs::path& source,
                               const fs::path& output) {
  auto command = fmt::format("python3 tools/convert_sae.py {} {} --model {} --hook {}",
                             quoted(source.string()), quoted(output.string()), published.model,
                             published.hook);
  if (!published.hook_out.empty()) command += fmt::format(" --hook-out {}", published.hook_out);
  return command;
}

FetchedInput fetch_converted_sae(const PublishedSae& published, const HubName& name,
                                 const RunControl& control) {
  const auto files = files_to_convert(published);
  const auto snapshot = fetch_files(name.repo, files, control);
  const auto folder = converted_folder(published, snapshot.commit);
  if (is_sae(folder)) return {folder, name.at(snapshot.commit), &published};
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("{}: is fetched, but its files are not in a format that isogloss reads itself; "
                  "convert them once with `{}` (needs torch) and give the same name again",
                  published.name(),
                  conversion_command(published, snapshot.folder / files.front(), folder)));
}

}  // namespace

FetchedInput fetch_published_sae(const PublishedSae& published, std::string_view format,
                                 const RunControl& control) {
  HubName name;
  name.repo.name = published.repository;
  name.path = published.path;
  if (std::ranges::find(kConverted, published.loader) != std::end(kConverted)) {
    return fetch_converted_sae(published, name, control);
  }
  const auto* const reading = std::ranges::find(kRead, published.loader, &Reading::loader);
  if (reading == std::end(kRead)) refuse_kind(published);
  auto input = fetch_sae_at(name, format.empty() ? reading->format : format, control);
  input.published = &published;
  return input;
}

}  // namespace isogloss
