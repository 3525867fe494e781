// numpy's npz by libzip, over the file's mapped bytes.
#include <fmt/format.h>
#include <zip.h>

#include <algorithm>
#include <array>

#include "isogloss/core/error.h"
#include "isogloss/sae/npy_header_internal.h"
#include "isogloss/sae/tensor_file.h"

namespace isogloss {
namespace {

/// Deflate cannot pack anything further: it has at most 258 bytes per code of two bits. A member
/// that claims more is refused before anything is allocated for it.
constexpr std::uint64_t kMaxDeflateRatio = 1032;

struct CloseZip {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* member) const { zip_fclose(member); }
};

class NpzFile : public TensorFile {
 public:
  NpzFile(std::span<const std::byte> bytes, std::string path_text)
      : TensorFile(std::move(path_text)) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    if (source != nullptr) archive_.reset(zip_open_from_source(source, ZIP_RDONLY, &error));
    if (!archive_) {
      const std::string reason = zip_error_strerror(&error);
      if (source != nullptr) zip_source_free(source);
      zip_error_fini(&error);
      throw_damaged(path(), fmt::format("cannot be read as npz: {}", reason));
    }
    zip_error_fini(&error);
    const auto n_members = zip_get_num_entries(archive_.get(), 0);
    if (n_members < 1)
      throw_damaged(path(), "holds no arrays");  // libzip takes an empty file for a zip
    for (zip_int64_t i = 0; i < n_members; ++i) add(parse_member(static_cast<std::uint64_t>(i)));
  }

 private:
  [[noreturn]] static void throw_damaged(const std::string& path, std::string_view what) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: {}; fetch or write the file again", path, what));
  }

  TensorInfo parse_member(std::uint64_t index) const {
    zip_stat_t stat;
    constexpr zip_uint64_t kNeeded =
        ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if (zip_stat_index(archive_.get(), index, 0, &stat) != 0 || (stat.valid & kNeeded) != kNeeded) {
      throw_damaged(path(), fmt::format("its directory entry {} is damaged", index));
    }
    std::string name = stat.name;
    check_name(name);
    if (!name.ends_with(".npy"))
      throw_damaged(path(), fmt::format("entry {} is not a .npy array", index));
    name.resize(name.size() - 4);
    const bool stored = stat.comp_method == ZIP_CM_STORE;
    if (!stored && stat.comp_method != ZIP_CM_DEFLATE) {
      throw_damaged(path(), fmt::format("array {} is packed by another method than deflate", name));
    }
    if (stat.size / (stored ? 1 : kMaxDeflateRatio) > stat.comp_size) {
      throw_damaged(path(),
                    fmt::format("array {} claims {} bytes, more than its {} packed bytes can hold",
                                name, stat.size, stat.comp_size));
    }
    std::array<std::byte, kMaxNpyPrefixSize> prefix;
    const auto n_prefix =
        static_cast<std::size_t>(std::min<std::uint64_t>(stat.size, prefix.size()));
    const auto member = open_member(index, name);
    read_exactly(member.get(), std::span(prefix).first(n_prefix), name, path());
    auto header = parse_npy_header(std::span(prefix).first(n_prefix), path(), name);
    const auto n_bytes = header.tensor.n_elements * size_of(header.tensor.type);
    if (stat.size - header.data_offset != n_bytes) {
      throw_damaged(path(), fmt::format("array {} has {} bytes, its shape {} needs {}", name,
                                        stat.size - header.data_offset,
                                        shape_text(header.tensor.shape), n_bytes));
    }
    header.tensor.location = index;
    return std::move(header.tensor);
  }

  using Member = std::unique_ptr<zip_file_t, CloseZip>;

  Member open_member(std::uint64_t index, std::string_view name) const {
    Member member(zip_fopen_index(archive_.get(), index, 0));
    if (!member) {
      throw_damaged(path(),
                    fmt::format("cannot unpack array {}: {}", name, zip_strerror(archive_.get())));
    }
    return member;
  }

  static void read_exactly(zip_file_t* member, std::span<std::byte> out, std::string_view name,
                           const std::string& path) {
    while (!out.empty()) {
      const auto n_read = zip_fread(member, out.data(), out.size());
      if (n_read <= 0) {
        throw_damaged(path,
                      fmt::format("cannot unpack array {}: {}", name, zip_file_strerror(member)));
      }
      out = out.subspan(static_cast<std::size_t>(n_read));
    }
  }

  std::unique_ptr<TensorStream> stream(const TensorInfo& tensor) override {
    zip_stat_t stat;
    zip_stat_index(archive_.get(), tensor.location, 0, &stat);
    // The header again: everything before the elements.
    const auto n_header = stat.size - tensor.n_elements * size_of(tensor.type);
    return std::make_unique<Stream>(tensor, path(), open_member(tensor.location, tensor.name),
                                    static_cast<std::size_t>(n_header));
  }

  class Stream : public TensorStream {
   public:
    Stream(const TensorInfo& tensor, const std::string& path, Member member, std::size_t n_header)
        : TensorStream(tensor, path), member_(std::move(member)), bytes_(kMostBytes) {
      read_exactly(member_.get(), std::span(bytes_).first(n_header), tensor.name, path);
    }

   private:
    std::span<const std::byte> next(std::size_t n_bytes) override {
      const auto part = std::span(bytes_).first(n_bytes);
      read_exactly(member_.get(), part, tensor().name, path());
      return part;
    }

    /// The checksum is compared when the end is read.
    void finish() override {
      if (zip_fread(member_.get(), bytes_.data(), 1) == 0) return;
      throw_damaged(path(), fmt::format("array {} is damaged: {}", tensor().name,
                                        zip_file_strerror(member_.get())));
    }

    Member member_;
    std::vector<std::byte> bytes_;
  };

  std::unique_ptr<zip_t, CloseZip> archive_;
};

}  // namespace

std::unique_ptr<TensorFile> open_npz(std::span<const std::byte> bytes, std::string path) {
  return std::make_unique<NpzFile>(bytes, std::move(path));
}

}  // namespace isogloss
