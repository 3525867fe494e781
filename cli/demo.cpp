#include <fmt/format.h>

#include "cli/commands.h"
#include "cli/data_folder.h"
#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss::cli {

void use_demo_inputs(ExtractOptions& options) {
  options.model = cache_folder() / "models" / "gemma-3-270m-q4_k_m.gguf";
  if (!std::filesystem::exists(options.model)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: the demo model is not there; `make demo-model` in a clone, or "
                            "`python -m isogloss.demo_model` with the Python package, fetches it "
                            "(253 MB)",
                            options.model.string()));
  }
  const auto data = data_folder();
  options.saes = {{data / "demo-sae", ""}};
  const bool languages_are_chosen = !options.corpus_options.languages.empty();
  options.corpus = data / (languages_are_chosen ? "demo.tsv" : "demo-en-es.tsv");
  if (options.output.empty()) options.output = "demo-results";
}

}  // namespace isogloss::cli
