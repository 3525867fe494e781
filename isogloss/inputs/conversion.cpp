#include "isogloss/inputs/conversion.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

bool is_weights(const std::string& path) {
  return path.ends_with(".safetensors") && path.find('/') == std::string::npos &&
         !path.starts_with("consolidated");
}

/// What the converter is given: weights, settings, the tokenizer; no code.
bool is_needed(const std::string& path) {
  constexpr std::array<std::string_view, 4> kEndings = {".json", ".model", ".txt", ".jinja"};
  const bool is_setting =
      std::ranges::any_of(kEndings, [&](auto ending) { return path.ends_with(ending); });
  return is_weights(path) || (is_setting && path.find('/') == std::string::npos);
}

std::string last_line(const fs::path& log) {
  const MappedFile file(log);
  auto text = file.text();
  while (text.ends_with('\n')) text.remove_suffix(1);
  return std::string(text.substr(text.rfind('\n') + 1));
}

/// Runs a program with its output in `log` until it ends or a stop is asked for. Returns whether it
/// succeeded.
bool run_logged(const std::vector<std::string>& words, const fs::path& log,
                const RunControl& control) {
  std::vector<char*> arguments;
  for (const auto& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = ::fork();
  if (child < 0)
    throw Error(ErrorCode::kEnvironment, "no other program can be started; close some");
  if (child == 0) {
    const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (control.stop_requested()) {
      ::kill(child, SIGTERM);
      ::waitpid(child, &status, 0);
      control.throw_if_stopped();
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

void convert(const HubName& name, const fs::path& snapshot, const fs::path& output,
             const RunControl& control) {
  const auto environment = cache_folder() / "converter";
  const auto log = cache_folder() / "logs" / "convert.log";
  fs::create_directories(log.parent_path());
  control.warning(fmt::format("{}: converting the weights to GGUF (minutes, once)", name.text()));
  const bool done = run_logged(
      {environment / "bin" / "python", environment / "convert_model.py", snapshot, output}, log,
      control);
  if (done && fs::exists(output)) return;
  throw Error(
      ErrorCode::kBadInput,
      fmt::format(
          "{}: llama.cpp's converter cannot convert it: {} (all it said: {}); choose a model "
          "that it knows, or a repository with a GGUF file",
          name.text(), last_line(log), log.string()));
}

}  // namespace

bool has_weights(std::span<const HubEntry> entries) {
  return std::ranges::any_of(entries, [](const auto& entry) { return is_weights(entry.path); });
}

FetchedInput fetch_converted(const HubName& name, const HubRepo& repo,
                             std::span<const HubEntry> entries, const RunControl& control) {
  const auto& commit = repo.revision;
  auto folder = name.repo.name;
  folder.replace(folder.find('/'), 1, "--");
  const auto file = name.repo.name.substr(name.repo.name.find('/') + 1) + ".gguf";
  const auto output = cache_folder() / "converted" / folder / commit / file;
  if (!fs::exists(output)) {
    if (!fs::exists(cache_folder() / "converter" / "complete")) {
      throw Error(
          ErrorCode::kEnvironment,
          fmt::format(
              "{}: holds no GGUF file, but weights that can be converted; run `python3 "
              "tools/setup/convert_model.py` in isogloss's source once (it fetches some GB), then "
              "this again, or name a repository with a GGUF file",
              name.text()));
    }
    std::vector<std::string> files;
    for (const auto& entry : entries) {
      if (is_needed(entry.path)) files.push_back(entry.path);
    }
    convert(name, fetch_files(repo, files, control).folder, output, control);
  }
  return {output, name.at(commit)};
}

}  // namespace isogloss
