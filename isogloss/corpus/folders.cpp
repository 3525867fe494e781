#include "isogloss/corpus/folders.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"

namespace isogloss {

std::vector<std::filesystem::path> list_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  if (!std::filesystem::is_directory(folder, error)) return paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.path().filename().string().starts_with('.')) continue;
    paths.push_back(entry.path());
  }
  if (error) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: cannot list the folder: {}; check its permissions",
                            folder.string(), error.message()));
  }
  std::ranges::sort(paths);
  return paths;
}

bool is_challenge(const CorpusFiles& files) {
  const auto has = [&](std::string_view language) {
    return std::ranges::find(files.files, language, &CorpusFile::language) != files.files.end();
  };
  return has("src") && has("trg");
}

}  // namespace isogloss
