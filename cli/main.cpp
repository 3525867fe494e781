// isogloss: parses the command line, runs the verb, maps failures to exit codes.
#include <fmt/format.h>
#include <tbb/global_control.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <new>
#include <stdexcept>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/terminal.h"
#include "isogloss/core/error.h"
#include "isogloss/core/usable_cores.h"
#include "isogloss/pipeline/pipeline.h"

namespace isogloss::cli {
namespace {

std::atomic<bool> stop_asked{false};
static_assert(std::atomic<bool>::is_always_lock_free, "set from a signal handler");

void ask_to_stop(int signal) {
  // The second Ctrl-C ends the program at once; the folder stays resumable either way.
  if (stop_asked.exchange(true)) std::_Exit(128 + signal);
}

/// Extracts, scores and reports whatever is missing.
void run_pipeline(const Arguments& arguments, const RunControl& control, StageSeconds& seconds) {
  bool nothing_to_do = true;
  for (const auto& [folder, manifest, was_complete] :
       extract(arguments.extract, control, seconds)) {
    if (was_complete && is_reported(folder, manifest, arguments.scoring)) continue;
    nothing_to_do = false;
    if (!is_scored(folder, manifest, arguments.scoring)) score(folder, arguments.scoring, control);
    report(folder, control);
  }
  if (nothing_to_do) {
    fmt::print(stderr, "isogloss: {}: already complete; nothing to do\n",
               arguments.extract.output.string());
  }
}

/// What was planned, for whoever hands shards out.
void print_plan(const std::vector<Extraction>& extractions, bool json) {
  const auto n = extractions.front().manifest.shards.size();
  if (json) {
    fmt::print("{{\"n_shards\": {}}}\n", n);
  } else {
    fmt::print("{}: shards 0 to {}\n", extractions.front().folder.root.string(), n - 1);
  }
}

/// The folder itself if it is a result folder, else those in the output of a run over several
/// hooks.
std::vector<ResultFolder> result_folders(const std::filesystem::path& path) {
  const auto folders = hook_folders(path);
  return folders.empty() ? std::vector{ResultFolder{path}} : folders;
}

/// Prints the end of run and score, with `seconds` unless it is null.
void conclude(const std::filesystem::path& path, bool json, const StageSeconds* seconds,
              const RunControl& control) {
  if (hook_folders(path).empty()) {
    print_summary({path}, json, seconds);
  } else {
    print_layers({path}, compare_layers({path}, control), json, seconds);
  }
}

void remake_report(const std::filesystem::path& path, const RunControl& control) {
  for (const auto& folder : result_folders(path)) report(folder, control);
  if (hook_folders(path).empty()) {
    fmt::print("{}\n", ResultFolder{path}.report().string());
  } else {
    compare_layers({path}, control);
    fmt::print("{}\n", LayersFolder{path}.page().string());
  }
}

void execute(const Arguments& arguments, const RunControl& control) {
  const auto& output = arguments.extract.output;
  StageSeconds seconds;
  const auto* const shown = arguments.stats ? &seconds : nullptr;
  if (arguments.verb == "run" || arguments.verb == "demo") {
    run_pipeline(arguments, control, seconds);
    conclude(output, arguments.json, shown, control);
  } else if (arguments.verb == "extract") {
    extract(arguments.extract, control, seconds);
    print_extraction(output, arguments.json, shown);
  } else if (arguments.verb == "plan") {
    print_plan(plan(arguments.extract, control), arguments.json);
  } else if (arguments.verb == "finish") {
    for (const auto& folder : result_folders(arguments.folder)) finish(folder, control);
    fmt::print("{}\n", arguments.folder.string());
  } else if (arguments.verb == "import") {
    const auto manifest = import_activations(arguments.import, control);
    fmt::print("{}: {} sentences in {} languages, {} features\n", arguments.import.output.string(),
               manifest.n_sentences, manifest.inputs.languages.size(), manifest.n_features);
  } else if (arguments.verb == "score") {
    for (const auto& folder : result_folders(arguments.folder)) {
      score(folder, arguments.scoring, control);
    }
    conclude(arguments.folder, arguments.json, nullptr, control);
  } else if (arguments.verb == "report") {
    remake_report(arguments.folder, control);
  } else if (arguments.verb == "validate") {
    validate_scores(arguments, control);
  } else if (arguments.verb == "show") {
    show_feature(arguments, control);
  } else if (arguments.verb == "explain") {
    explain_features(arguments, control);
  } else if (arguments.verb == "export") {
    export_results(arguments, control);
  } else if (arguments.verb == "doctor") {
    examine(arguments.json);
  } else if (arguments.verb == "saes") {
    list_published_saes(arguments.words, arguments.json);
  } else if (arguments.verb == "pull") {
    pull(arguments.extract, arguments.json, control);
  } else if (arguments.verb == "columns") {
    print_columns(arguments.json);
  } else {
    inspect(arguments.file, arguments.extract, arguments.json, control);
  }
}

constexpr const char* kNoMemory =
    "not enough memory; close other programs, or use a smaller model or --batch-tokens";

const std::terminate_handler kDefaultTerminate = std::get_terminate();

/// Handles a lack of memory that no caller can be told of: in a destructor (nlohmann's allocates)
/// or on a library's thread.
void terminate() {
  try {
    if (const auto cause = std::current_exception()) std::rethrow_exception(cause);
  } catch (const std::bad_alloc&) {
    std::fprintf(stderr, "isogloss: %s\n", kNoMemory);
    std::_Exit(static_cast<int>(ErrorCode::kEnvironment));
  } catch (...) {
    kDefaultTerminate();
  }
  kDefaultTerminate();
}

int fail(std::string message, ErrorCode code) {
  // The message may contain a file's own text, which must not break the line or control the
  // terminal.
  const auto is_control = [](unsigned char c) { return c < 0x20 || c == 0x7F; };
  std::replace_if(message.begin(), message.end(), is_control, ' ');
  fmt::print(stderr, "isogloss: {}\n", printable(message));
  return static_cast<int>(code);
}

int run_program(std::vector<std::string> words) {
  try {
    auto arguments = parse_arguments(std::move(words));
    if (!arguments) return 0;
    if (arguments->verb == "demo") use_demo_inputs(arguments->extract);
    std::signal(SIGINT, ask_to_stop);
    std::signal(SIGTERM, ask_to_stop);
    ProgressPrinter printer(arguments->progress);
    RunControl control;
    control.progress = [&](const ProgressUpdate& update) { printer.update(update); };
    control.warn = [&](std::string_view line) { printer.warn(line); };
    control.stop = &stop_asked;
    execute(*arguments, control);
    return 0;
  } catch (const Error& error) {
    return fail(error.what(), error.code());
  } catch (const std::filesystem::filesystem_error& error) {
    return fail(fmt::format("{}; check the path, the permissions and the free space", error.what()),
                ErrorCode::kEnvironment);
  } catch (const std::bad_alloc&) {
    return fail(kNoMemory, ErrorCode::kEnvironment);
  } catch (const std::runtime_error& error) {
    // The standard library and oneTBB throw this when a thread cannot be started.
    return fail(fmt::format("the system refuses what the work needs ({}); close other programs, or "
                            "take fewer --threads",
                            error.what()),
                ErrorCode::kEnvironment);
  }
}

}  // namespace
}  // namespace isogloss::cli

int main(int argc, char** argv) {
  std::set_terminate(isogloss::cli::terminate);
  // Left to itself, TBB does not know of a container's CPU quota.
  const tbb::global_control scoring_threads(tbb::global_control::max_allowed_parallelism,
                                            static_cast<std::size_t>(isogloss::usable_cores()));
  const int exit_code = isogloss::cli::run_program({argv + 1, argv + argc});
  if (exit_code == static_cast<int>(isogloss::ErrorCode::kEnvironment)) {
    // Arrow's allocator crashes in its exit handler when it had no memory to start.
    std::fflush(nullptr);
    std::_Exit(exit_code);
  }
  return exit_code;
}
