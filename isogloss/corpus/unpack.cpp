#include "isogloss/corpus/unpack.h"

#include <arrow/util/compression.h>
#include <fmt/format.h>
#include <lzma.h>

#include <memory>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/core/parquet.h"

namespace isogloss {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 16;
constexpr std::size_t kMaxMemory = std::size_t{256} << 20;  // xz -9 needs 65 MiB

/// The file may be damaged, or packed with an option that only its own program knows.
[[noreturn]] void fail_to_unpack(const std::filesystem::path& path) {
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: cannot be unpacked; fetch the file again, or unpack it yourself if "
                          "another program can",
                          path.string()));
}

[[noreturn]] void fail(const std::filesystem::path& path, std::string_view problem) {
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: {}; fetch the file again", path.string(), problem));
}

template <arrow::Compression::type kType>
void unpack_by_arrow(std::string_view packed, const std::filesystem::path& path,
                     const PieceSink& sink) {
  const auto codec = take_arrow(arrow::util::Codec::Create(kType), path, "unpack");
  const auto unpacker = take_arrow(codec->MakeDecompressor(), path, "unpack");
  std::vector<char> piece(kPiece);
  auto* const to = reinterpret_cast<std::uint8_t*>(piece.data());
  while (!packed.empty()) {
    const auto step = unpacker->Decompress(static_cast<std::int64_t>(packed.size()),
                                           reinterpret_cast<const std::uint8_t*>(packed.data()),
                                           static_cast<std::int64_t>(kPiece), to);
    if (!step.ok()) fail_to_unpack(path);
    sink({piece.data(), static_cast<std::size_t>(step->bytes_written)});
    packed.remove_prefix(static_cast<std::size_t>(step->bytes_read));
    if (unpacker->IsFinished() && !packed.empty()) {  // files put one behind the other
      check_arrow(unpacker->Reset(), path, "unpack");
    } else if (step->bytes_read == 0 && step->bytes_written == 0) {
      break;
    }
  }
  // What is left in the decompressor comes out without further input.
  while (!unpacker->IsFinished()) {
    const auto step = unpacker->Decompress(0, to, static_cast<std::int64_t>(kPiece), to);
    if (!step.ok() || step->bytes_written == 0) fail(path, "is cut short");
    sink({piece.data(), static_cast<std::size_t>(step->bytes_written)});
  }
}

void unpack_xz(std::string_view packed, const std::filesystem::path& path, const PieceSink& sink) {
  lzma_stream stream = LZMA_STREAM_INIT;
  const std::unique_ptr<lzma_stream, void (*)(lzma_stream*)> owner(&stream, &lzma_end);
  if (lzma_stream_decoder(&stream, kMaxMemory, LZMA_CONCATENATED) != LZMA_OK) {
    throw Error(ErrorCode::kEnvironment, fmt::format("{}: no memory to unpack it", path.string()));
  }
  std::vector<char> piece(kPiece);
  stream.next_in = reinterpret_cast<const std::uint8_t*>(packed.data());
  stream.avail_in = packed.size();
  for (auto result = LZMA_OK; result != LZMA_STREAM_END;) {
    stream.next_out = reinterpret_cast<std::uint8_t*>(piece.data());
    stream.avail_out = kPiece;
    result = lzma_code(&stream, LZMA_FINISH);
    if (result == LZMA_BUF_ERROR) fail(path, "is cut short");
    if (result == LZMA_MEMLIMIT_ERROR) {
      throw Error(ErrorCode::kBadInput,
                  fmt::format("{}: needs more than {} MiB of memory to unpack; unpack it yourself",
                              path.string(), kMaxMemory >> 20));
    }
    if (result != LZMA_OK && result != LZMA_STREAM_END) {
      fail_to_unpack(path);
    }
    sink({piece.data(), kPiece - stream.avail_out});
  }
}

}  // namespace

Unpacker find_unpacker(std::string_view packed) {
  using namespace std::string_view_literals;
  if (packed.starts_with("\x1f\x8b"sv)) return &unpack_by_arrow<arrow::Compression::GZIP>;
  if (packed.starts_with("BZh"sv)) return &unpack_by_arrow<arrow::Compression::BZ2>;
  if (packed.starts_with("\x28\xb5\x2f\xfd"sv)) return &unpack_by_arrow<arrow::Compression::ZSTD>;
  if (packed.starts_with("\xfd\x37zXZ\0"sv)) return &unpack_xz;
  return nullptr;
}

}  // namespace isogloss
