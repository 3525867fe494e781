// Runs the isogloss program as its users do: another process, its exit code and what it printed.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace isogloss::test {

struct Outcome {
  int exit_code = -1;  ///< -signal if a signal ended it
  std::string out;
  std::string err;
};

/// A running program; its output goes to files in `folder`.
class Program {
 public:
  /// `prelude` is shell run before the program takes its place, e.g. "ulimit -f 8;".
  Program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
          const std::string& prelude = "");
  void send(int signal) const;
  bool running();
  Outcome wait();

 private:
  std::filesystem::path folder_;
  pid_t pid_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

Outcome run_program(const std::vector<std::string>& arguments, const std::filesystem::path& folder,
                    const std::string& prelude = "");

std::string read_text(const std::filesystem::path& path);

}  // namespace isogloss::test
