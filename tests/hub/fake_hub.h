// A hub on this machine (fake_hub.py), and the environment that leads there.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace isogloss::testing {

/// Started with the object and ended with it. While it lives, HF_ENDPOINT leads to it, HF_HOME is
/// `home`, and the other variables of the hub are unset.
class FakeHub {
 public:
  FakeHub() : FakeHub("") {}
  /// One that speaks https with this certificate, whose key is in the same file.
  explicit FakeHub(const std::filesystem::path& certificate);
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;
  ~FakeHub();

  /// `repository` with its kind: "models/owner/name".
  void add(const std::string& repository, const std::string& path,
           const std::string& content) const;
  void set_faults(const nlohmann::json& faults) const;
  /// What was asked since the last call of forget_requests.
  std::vector<nlohmann::json> requests() const;
  void forget_requests() const;
  /// Ends the server: nobody answers at the endpoint any more.
  void stop();

  std::filesystem::path folder;  ///< temporary; all else is in it
  std::filesystem::path root;    ///< what is served
  std::filesystem::path home;    ///< HF_HOME
  std::filesystem::path cache;   ///< home/hub
  std::string endpoint;

 private:
  pid_t pid_ = -1;
};

/// Sets a variable of the environment, or unsets it, until the object goes.
class Variable {
 public:
  Variable(std::string name, const char* value);
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable();

 private:
  std::string name_;
  std::string former_;
  bool was_set_;
};

/// `n_bytes` that repeat nowhere.
std::string large(std::size_t n_bytes = 300'000);

std::string content_of(const std::filesystem::path& file);

}  // namespace isogloss::testing
