#include "isogloss/hub/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string_view>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

/// The first of the variables that is set and not empty.
std::string variable(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

bool is_on(std::initializer_list<const char*> names) {
  std::string value = variable(names);
  std::transform(value.begin(), value.end(), value.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return value == "1" || value == "ON" || value == "YES" || value == "TRUE";
}

std::string home_folder() {
  std::string home = variable({"HOME"});
  if (home.empty()) {
    throw Error(ErrorCode::kEnvironment, "no cache folder for the hub: set HOME or HF_HOME");
  }
  return home;
}

/// A path as Python reads it: ~ is the home folder, $NAME and ${NAME} are variables.
std::filesystem::path expanded(const std::string& text) {
  std::string result;
  std::size_t i = 0;
  if (text == "~" || text.starts_with("~/")) {
    result = home_folder();
    i = 1;
  }
  while (i < text.size()) {
    const bool braced = text.compare(i, 2, "${") == 0;
    const std::size_t begin = i + (braced ? 2 : 1);
    std::size_t end = begin;
    while (end < text.size() &&
           (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_')) {
      ++end;
    }
    const bool is_name =
        text[i] == '$' && end > begin && (!braced || (end < text.size() && text[end] == '}'));
    const char* value = is_name ? std::getenv(text.substr(begin, end - begin).c_str()) : nullptr;
    if (value == nullptr) {
      result += text[i++];
      continue;
    }
    result += value;
    i = end + (braced ? 1 : 0);
  }
  return result;
}

std::filesystem::path hub_home() {
  if (const auto home = variable({"HF_HOME"}); !home.empty()) return expanded(home);
  const auto xdg = variable({"XDG_CACHE_HOME"});
  return (xdg.empty() ? std::filesystem::path(home_folder()) / ".cache" : expanded(xdg)) /
         "huggingface";
}

std::string without_line_ends(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  const auto begin = text.find_first_not_of(" \t");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string token() {
  if (is_on({"HF_HUB_DISABLE_IMPLICIT_TOKEN"})) return {};
  std::string source = "HF_TOKEN";
  std::string token = without_line_ends(variable({"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}));
  if (token.empty()) {
    const auto named = variable({"HF_TOKEN_PATH"});
    const auto path = named.empty() ? hub_home() / "token" : expanded(named);
    std::ifstream file(path, std::ios::binary);
    token = without_line_ends({std::istreambuf_iterator<char>(file), {}});
    source = path.string();
  }
  // A token is part of a request's head, where only these characters may stand.
  const bool is_sound =
      std::all_of(token.begin(), token.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  if (!is_sound || token.size() > 4096) {
    throw Error(ErrorCode::kUsage,
                fmt::format("{}: this is not a token of the hub (it has characters that none has); "
                            "copy it again from the hub's settings, Access Tokens",
                            source));
  }
  return token;
}

std::string endpoint() {
  std::string endpoint = variable({"HF_ENDPOINT"});
  if (endpoint.empty()) return HubSettings().endpoint;
  while (endpoint.ends_with('/')) endpoint.pop_back();
  if (!endpoint.starts_with("https://") && !endpoint.starts_with("http://")) {
    throw Error(
        ErrorCode::kUsage,
        "HF_ENDPOINT: not an address; write it with https://, or unset it for the public hub");
  }
  // Messages name the endpoint.
  const auto host = endpoint.find("://") + 3;
  if (endpoint.substr(host, endpoint.find('/', host) - host).find('@') != std::string::npos) {
    throw Error(ErrorCode::kUsage,
                "HF_ENDPOINT: holds a name or a password before the host; write it without, and "
                "put what the server asks for into HF_TOKEN");
  }
  return endpoint;
}

}  // namespace

std::filesystem::path hub_cache_folder() {
  const auto named = variable({"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"});
  return named.empty() ? hub_home() / "hub" : expanded(named);
}

HubSettings hub_settings() {
  HubSettings settings;
  settings.endpoint = endpoint();
  settings.token = token();
  settings.cache = hub_cache_folder();
  settings.offline = is_on({"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"});
  settings.certificates = variable({"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"});
  return settings;
}

}  // namespace isogloss
