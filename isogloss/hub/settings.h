// What the environment says about the hub, by the variables of Python's huggingface_hub.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

namespace isogloss {

struct HubSettings {
  std::string endpoint = "https://huggingface.co";  ///< HF_ENDPOINT, without a slash at the end
  std::string token;                                ///< empty: none. Never printed or kept
  std::filesystem::path cache;
  bool offline = false;
  std::string certificates;  ///< a file of trusted certificates; empty: the system's
  int n_attempts = 5;        ///< without progress
  std::chrono::milliseconds first_pause{500};
  std::chrono::seconds silence{30};  ///< after which a connection counts as dropped
};

/// Throws Error(kUsage) for a variable that cannot be right.
HubSettings hub_settings();

/// HF_HUB_CACHE, or `hub` in HF_HOME, or the default.
std::filesystem::path hub_cache_folder();

}  // namespace isogloss
