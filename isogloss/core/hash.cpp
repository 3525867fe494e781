#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

std::string sha256_of_bytes(std::span<const std::byte> bytes) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
    throw Error(ErrorCode::kEnvironment, "OpenSSL offers no SHA-256 here; check its configuration");
  }
  std::string text;
  for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

/// What a cached hash is valid for.
nlohmann::json stamp_of(const std::filesystem::path& path) {
  const auto changed = std::filesystem::last_write_time(path).time_since_epoch();
  return {{"path", path.string()},
          {"size", std::filesystem::file_size(path)},
          {"changed", std::chrono::nanoseconds(changed).count()}};
}

}  // namespace

std::string sha256_of_file(const std::filesystem::path& path) {
  return sha256_of_bytes(MappedFile(path).bytes());
}

std::string sha256_of_text(std::string_view text) {
  return sha256_of_bytes(std::as_bytes(std::span(text)));
}

std::string cached_sha256_of_file(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) return sha256_of_file(path);
  const auto absolute = std::filesystem::absolute(path).lexically_normal();
  const auto stamp = stamp_of(absolute);
  const auto entry = cache_folder() / "hashes" / (sha256_of_text(absolute.string()) + ".json");
  if (std::filesystem::exists(entry)) {
    const auto cached = nlohmann::json::parse(MappedFile(entry).text(), nullptr, false);
    if (cached.is_object() && cached.value("stamp", nlohmann::json()) == stamp &&
        cached.contains("sha256") && cached["sha256"].is_string()) {
      return cached["sha256"];
    }
  }
  std::string hash = sha256_of_file(absolute);
  std::error_code ignored;
  std::filesystem::create_directories(entry.parent_path(), ignored);
  try {
    write_file_atomically(entry, nlohmann::json{{"stamp", stamp}, {"sha256", hash}}.dump());
  } catch (const Error&) {
    // A read-only or full cache costs the next run some seconds, not this one its result.
  }
  return hash;
}

}  // namespace isogloss
