// The one exception type that the library throws for problems its user can solve.
#pragma once

#include <stdexcept>
#include <string>

namespace isogloss {

/// The kinds of failure, by who can fix them. The values are the program's exit codes
/// (docs/usage.md).
enum class ErrorCode {
  kUsage = 2,          ///< the call itself is wrong: an option, a language that is not there
  kBadInput = 3,       ///< a file's content is wrong: truncated, NaN, another width
  kEnvironment = 4,    ///< the machine's side: missing file, full disk, no memory
  kInterrupted = 130,  ///< the caller asked to stop; what was written can be resumed
};

/// Thrown for bad input and failing surroundings, never for bugs. `what()` is one line that names
/// the file, the place in it and the remedy.
class Error : public std::runtime_error {
 public:
  Error(ErrorCode code, const std::string& message) : std::runtime_error(message), code_(code) {}
  ErrorCode code() const noexcept { return code_; }

 private:
  ErrorCode code_;
};

}  // namespace isogloss
