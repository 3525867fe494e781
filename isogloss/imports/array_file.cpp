#include "isogloss/imports/array_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "isogloss/core/error.h"

namespace isogloss {

ArrayFile::ArrayFile(const std::filesystem::path& path)
    : bytes_(path),
      file_(path.extension() == ".npz" ? open_npz(bytes_.bytes(), path.string())
                                       : open_safetensors(bytes_.bytes(), path.string())) {}

void ArrayFile::fail(const std::string& problem) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", file_->path(), problem));
}

void ArrayFile::fail(const ImportedSentence& sentence, const std::string& problem) const {
  fail(fmt::format("sentence {}: {}", sentence.id, problem));
}

bool ArrayFile::has(std::string_view name) const {
  return std::ranges::find(file_->tensors(), name, &TensorInfo::name) != file_->tensors().end();
}

const TensorInfo& ArrayFile::info(std::string_view name) const {
  const auto found = std::ranges::find(file_->tensors(), name, &TensorInfo::name);
  if (found != file_->tensors().end()) return *found;
  fail(fmt::format("lacks the array {}; docs/imports.md has the layouts", name));
}

std::unique_ptr<TensorStream> ArrayFile::stream(std::string_view name) const {
  return file_->stream(info(name));
}

std::vector<std::int64_t> ArrayFile::integers(std::string_view name) const {
  std::vector<std::int64_t> values(info(name).n_elements);
  stream(name)->read(values);
  return values;
}

void ArrayFile::expect_only(std::span<const std::string_view> known) const {
  for (const auto& tensor : file_->tensors()) {
    if (std::ranges::find(known, tensor.name) != known.end()) continue;
    fail(fmt::format("holds the array {}, which has no meaning beside {}; leave it out",
                     tensor.name, fmt::join(known, ", ")));
  }
}

}  // namespace isogloss
