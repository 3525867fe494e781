// `isogloss doctor`: what the program was built with, what this machine offers it, and whether it
// computes what it should.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/commands.h"
#include "cli/data_folder.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/core/version.h"
#include "isogloss/hub/settings.h"
#include "isogloss/model/devices.h"
#include "isogloss/model/llama_source.h"

namespace isogloss::cli {
namespace {

namespace fs = std::filesystem;
using Facts = nlohmann::ordered_json;

/// llama.cpp keeps its cache in float16: 8e-4 here, where the processor computes as it should.
constexpr double kMostRelativeError = 5e-3;

std::string mebibytes(std::uint64_t bytes) { return fmt::format("{} MiB", bytes >> 20); }

Facts describe_devices() {
  Facts devices = Facts::array();
  for (const auto& device : compute_devices()) {
    devices.push_back(fmt::format("{} ({}), {} of {} free", device.name, device.description,
                                  mebibytes(device.free_bytes), mebibytes(device.total_bytes)));
  }
  return devices;
}

std::string describe_folder(const fs::path& folder) {
  std::error_code error;
  auto there = folder;
  while (!fs::exists(there, error) && there.has_parent_path()) there = there.parent_path();
  const auto space = fs::space(there, error);
  return fmt::format("{}{}, {} free", folder.string(), there == folder ? "" : " (not made yet)",
                     error ? "unknown space" : mebibytes(space.available));
}

/// What the files in a folder take, links aside.
std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  const auto options = fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator file(folder, options, error), end; !error && file != end;
       file.increment(error)) {
    std::error_code unknown;
    if (file->is_symlink(unknown) || !file->is_regular_file(unknown)) continue;
    const auto size = file->file_size(unknown);
    if (!unknown) bytes += size;
  }
  return bytes;
}

void describe_hub(Facts& facts) {
  try {
    const auto hub = hub_settings();
    facts["hub"] =
        fmt::format("{}, {}, {}", hub.endpoint, hub.token.empty() ? "no token" : "a token is there",
                    hub.offline ? "offline: only the cache is used" : "asked for what is named");
    facts["hub's cache"] =
        fmt::format("{}, {} in it", describe_folder(hub.cache), mebibytes(bytes_in(hub.cache)));
  } catch (const Error& error) {
    facts["hub"] = error.what();
  }
}

/// The relative error of the tiny model's last row against transformers' (data/README.md).
double tiny_extraction_error(const fs::path& folder) {
  const auto expected = nlohmann::json::parse(std::ifstream(folder / "expected.json"));
  const TokenSequence sequence{expected.at("ids").get<std::vector<std::int32_t>>()};
  const auto row = expected.at("last_row").get<std::vector<double>>();
  const std::vector hooks = {parse_hook_point("blocks.1.hook_resid_post")};
  const auto source = open_llama_source(folder / "tiny-llama.gguf", hooks, {.n_threads = 1});
  const auto rows = source->run({&sequence, 1}).front();
  const auto last = rows.last(row.size());
  double difference = 0;
  double norm = 0;
  for (std::size_t i = 0; i < row.size(); ++i) {
    difference += (last[i] - row[i]) * (last[i] - row[i]);
    norm += row[i] * row[i];
  }
  return std::sqrt(difference / norm);
}

/// Fills in what was found, and returns what is wrong.
std::string check_extraction(Facts& facts) {
  try {
    const auto error = tiny_extraction_error(data_folder() / "doctor");
    const bool good = error < kMostRelativeError;  // false for NaN
    facts["tiny extraction"] =
        fmt::format("{}: differs from transformers by {:.1e}", good ? "good" : "WRONG", error);
    return good ? ""
                : "the tiny model's activations are wrong; build isogloss again on this machine";
  } catch (const Error& error) {
    facts["tiny extraction"] = fmt::format("failed: {}", error.what());
    return error.what();
  }
}

Facts describe_program() {
  const auto demo_model = cache_folder() / "models" / "gemma-3-270m-q4_k_m.gguf";
  const char* temporary = std::getenv("TMPDIR");
  Facts facts = {
      {"isogloss", version()},
      {"llama.cpp", llama_version()},
      {"Arrow", arrow_version()},
      {"compiler", ISOGLOSS_COMPILER},
      {"instructions", fmt::format("{}", fmt::join(cpu_features(), " "))},
      {"own products",
       has_own_products()
           ? "yes"
           : "no: the processor has neither AVX2 nor Arm's dot product, or ggml also uses a GPU"},
      {"usable cores", usable_cores()},
      {"devices", describe_devices()},
      {"cache", describe_folder(cache_folder())},
      {"temporary files", describe_folder(temporary == nullptr ? "/tmp" : temporary)},
      {"demo model",
       fs::exists(demo_model) ? demo_model.string() : "not there; `make demo-model` fetches it"}};
  describe_hub(facts);
  return facts;
}

}  // namespace

void examine(bool json) {
  auto facts = describe_program();
  const auto problem = check_extraction(facts);
  if (json) {
    std::cout << json_text(facts, 2) << "\n";
  } else {
    for (const auto& [key, value] : facts.items()) {
      const auto texts = value.is_array() ? value : Facts::array({value});
      for (const auto& text : texts) {
        const auto words = text.is_string() ? text.get<std::string>() : text.dump();
        auto lines = wrap_words(printable(words), terminal_width() - 17);
        for (std::size_t i = 0; i < lines.size(); ++i) {
          fmt::print("{:<16} {}\n", i == 0 && &text == &texts.front() ? key : "", lines[i]);
        }
      }
    }
  }
  if (!problem.empty()) throw Error(ErrorCode::kEnvironment, problem);
}

}  // namespace isogloss::cli
