// A folder that `datasets.load_dataset` opens and the Hugging Face hub takes: the result folder's
// tables as they are, with a card. It stays a result folder.
#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/core/file.h"
#include "isogloss/core/folder_lock.h"
#include "isogloss/exports/dataset_card.h"
#include "isogloss/exports/format.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

/// A path that tells nothing of this machine: one that leads elsewhere is cut to its last part.
std::string public_path(const std::string& path) {
  const auto normal = fs::path(path).lexically_normal();
  if (normal.is_relative() && !normal.string().starts_with("..")) return path;
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

Manifest public_manifest(Manifest manifest) {
  auto& inputs = manifest.inputs;
  inputs.model.path = public_path(inputs.model.path);
  inputs.sae_path = public_path(inputs.sae_path);
  inputs.corpus_path = public_path(inputs.corpus_path);
  for (auto& file : inputs.sae) file.path = public_path(file.path);
  for (auto& file : inputs.corpus) file.path = public_path(file.path);
  return manifest;
}

/// A folder under a temporary name until finish(); removed if that is never called.
class NewFolder {
 public:
  explicit NewFolder(const fs::path& output) : output_(fs::absolute(output).lexically_normal()) {
    if (!output_.has_filename()) output_ = output_.parent_path();
    part_ = output_.string() + ".part";
    const bool is_taken = fs::is_directory(output_) ? !fs::is_empty(output_) : fs::exists(output_);
    if (is_taken) {
      fail(output, "is there already; give another --output, or delete it");
    }
    fs::create_directories(output_.parent_path());
    if (!fs::create_directory(part_)) {
      fail(part_, "was left by an export that was interrupted; delete it and repeat the command");
    }
  }
  NewFolder(const NewFolder&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (!is_finished_) fs::remove_all(part_, ignored);
  }

  const fs::path& path() const { return part_; }

  void finish() {
    fs::rename(part_, output_);
    is_finished_ = true;
  }

 private:
  [[noreturn]] static void fail(const fs::path& path, std::string_view problem) {
    throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", path.string(), problem));
  }

  fs::path output_;
  fs::path part_;
  bool is_finished_ = false;
};

/// The files of `part` in `folder`, relative to it; empty if there is none.
std::vector<fs::path> files_of(const DatasetPart& part, const fs::path& folder) {
  const auto path = folder / part.path;
  if (!fs::is_directory(path)) {
    return fs::exists(path) ? std::vector{fs::path(part.path)} : std::vector<fs::path>();
  }
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".parquet") {
      files.push_back(fs::path(part.path) / entry.path().filename());
    }
  }
  return files;
}

void write(const ResultFolder& folder, const ExportOptions& options, const RunControl& control) {
  const FolderLock lock(folder.root);
  const auto manifest = public_manifest(require_scored(folder));
  std::vector<DatasetPart> parts;
  std::vector<fs::path> files = {folder.statistics().filename()};
  for (const auto& part : dataset_parts()) {
    const auto some = files_of(part, folder.root);
    if (some.empty()) continue;
    parts.push_back(part);
    files.insert(files.end(), some.begin(), some.end());
  }
  NewFolder to(options.output);
  std::int64_t n_done = 0;
  for (const auto& file : files) {
    control.throw_if_stopped();
    fs::create_directories((to.path() / file).parent_path());
    copy_file_atomically(folder.root / file, to.path() / file);
    control.report({"export", "files", ++n_done, std::ssize(files)});
  }
  write_manifest({to.path()}, manifest);
  write_file_atomically(to.path() / "README.md", dataset_card(manifest, parts));
  to.finish();
}

}  // namespace

const ExportFormat export_format::huggingface = {
    .name = "hf",
    .gives = "a folder for datasets.load_dataset and the Hugging Face hub",
    .chooses_features = false,
    .has_sentences = false,
    .write = &write,
};

}  // namespace isogloss
