// Compressed files are read like what is in them.
#include "isogloss/corpus/text_file.h"

#include <arrow/util/compression.h>
#include <lzma.h>

#include <cstring>

#include "tests/corpus/corpus_files.h"

namespace isogloss {
namespace {

using testing::ElementsAre;

std::string pack(arrow::Compression::type type, const std::string& text) {
  const auto codec = arrow::util::Codec::Create(type).ValueOrDie();
  const auto compressor = codec->MakeCompressor().ValueOrDie();
  const auto* from = reinterpret_cast<const std::uint8_t*>(text.data());
  std::string packed(text.size() + 1000, '\0');
  auto* to = reinterpret_cast<std::uint8_t*>(packed.data());
  auto room = static_cast<std::int64_t>(packed.size());
  const auto step = compressor->Compress(static_cast<std::int64_t>(text.size()), from, room, to);
  EXPECT_EQ(step->bytes_read, static_cast<std::int64_t>(text.size()));
  room -= step->bytes_written;
  const auto end = compressor->End(room, to + step->bytes_written);
  EXPECT_FALSE(end->should_retry);
  packed.resize(static_cast<std::size_t>(step->bytes_written + end->bytes_written));
  return packed;
}

std::string pack_xz(const std::string& text) {
  std::string packed(lzma_stream_buffer_bound(text.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(
                6, LZMA_CHECK_CRC64, nullptr, reinterpret_cast<const std::uint8_t*>(text.data()),
                text.size(), reinterpret_cast<std::uint8_t*>(packed.data()), &size, packed.size()),
            LZMA_OK);
  packed.resize(size);
  return packed;
}

/// `text` by every method, by the ending of the file's name.
std::vector<std::pair<std::string, std::string>> pack_every_way(const std::string& text) {
  return {{".gz", pack(arrow::Compression::GZIP, text)},
          {".bz2", pack(arrow::Compression::BZ2, text)},
          {".zst", pack(arrow::Compression::ZSTD, text)},
          {".xz", pack_xz(text)}};
}

/// Text that does not compress well, of more than one piece.
std::string long_text() {
  std::string text;
  std::uint32_t state = 1;
  for (int i = 0; i < 200'000; ++i) {
    state = state * 1664525 + 1013904223;
    text += static_cast<char>('a' + (state >> 24) % 26);
  }
  return text;
}

TEST(TextFiles, AreUnpackedWhateverTheirNames) {
  const CorpusFolder folder;
  const auto text = long_text();
  for (const auto& [ending, packed] : pack_every_way(text)) {
    EXPECT_LT(packed.size(), text.size());
    EXPECT_EQ(TextFile(folder.write("c" + ending, packed)).text(), text) << ending;
    EXPECT_EQ(TextFile(folder.write("c", packed)).text(), text) << ending;
    EXPECT_EQ(TextFile(folder.write("twice" + ending, packed + packed)).text(), text + text)
        << ending;
  }
  EXPECT_EQ(TextFile(folder.write("plain.gz", "text")).text(), "text");
}

TEST(TextFiles, AreRefusedIfCutOrDamaged) {
  const CorpusFolder folder;
  for (const auto& [ending, packed] : pack_every_way(long_text())) {
    const auto expect_refusal = [&](const std::string& content) {
      const auto path = folder.write("c.tsv" + ending, content);
      expect_error(ErrorCode::kBadInput, {path.string(), "fetch the file again"},
                   [&] { TextFile file(path); });
    };
    SCOPED_TRACE(ending);
    expect_refusal(packed.substr(0, packed.size() / 2));
    expect_refusal(packed.substr(0, packed.size() - 1));
    auto damaged = packed;
    for (std::size_t i = 100; i < 140; ++i) damaged[i] = static_cast<char>(damaged[i] ^ 0x55);
    if (ending != ".zst") expect_refusal(damaged);  // Arrow writes no checksum
    expect_refusal(packed + "xyz");
  }
}

TEST(TextFiles, AreRefusedIfTheyGrowAsNoTextDoes) {
  const CorpusFolder folder;
  const auto path =
      folder.write("c.tsv.gz", pack(arrow::Compression::GZIP, std::string(kSmallText + 1, 'a')));
  expect_error(ErrorCode::kBadInput, {path.string(), "200 times its size"},
               [&] { TextFile file(path); });
}

TEST(TextFiles, SayThatUnpackingTakesTooMuchMemory) {
  auto packed = pack_xz("en\tes\nsea\tmar\n");
  // The first block's header: its size in words less one, …, the filter LZMA2 with one byte for its
  // dictionary, …, a checksum.
  constexpr std::size_t kHeader = 12;
  const std::size_t size = 4 * (static_cast<std::size_t>(packed[kHeader]) + 1) - 4;
  packed[packed.find("\x21\x01", kHeader) + 2] = 36;  // 1 GiB
  const auto checksum =
      lzma_crc32(reinterpret_cast<const std::uint8_t*>(packed.data()) + kHeader, size, 0);
  std::memcpy(packed.data() + kHeader + size, &checksum, sizeof checksum);
  const CorpusFolder folder;
  expect_bad_corpus(folder.write("c.tsv.xz", packed),
                    {"c.tsv.xz", "256 MiB", "unpack it yourself"});
}

TEST(TextFiles, MakeCorporaOfEveryFormat) {
  const CorpusFolder folder;
  const std::vector<std::vector<std::string>> rows = {{"sea", "mar"}};
  for (const auto& [ending, packed] : pack_every_way("en\tes\nsea\tmar\n")) {
    EXPECT_EQ(texts_of(read_corpus(folder.write("c.tsv" + ending, packed), every_row())), rows);
  }
  folder.write("b.en.gz", pack(arrow::Compression::GZIP, "sea\n"));
  folder.write("b.es.xz", pack_xz("mar\n"));
  folder.write("b.ids", "id\nx\n");
  for (const char* name : {"b", "b.en.gz"}) {
    EXPECT_EQ(texts_of(read_corpus(folder / name, every_row())), rows);
  }
  EXPECT_THAT(corpus_files(folder / "b", {}),
              ElementsAre(folder / "b.en.gz", folder / "b.es.xz", folder / "b.ids"));
  folder.write("c.jsonl.zst",
               pack(arrow::Compression::ZSTD, R"({"translation": {"en": "sea", "es": "mar"}})"));
  EXPECT_EQ(texts_of(read_corpus(folder / "c.jsonl.zst", every_row())), rows);
  folder.write("c.ids", "id\nx\n");
  EXPECT_EQ(read_corpus(folder / "c.jsonl.zst", every_row()).rows[0].source, "x");
}

}  // namespace
}  // namespace isogloss
