#include "isogloss/inputs/outline.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <stdexcept>

#include "isogloss/core/error.h"
#include "isogloss/hub/similar_names.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFiles = 50'000;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "isogloss-names-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) {
      throw Error(
          ErrorCode::kEnvironment,
          fmt::format("{}: no temporary folder can be made; free some space there, or set TMPDIR",
                      fs::temp_directory_path().string()));
    }
    path_ = fs::canonical(pattern);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

/// Says what is there instead: folders and files called similarly, else the folders.
[[noreturn]] void refuse_path(const HubName& name, std::span<const HubEntry> entries) {
  constexpr std::size_t kShown = 12;
  std::set<std::string> names;
  std::set<std::string> folders;
  for (const auto& entry : entries) {
    names.insert(entry.path);
    for (auto folder = fs::path(entry.path).parent_path(); !folder.empty();
         folder = folder.parent_path()) {
      names.insert(folder.generic_string());
    }
    if (const auto slash = entry.path.find('/'); slash != std::string::npos)
      folders.insert(entry.path.substr(0, slash));
  }
  auto offer = similar_names(name.path, {names.begin(), names.end()});
  if (offer.empty() && !folders.empty()) {
    const auto end =
        std::next(folders.begin(), static_cast<std::ptrdiff_t>(std::min(kShown, folders.size())));
    offer = fmt::format("; its folders: {}{}", fmt::join(folders.begin(), end, ", "),
                        folders.size() > kShown ? ", …" : "");
  }
  throw Error(ErrorCode::kUsage,
              fmt::format("{}: the repository has nothing called so{}", name.text(), offer));
}

std::string replaced(std::string text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
  return text;
}

}  // namespace

std::vector<std::string> choose_by_names(
    const HubName& name, std::span<const HubEntry> entries,
    const std::function<std::vector<fs::path>(const fs::path&)>& choose) {
  const TemporaryFolder folder;
  const auto top = folder.path();
  std::size_t n_files = 0;
  for (const auto& entry : entries) {
    const bool is_below =
        name.path.empty() || entry.path == name.path || entry.path.starts_with(name.path);
    if (!is_below) continue;
    if (++n_files > kMaxFiles) {
      throw Error(ErrorCode::kUsage, fmt::format("{}: holds over {} files; name a folder in it",
                                                 name.text(), kMaxFiles));
    }
    fs::create_directories((top / entry.path).parent_path());
    if (!std::ofstream(top / entry.path)) {
      throw Error(
          ErrorCode::kEnvironment,
          fmt::format("{}: cannot write there; free some space, or set TMPDIR", top.string()));
    }
  }
  if (n_files == 0) refuse_path(name, entries);
  try {
    std::vector<std::string> chosen;
    for (const auto& file : choose(name.path.empty() ? top : top / name.path)) {
      chosen.push_back(file.lexically_normal().lexically_relative(top).generic_string());
    }
    return chosen;
  } catch (const Error& error) {
    throw Error(error.code(), replaced(error.what(), top.string(), "hf:" + name.repo.name));
  }
}

}  // namespace isogloss
