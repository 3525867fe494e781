#include "isogloss/hub/hub.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/hub/cache.h"
#include "isogloss/hub/client.h"
#include "isogloss/hub/download.h"
#include "isogloss/hub/similar_names.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_offline(const HubCache& cache, const HubRepo& repo,
                                const std::string& what) {
  throw Error(
      ErrorCode::kEnvironment,
      fmt::format("{}: {} is not in the hub's cache ({}) and HF_HUB_OFFLINE is set; unset it to "
                  "download, or set HF_HUB_CACHE to the cache that has it",
                  address_of(repo), what, cache.folder().string()));
}

bool has_all(const HubCache& cache, const std::string& commit, std::span<const std::string> paths) {
  return std::all_of(paths.begin(), paths.end(),
                     [&](const auto& path) { return cache.hash_of(commit, path).has_value(); });
}

/// The commit that the revision stands for: asked, unless it is a commit or the hub is not to be
/// asked. If nobody answers, what it was when last asked, provided that all of `paths` are there.
std::string resolved(const HubClient& client, const HubCache& cache, const HubRepo& repo,
                     std::span<const std::string> paths) {
  const auto known = cache.known_commit();
  if (known == repo.revision) return *known;
  if (client.settings().offline) {
    if (!known) throw_offline(cache, repo, "revision " + repo.revision);
    return *known;
  }
  if (!known || !has_all(cache, *known, paths)) return client.commit();
  HubSettings impatient = client.settings();
  impatient.n_attempts = 2;
  try {
    return HubClient(impatient, repo, client.control()).commit();
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kEnvironment) throw;
    client.control().warning(
        fmt::format("{}; going on with what the cache has of {} (commit {:.8})", error.what(),
                    address_of(repo), *known));
    return *known;
  }
}

std::vector<HubFile> known_or_asked_files(const HubClient& client, const HubCache& cache,
                                          const std::string& commit) {
  if (auto files = cache.known_files(commit)) return *std::move(files);
  auto files = client.files(commit);
  cache.remember_files(commit, files);
  return files;
}

[[noreturn]] void throw_no_such_file(const HubClient& client, const HubCache& cache,
                                     const HubRepo& repo, const std::string& commit,
                                     const std::string& path) {
  std::vector<std::string> names;
  for (const auto& file : known_or_asked_files(client, cache, commit)) names.push_back(file.path);
  throw Error(ErrorCode::kUsage, fmt::format("{}: has no file {} at {}{}", address_of(repo), path,
                                             repo.revision, similar_names(path, names)));
}

/// True if the file is there and is what its name in the cache says. A damaged one is removed.
bool is_sound(const HubClient& client, const HubCache& cache, const std::string& commit,
              const std::string& path) {
  const auto hash = cache.hash_of(commit, path);
  if (!hash) return false;
  if (hash->empty())
    return true;  // a copy, where links cannot be made: nothing says what it should be
  const auto blob = cache.blob(*hash);
  const auto content = hash->size() == 64 ? cached_sha256_of_file(blob) : content_hash(blob, *hash);
  if (content == *hash) return true;
  client.control().warning(fmt::format("{}: damaged in the hub's cache; removed", blob.string()));
  fs::remove(blob);
  return false;
}

void fetch_file(const HubClient& client, const HubCache& cache, const HubRepo& repo,
                const std::string& commit, const std::string& path) {
  const auto head = client.head(commit, path);
  if (!head) {
    cache.remember_absent(commit, path);
    throw_no_such_file(client, cache, repo, commit, path);
  }
  const BlobLock lock(cache.lock_file(head->hash), client.control());
  std::error_code error;
  if (!fs::is_regular_file(cache.blob(head->hash), error)) {
    download_blob(client, cache, commit, path, *head);
  }
  cache.link(commit, path, head->hash);
}

}  // namespace

HubRepo pinned(const HubRepo& repo, const RunControl& control) {
  const auto settings = hub_settings();
  const HubCache cache(settings.cache, repo);
  const auto commit = resolved(HubClient(settings, repo, control), cache, repo, {});
  if (!settings.offline) cache.remember_commit(commit);
  return {repo.kind, repo.name, commit};
}

std::vector<HubEntry> hub_entries(const HubRepo& repo, const RunControl& control) {
  const auto settings = hub_settings();
  const HubCache cache(settings.cache, repo);
  const HubClient client(settings, repo, control);
  const auto commit = resolved(client, cache, repo, {});
  if (settings.offline && !cache.known_files(commit)) return cache.present_files(commit);
  if (!settings.offline) cache.remember_commit(commit);
  std::vector<HubEntry> entries;
  for (const auto& file : known_or_asked_files(client, cache, commit))
    entries.push_back({file.path, file.bytes});
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return entries;
}

HubSnapshot fetch_files(const HubRepo& repo, std::span<const std::string> paths,
                        const RunControl& control) {
  const auto settings = hub_settings();
  const HubCache cache(settings.cache, repo);
  const HubClient client(settings, repo, control);
  for (const auto& path : paths) {
    if (!stays_inside(path)) {
      throw Error(ErrorCode::kUsage, fmt::format("{}: {} is no path of a file in a repository",
                                                 address_of(repo), path));
    }
  }
  const auto commit = resolved(client, cache, repo, paths);
  for (const auto& path : paths) {
    control.throw_if_stopped();
    if (is_sound(client, cache, commit, path)) continue;
    if (settings.offline) throw_offline(cache, repo, path);
    fetch_file(client, cache, repo, commit, path);
  }
  if (!settings.offline) cache.remember_commit(commit);
  return {cache.snapshot(commit), commit};
}

}  // namespace isogloss
