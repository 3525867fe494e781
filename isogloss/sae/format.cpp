// Which format lies at a path, and the files it is made of.
#include "isogloss/sae/format.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

constexpr const SaeFormat* kFormats[] = {
#define ISOGLOSS_SAE_FORMAT(name) &sae_format::name,
#include "isogloss/sae/formats.inc"
#undef ISOGLOSS_SAE_FORMAT
};

struct FoundSae {
  const SaeFormat* format;
  std::vector<fs::path> files;
};

/// The folder in which `file` is called `name`, a relative path; nullopt if it is called otherwise.
std::optional<fs::path> folder_of(const fs::path& file, std::string_view name) {
  auto folder = file;
  auto rest = fs::path(name);
  for (; !rest.empty(); rest = rest.parent_path()) {
    if (folder.filename() != rest.filename()) return std::nullopt;
    folder = folder.parent_path();
  }
  return folder.empty() ? fs::path(".") : folder;
}

/// The folder in which `file` has one of the format's names.
std::optional<fs::path> folder_of(const SaeFormat& format, const fs::path& file) {
  for (const auto& names : {format.file_names, format.optional_file_names}) {
    for (const auto name : names) {
      if (auto folder = folder_of(file, name)) return folder;
    }
  }
  return std::nullopt;
}

/// The files of `format` that `path` stands for: its folder, one of the files in it, or a file with
/// the format's extension. Empty if it stands for none; `complete` says whether the folder must
/// hold all the needed ones or any.
std::vector<fs::path> find_files(const SaeFormat& format, const fs::path& path, bool complete) {
  std::error_code error;  // as good as nothing there
  auto folder = path;
  if (!fs::is_directory(path, error)) {
    if (!format.extension.empty() && path.extension() == format.extension) return {path};
    const auto found = folder_of(format, path);
    if (!found) return {};
    folder = *found;
  }
  const auto is_there = [&](std::string_view name) { return fs::exists(folder / name, error); };
  if (complete ? !std::ranges::all_of(format.file_names, is_there)
               : std::ranges::none_of(format.file_names, is_there)) {
    return {};
  }
  std::vector<fs::path> files;
  for (const auto name : format.file_names) files.push_back(folder / name);
  for (const auto name : format.optional_file_names) {
    if (is_there(name)) files.push_back(folder / name);
  }
  return files;
}

/// The format whose files are all there, or else the first that has some of them.
std::optional<FoundSae> find_sae(const fs::path& path) {
  for (const bool complete : {true, false}) {
    for (const auto* format : kFormats) {
      if (auto files = find_files(*format, path, complete); !files.empty()) {
        return {{format, std::move(files)}};
      }
    }
  }
  return std::nullopt;
}

bool is_pickle(const fs::path& path) {
  const auto extension = path.extension();
  return extension == ".pt" || extension == ".pth" || extension == ".bin" || extension == ".pkl";
}

bool is_or_holds_pickle(const fs::path& path) {
  if (is_pickle(path)) return true;
  std::error_code error;  // e.g. that it is no folder
  for (const auto& entry : fs::directory_iterator(path, error)) {
    if (is_pickle(entry.path())) return true;
  }
  return false;
}

[[noreturn]] void refuse(const fs::path& path) {
  throw Error(ErrorCode::kBadInput,
              is_or_holds_pickle(path)
                  ? fmt::format("{}: PyTorch pickles are not read, since reading one can run code; "
                                "convert it once with `python3 tools/convert_sae.py {} FOLDER` and "
                                "give that folder",
                                path.string(), path.string())
                  : fmt::format("{}: not an SAE that can be read; give {}", path.string(),
                                accepted_saes()));
}

/// A folder may hold the files of two formats.
void expect_one_format(const fs::path& path) {
  std::vector<std::string_view> names;
  for (const auto* format : kFormats) {
    if (!find_files(*format, path, true).empty()) names.push_back(format->name);
  }
  if (names.size() < 2) return;
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: may be an SAE in the format {}; say which with --sae-format",
                          path.string(), join_choices(names)));
}

const SaeFormat& format_named(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &SaeFormat::name);
  if (found != std::end(kFormats)) return **found;
  throw Error(ErrorCode::kUsage, fmt::format("no SAE format '{}'; take one of {}", name,
                                             fmt::join(sae_format_names(), ", ")));
}

/// A file that is called otherwise than the format's own is taken for it, if the format has one.
FoundSae locate_sae_as(const SaeFormat& format, const fs::path& path) {
  if (auto files = find_files(format, path, false); !files.empty())
    return {&format, std::move(files)};
  std::error_code error;
  if (format.file_names.size() == 1 && fs::is_regular_file(path, error)) return {&format, {path}};
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: is not {}; give one, or leave out --sae-format", path.string(),
                          format.accepted));
}

FoundSae locate_sae(const fs::path& path, std::string_view format) {
  std::error_code error;
  if (!fs::exists(path, error)) {
    throw Error(ErrorCode::kEnvironment,
                fmt::format("{}: no such SAE; give {}", path.string(), accepted_saes()));
  }
  if (!format.empty()) return locate_sae_as(format_named(format), path);
  auto found = find_sae(path);
  if (!found) refuse(path);
  expect_one_format(path);
  return std::move(*found);
}

}  // namespace

std::span<const SaeFormat* const> sae_formats() { return kFormats; }

Sae load_sae(const fs::path& path, std::string_view format) {
  const auto found = locate_sae(path, format);
  std::vector<MappedFile> mapped;
  std::vector<SaeFile> files;
  for (const auto& file : found.files) {
    mapped.emplace_back(file);
    files.push_back({file.string(), mapped.back().bytes()});
  }
  auto sae = found.format->read(files);
  sae.format = found.format->name;
  return sae;
}

std::vector<fs::path> sae_files(const fs::path& path, std::string_view format) {
  return locate_sae(path, format).files;
}

std::vector<std::string> sae_format_names() {
  std::vector<std::string> names;
  for (const auto* format : kFormats) names.emplace_back(format->name);
  return names;
}

bool is_sae(const fs::path& path) { return find_sae(path).has_value(); }

std::string accepted_saes() {
  std::vector<std::string_view> accepted;
  for (const auto* format : kFormats) accepted.push_back(format->accepted);
  return join_choices(accepted);
}

fs::path sae_folder(const fs::path& path) {
  for (const auto* format : kFormats) {
    if (auto folder = folder_of(*format, path)) return *folder;
  }
  return path;
}

const SaeFile* find_sae_file(std::span<const SaeFile> files, std::string_view name) {
  const auto found = std::ranges::find_if(
      files, [&](const SaeFile& file) { return folder_of(file.path, name).has_value(); });
  return found == files.end() ? nullptr : &*found;
}

}  // namespace isogloss
