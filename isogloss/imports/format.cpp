#include "isogloss/imports/format.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr const ImportFormat* kFormats[] = {
#define ISOGLOSS_IMPORT_FORMAT(name) &import_format::name,
#include "isogloss/imports/formats.inc"
#undef ISOGLOSS_IMPORT_FORMAT
};

}  // namespace

std::string accepted_imports() {
  std::vector<std::string_view> accepted;
  for (const auto* format : kFormats) accepted.push_back(format->accepted);
  return join_choices(accepted);
}

FoundImport find_import(const fs::path& path) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Error(ErrorCode::kEnvironment, fmt::format("{}: no such file or folder; give {}",
                                                     path.string(), accepted_imports()));
  }
  for (const auto* format : kFormats) {
    if (auto files = format->find_files(path); !files.empty()) return {format, std::move(files)};
  }
  throw Error(ErrorCode::kBadInput, fmt::format("{}: no activations that can be read; give {}",
                                                path.string(), accepted_imports()));
}

std::vector<fs::path> parquet_files(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    return path.extension() == ".parquet" ? std::vector{path} : std::vector<fs::path>();
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (entry.path().extension() == ".parquet") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace isogloss
