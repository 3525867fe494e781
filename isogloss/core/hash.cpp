#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/json_text.h"

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

/// SHA-256 of up to 64 pieces of 4 KiB, evenly spread over the file, its ends included.
std::string sha256_of_sample(const std::filesystem::path& path) {
  constexpr std::size_t kPieces = 64;
  constexpr std::size_t kPieceBytes = 4096;
  const MappedFile file(path);
  const auto bytes = file.bytes();
  if (bytes.size() <= kPieces * kPieceBytes) return sha256_of_bytes(bytes);
  std::vector<std::byte> sample;
  for (std::size_t i = 0; i < kPieces; ++i) {
    const auto begin = (bytes.size() - kPieceBytes) / (kPieces - 1) * i;
    const auto piece = bytes.subspan(begin, kPieceBytes);
    sample.insert(sample.end(), piece.begin(), piece.end());
  }
  const auto end = bytes.last(kPieceBytes);
  sample.insert(sample.end(), end.begin(), end.end());
  return sha256_of_bytes(sample);
}

/// What a cached hash is valid for. Archives restore sizes and modification times, so other bytes
/// may have both; the inode and the time of the last change of the inode tell them apart, and where
/// a file system keeps neither, a sample of the bytes does.
nlohmann::json stamp_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return nullptr;
#ifdef __APPLE__
  const auto& changed = status.st_ctimespec;
#else
  const auto& changed = status.st_ctim;
#endif
  const auto modified = std::filesystem::last_write_time(path).time_since_epoch();
  return {{"path", path.string()},
          {"size", status.st_size},
          {"inode", status.st_ino},
          {"changed", {changed.tv_sec, changed.tv_nsec}},
          {"modified", std::chrono::nanoseconds(modified).count()},
          {"sample", sha256_of_sample(path)}};
}

/// The cached entry, or null if it is missing, damaged or being removed by another process.
nlohmann::json read_entry(const std::filesystem::path& entry) {
  std::error_code unknown;
  if (!std::filesystem::exists(entry, unknown)) return nullptr;
  nlohmann::json cached;
  try {
    cached = nlohmann::json::parse(MappedFile(entry).text(), nullptr, false);
  } catch (const Error&) {
    return nullptr;
  }
  const bool sound = cached.is_object() && cached.contains("sha256") &&
                     cached["sha256"].is_string() && cached.contains("stamp") &&
                     cached["stamp"].is_object() && cached["stamp"].contains("path") &&
                     cached["stamp"]["path"].is_string();
  return sound ? cached : nlohmann::json(nullptr);
}

/// Removes the entries of files that are gone, and those that cannot be read; once per process.
void sweep(const std::filesystem::path& hashes) {
  static std::mutex mutex;
  static std::set<std::filesystem::path> swept;
  const std::lock_guard lock(mutex);
  if (!swept.insert(hashes).second) return;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(hashes, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() != ".json") continue;  // not finished by another process
    const auto cached = read_entry(entry->path());
    std::error_code unknown;
    const bool is_kept =
        cached.is_object() &&
        (std::filesystem::exists(cached["stamp"]["path"].get<std::string>(), unknown) || unknown);
    if (!is_kept) std::filesystem::remove(entry->path(), unknown);
  }
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
  const auto cached = read_entry(entry);
  if (cached.is_object() && cached["stamp"] == stamp) return cached["sha256"];
  std::string hash = sha256_of_file(absolute);
  std::error_code ignored;
  std::filesystem::create_directories(entry.parent_path(), ignored);
  sweep(entry.parent_path());
  try {
    write_file_atomically(entry, json_text(nlohmann::json{{"stamp", stamp}, {"sha256", hash}}));
  } catch (const Error&) {
    // A read-only or full cache costs the next run some seconds, not this one its result.
  }
  return hash;
}

}  // namespace isogloss
