#include <fmt/format.h>
#include <unistd.h>
#ifdef __APPLE__
#include <mach-o/dyld.h>
#endif

#include "cli/commands.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss::cli {
namespace {

std::filesystem::path executable() {
#ifdef __APPLE__
  char path[4096];
  std::uint32_t size = sizeof(path);
  if (_NSGetExecutablePath(path, &size) == 0) return std::filesystem::canonical(path);
  return {};
#else
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
#endif
}

/// The folder of the demo's corpora and SAE: installed beside the program, or in the source tree
/// from which it was built.
std::filesystem::path data_folder() {
  const auto installed = executable().parent_path().parent_path() / "share" / "isogloss";
  for (const auto& folder : {installed, std::filesystem::path(ISOGLOSS_DATA_DIR)}) {
    if (std::filesystem::exists(folder / "demo.tsv")) return folder;
  }
  throw Error(ErrorCode::kEnvironment,
              fmt::format("{}: no demo data; install isogloss again, or run from a clone",
                          installed.string()));
}

}  // namespace

void use_demo_inputs(ExtractOptions& options) {
  options.model = cache_folder() / "models" / "gemma-3-270m-q4_k_m.gguf";
  if (!std::filesystem::exists(options.model)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: the demo model is not there; `make demo-model` in a clone of "
                            "isogloss fetches it (253 MB)",
                            options.model.string()));
  }
  const auto data = data_folder();
  options.saes = {{data / "demo-sae", ""}};
  const bool languages_are_chosen = !options.corpus_options.languages.empty();
  options.corpus = data / (languages_are_chosen ? "demo.tsv" : "demo-en-es.tsv");
  if (options.output.empty()) options.output = "demo-results";
}

}  // namespace isogloss::cli
