#include "tests/support/program.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace isogloss::test {
namespace {

std::string quoted(const std::string& word) {
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

void redirect(const std::filesystem::path& path, int to) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  ::dup2(file, to);
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                 const std::string& prelude)
    : folder_(folder) {
  std::string command = prelude + " exec " + quoted(ISOGLOSS_PROGRAM);
  for (const auto& argument : arguments) command += " " + quoted(argument);
  pid_ = ::fork();
  if (pid_ < 0) throw std::runtime_error("fork failed");
  if (pid_ > 0) return;
  redirect(folder_ / "stdout.txt", STDOUT_FILENO);
  redirect(folder_ / "stderr.txt", STDERR_FILENO);
  ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
  ::_exit(127);
}

void Program::send(int signal) const { ::kill(pid_, signal); }

bool Program::running() {
  if (!ended_) ended_ = ::waitpid(pid_, &status_, WNOHANG) == pid_;
  return !ended_;
}

Outcome Program::wait() {
  if (!ended_) ::waitpid(pid_, &status_, 0);
  ended_ = true;
  Outcome outcome;
  outcome.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
  outcome.out = read_text(folder_ / "stdout.txt");
  outcome.err = read_text(folder_ / "stderr.txt");
  return outcome;
}

Outcome run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                    const std::string& prelude) {
  return Program(arguments, folder, prelude).wait();
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace isogloss::test
