#include "isogloss/hub/cache.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <regex>
#include <thread>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_unwritable(const fs::path& path, const std::error_code& error) {
  throw Error(ErrorCode::kEnvironment,
              fmt::format("{}: cannot write to the hub's cache: {}; free some space there, or set "
                          "HF_HUB_CACHE to a folder of yours",
                          path.string(), error.message()));
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw_unwritable(folder, error);
}

/// Several processes may write the same small file at once; each has a temporary of its own.
void write_small_file(const fs::path& path, std::string_view content) {
  make_folder(path.parent_path());
  fs::path mine = path;
  mine += fmt::format(".{}.tmp", ::getpid());
  write_file_atomically(mine, content);
  std::error_code error;
  fs::rename(mine, path, error);
  if (error) throw_unwritable(path, error);
}

std::optional<std::string> small_text(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error) || fs::file_size(path, error) > (64 << 20))
    return std::nullopt;
  return std::string(MappedFile(path).text());
}

void check_name(const std::string& name) {
  static const std::regex kName(
      "[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?(/[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?)");
  const bool is_sound = name.size() <= 200 && std::regex_match(name, kName) &&
                        name.find("--") == std::string::npos &&
                        name.find("..") == std::string::npos;
  if (is_sound) return;
  throw Error(ErrorCode::kUsage,
              fmt::format("{}: not the name of a repository on the hub; write OWNER/NAME as in the "
                          "address of its page, e.g. openai-community/gpt2",
                          name));
}

void check_revision(const std::string& revision) {
  if (stays_inside(revision) && revision.size() <= 200) return;
  throw Error(ErrorCode::kUsage,
              fmt::format("{}: not a revision of a repository on the hub; write a "
                          "branch, a tag or a commit",
                          revision));
}

}  // namespace

HubCache::HubCache(fs::path root, const HubRepo& repo)
    : root_(std::move(root)), revision_(repo.revision) {
  check_name(repo.name);
  check_revision(revision_);
  std::string name = repo.kind == HubKind::kModel ? "models--" : "datasets--";
  for (const char c : repo.name) name += c == '/' ? std::string("--") : std::string(1, c);
  folder_ = root_ / name;
}

fs::path HubCache::snapshot(const std::string& commit) const {
  return folder_ / "snapshots" / commit;
}

fs::path HubCache::lock_file(const std::string& hash) const {
  return root_ / ".locks" / folder_.filename() / (hash + ".lock");
}

std::optional<std::string> HubCache::known_commit() const {
  if (is_commit(revision_)) return revision_;
  auto commit = small_text(folder_ / "refs" / revision_);
  if (!commit || !is_commit(*commit)) return std::nullopt;
  return commit;
}

void HubCache::remember_commit(const std::string& commit) const {
  if (known_commit() == commit) return;
  write_small_file(folder_ / "refs" / revision_, commit);
}

std::optional<std::vector<HubFile>> HubCache::known_files(const std::string& commit) const {
  const auto text = small_text(folder_ / "trees" / (commit + ".json"));
  return text ? files_of_tree(*text) : std::nullopt;
}

void HubCache::remember_files(const std::string& commit, const std::vector<HubFile>& files) const {
  write_small_file(folder_ / "trees" / (commit + ".json"), tree_json(files));
}

std::vector<HubEntry> HubCache::present_files(const std::string& commit) const {
  std::vector<HubEntry> entries;
  std::error_code error;
  const auto top = snapshot(commit);
  for (fs::recursive_directory_iterator file(top, error), end; !error && file != end;
       file.increment(error)) {
    std::error_code unknown;
    if (!fs::is_regular_file(file->path(), unknown)) continue;
    entries.push_back({file->path().lexically_relative(top).generic_string(),
                       fs::file_size(file->path(), unknown)});
  }
  std::sort(entries.begin(), entries.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return entries;
}

std::optional<std::string> HubCache::hash_of(const std::string& commit,
                                             const std::string& path) const {
  const auto file = snapshot(commit) / path;
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return std::nullopt;
  const auto target = fs::read_symlink(file, error);
  const auto name = error ? std::string() : target.filename().string();
  return is_blob_hash(name) ? name : std::string();
}

void HubCache::link(const std::string& commit, const std::string& path,
                    const std::string& hash) const {
  const auto file = snapshot(commit) / path;
  make_folder(file.parent_path());
  std::error_code error;
  if (fs::weakly_canonical(file.parent_path(), error) !=
          fs::weakly_canonical(snapshot(commit), error) / fs::path(path).parent_path() &&
      fs::path(path).has_parent_path()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: a link leads out of this folder of the hub's cache; remove it",
                            file.parent_path().string()));
  }
  fs::path mine = file;
  mine += fmt::format(".{}.tmp", ::getpid());
  fs::remove(mine, error);
  fs::create_symlink(blob(hash).lexically_relative(file.parent_path()), mine, error);
  // Some file systems have no links.
  if (error) fs::copy_file(blob(hash), mine, error);
  if (error) throw_unwritable(file, error);
  fs::rename(mine, file, error);
  if (error) throw_unwritable(file, error);
}

bool HubCache::is_known_absent(const std::string& commit, const std::string& path) const {
  std::error_code error;
  return fs::exists(folder_ / ".no_exist" / commit / path, error);
}

void HubCache::remember_absent(const std::string& commit, const std::string& path) const {
  write_small_file(folder_ / ".no_exist" / commit / path, "");
}

void HubCache::prepare() const {
  make_folder(folder_ / "blobs");
  const auto tag = root_ / "CACHEDIR.TAG";
  std::error_code error;
  if (!fs::exists(tag, error)) {
    write_small_file(
        tag,
        "Signature: 8a477f597d28d172789f06886806bc55\n"
        "# This file is a cache directory tag: what is in this folder can be fetched again.\n");
  }
}

BlobLock::BlobLock(const fs::path& file, const RunControl& control) {
  make_folder(file.parent_path());
  descriptor_ = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  bool said = false;
  while (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    if (!said) {
      control.warning("another program fetches the same file from the hub; waiting for it");
      said = true;
    }
    if (control.stop_requested()) ::close(descriptor_);
    control.throw_if_stopped();
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

BlobLock::~BlobLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace isogloss
