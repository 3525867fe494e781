#include "isogloss/hub/download.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kProgressBytes = 1 << 20;  ///< fewer is no progress worth new attempts

/// The file that grows while a blob is fetched.
class PartialFile {
 public:
  explicit PartialFile(fs::path path)
      : path_(std::move(path)),
        descriptor_(::open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666)) {
    const off_t end = descriptor_ < 0 ? -1 : ::lseek(descriptor_, 0, SEEK_END);
    if (end < 0) throw_errno();
    size_ = static_cast<std::uint64_t>(end);
  }
  PartialFile(const PartialFile&) = delete;
  PartialFile& operator=(const PartialFile&) = delete;
  ~PartialFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }

  std::uint64_t size() const { return size_; }

  void restart() {
    if (::ftruncate(descriptor_, 0) != 0 || ::lseek(descriptor_, 0, SEEK_SET) < 0) throw_errno();
    size_ = 0;
  }

  void append(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) throw_errno();
      bytes.remove_prefix(static_cast<std::size_t>(written));
      size_ += static_cast<std::uint64_t>(written);
    }
  }

 private:
  [[noreturn]] void throw_errno() const {
    throw Error(
        ErrorCode::kEnvironment,
        fmt::format("{}: cannot write to the hub's cache: {}; free some space there, or set "
                    "HF_HUB_CACHE to a folder with more",
                    path_.string(), std::strerror(errno)));
  }

  fs::path path_;
  int descriptor_;
  std::uint64_t size_ = 0;
};

void check_free_space(const fs::path& folder, std::uint64_t needed) {
  std::error_code error;
  const auto space = fs::space(folder, error);
  if (error || space.available >= needed) return;
  throw Error(
      ErrorCode::kEnvironment,
      fmt::format("{}: {:.2f} GB are needed and {:.2f} GB are free; free some space, or set "
                  "HF_HUB_CACHE to a folder on another disk",
                  folder.string(), static_cast<double>(needed) / 1e9,
                  static_cast<double>(space.available) / 1e9));
}

/// The first byte of "bytes 5-9/10"; nullopt for another form.
std::optional<std::uint64_t> range_begin(std::string_view header) {
  if (!header.starts_with("bytes ")) return std::nullopt;
  header.remove_prefix(6);
  std::uint64_t begin = 0;
  const auto result = std::from_chars(header.data(), header.data() + header.size(), begin);
  if (result.ec != std::errc() || result.ptr == header.data() + header.size() || *result.ptr != '-')
    return std::nullopt;
  return begin;
}

class Download {
 public:
  Download(const HubClient& client, const std::string& url, const std::string& path,
           const HubFileHead& head, PartialFile& file)
      : client_(client),
        url_(url),
        path_(path),
        stage_("fetch " + path),
        head_(head),
        file_(file) {}

  void attempt() {
    const auto before = file_.size();
    try {
      ask();
    } catch (HubTransient& failure) {
      failure.made_progress = file_.size() >= before + kProgressBytes;
      throw;
    }
  }

 private:
  void ask() {
    if (head_.bytes && file_.size() > *head_.bytes) file_.restart();
    if (head_.bytes && file_.size() == *head_.bytes) return;
    HttpRequest request{.url = url_};
    const auto resumed_at = file_.size();
    if (resumed_at > 0) {
      request.headers.push_back(fmt::format("Range: bytes={}-", resumed_at));
      if (!head_.strong_etag.empty()) request.headers.push_back("If-Range: " + head_.strong_etag);
    }
    bool begun = false;
    request.write = [&](const HttpAnswer& answer, std::string_view bytes) {
      if (!begun) begin(answer, resumed_at);
      begun = true;
      take(bytes);
    };
    const auto answer = http_exchange(request, client_.settings(), client_.control());
    throw_if_busy(answer);
    if (answer.status == 416) {
      file_.restart();
      throw HubTransient(fmt::format("{}: the server cannot send the rest alone", path_));
    }
    if (answer.status / 100 != 2) client_.refuse(answer, path_);
    if (!begun && answer.status == 200) file_.restart();  // an empty file
    if (head_.bytes && file_.size() < *head_.bytes) {
      throw HubTransient(fmt::format("{}: {} of {} bytes came", path_, file_.size(), *head_.bytes));
    }
  }

  void begin(const HttpAnswer& answer, std::uint64_t resumed_at) {
    if (answer.status != 206) {
      file_.restart();
    } else if (range_begin(answer.header("content-range")) != resumed_at) {
      file_.restart();
      throw HubTransient(fmt::format("{}: the server sent another part than was asked for", path_));
    }
    check_free_space(cache_folder_of_file(),
                     head_.bytes.value_or(0) - std::min(head_.bytes.value_or(0), file_.size()));
  }

  void take(std::string_view bytes) {
    if (head_.bytes && file_.size() + bytes.size() > *head_.bytes) {
      file_.restart();
      throw HubTransient(
          fmt::format("{}: more came than the {} bytes it has", path_, *head_.bytes));
    }
    file_.append(bytes);
    client_.control().report(
        {.stage = stage_,
         .unit = "bytes",
         .done = static_cast<std::int64_t>(file_.size()),
         .total = static_cast<std::int64_t>(head_.bytes.value_or(file_.size()))});
  }

  const fs::path& cache_folder_of_file() const { return client_.settings().cache; }

  const HubClient& client_;
  const std::string& url_;
  const std::string& path_;
  std::string stage_;
  const HubFileHead& head_;
  PartialFile& file_;
};

}  // namespace

void download_blob(const HubClient& client, const HubCache& cache, const std::string& commit,
                   const std::string& path, const HubFileHead& head) {
  cache.prepare();
  fs::path partial = cache.blob(head.hash);
  partial += ".incomplete";
  const auto url = client.file_url(commit, path);
  // What was left by an interrupted call may be damaged; what came whole and is wrong twice is
  // wrong.
  for (int n_wrong = 0;;) {
    {
      PartialFile file(partial);
      const bool was_resumed = file.size() > 0;
      Download download(client, url, path, head, file);
      with_retries(client.settings(), client.control(), [&] { download.attempt(); });
      n_wrong += was_resumed ? 0 : 1;
    }
    const auto hash = content_hash(partial, head.hash);
    if (hash == head.hash) break;
    fs::remove(partial);
    if (n_wrong == 2) {
      throw Error(
          ErrorCode::kBadInput,
          fmt::format("{}: what came has the hash {} and should have {}, twice; something between "
                      "here and the hub changes files: try another network or proxy",
                      path, hash, head.hash));
    }
    client.control().warning(fmt::format("{}: came damaged; fetching it again", path));
  }
  finish_file(partial, cache.blob(head.hash));
}

}  // namespace isogloss
