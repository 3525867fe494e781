#include <zip.h>

#include <algorithm>

#include "isogloss/core/file.h"
#include "isogloss/sae/tensor_file.h"
#include "sae_fixtures.h"

namespace isogloss {
namespace {

const std::filesystem::path kGolden = std::filesystem::path(ISOGLOSS_GOLDEN_DIR) / "sae";

/// A .npy file of version 1 with any header text and any elements.
std::string npy(const std::string& header, std::string_view data) {
  std::string text("\x93NUMPY\x01\x00", 8);
  text += static_cast<char>(header.size() & 0xff);
  text += static_cast<char>(header.size() >> 8);
  return text + header + std::string(data);
}

std::string npy_floats(const std::string& shape, std::vector<float> values) {
  return npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }\n",
             {reinterpret_cast<const char*>(values.data()), values.size() * 4});
}

using Members = std::vector<std::pair<std::string, std::string>>;

std::string zip_of(const Members& members) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "made.npz";
  zip_t* archive = zip_open(path.c_str(), ZIP_CREATE, nullptr);
  for (const auto& [name, content] : members) {
    zip_source_t* source = zip_source_buffer(archive, content.data(), content.size(), 0);
    zip_file_add(archive, name.c_str(), source, 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  return read_text(path);
}

/// Opens and reads everything.
std::vector<std::vector<float>> read_all(std::span<const std::byte> bytes) {
  const auto file = open_npz(bytes, "params.npz");
  std::vector<std::vector<float>> tensors;
  for (const auto& tensor : file->tensors()) tensors.push_back(file->read(tensor));
  return tensors;
}

void expect_refused(const std::string& text, std::initializer_list<const char*> parts) {
  expect_error([&] { read_all(bytes_of(text)); }, ErrorCode::kBadInput, parts);
}

TEST(Npz, ReadsEveryFloatTypeAndVersion) {
  const std::string half("\x00\x3c\x00\xc0", 4);
  const double doubles[] = {0.5, -0.25};
  const std::string wide(reinterpret_cast<const char*>(doubles), sizeof(doubles));
  auto version2 = npy_floats("(1, 2)", {3, 4});
  version2[6] = '\x02';
  version2.insert(10, 2, '\0');  // the length takes four bytes
  const auto tensors = read_all(bytes_of(zip_of(
      {{"half.npy", npy("{'shape': (2,), 'descr': '<f2', 'fortran_order': False}", half)},
       {"wide.npy", npy("{\"descr\": \"<f8\", 'fortran_order': False, 'shape': (2,)}", wide)},
       {"version2.npy", version2},
       {"scalar.npy", npy_floats("()", {7})}})));
  EXPECT_EQ(tensors, (std::vector<std::vector<float>>{{1, -2}, {0.5F, -0.25F}, {3, 4}, {7}}));
}

TEST(Npz, StreamsIntegersAndTextOfEveryKind) {
  const std::int64_t longs[] = {-5, 7};
  const auto archive =
      zip_of({{"long.npy", npy("{'descr': '<i8', 'fortran_order': False, 'shape': (2,)}",
                               {reinterpret_cast<const char*>(longs), sizeof(longs)})},
              {"bool.npy",
               npy("{'descr': '|b1', 'fortran_order': False, 'shape': (2,)}", {"\x00\x01", 2})},
              {"text.npy", npy("{'descr': '|S3', 'fortran_order': False, 'shape': ()}", "csr")}});
  const auto file = open_npz(bytes_of(archive), "a.npz");
  const auto read = [&](std::size_t i) {
    std::vector<std::int64_t> values(file->tensors()[i].n_elements);
    file->stream(file->tensors()[i])->read(values);
    return values;
  };
  EXPECT_EQ(read(0), (std::vector<std::int64_t>{-5, 7}));
  EXPECT_EQ(read(1), (std::vector<std::int64_t>{0, 1}));
  EXPECT_EQ(file->tensors()[2].shape, (std::vector<std::int64_t>{3}));
  EXPECT_EQ(read(2), (std::vector<std::int64_t>{'c', 's', 'r'}));
}

TEST(Npz, RefusesEveryTruncation) {
  for (const auto* name : {"params.npz", "params_compressed.npz"}) {
    const auto whole = read_text(kGolden / "gemma_scope" / name);
    EXPECT_NO_THROW(read_all(bytes_of(whole)));
    for (std::size_t n = 0; n < whole.size(); n += n < 600 || n + 600 > whole.size() ? 1 : 13) {
      const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
      EXPECT_THROW(read_all(std::as_bytes(std::span(part))), Error) << name << " cut at " << n;
    }
  }
}

TEST(Npz, NoticesAFlippedBitInTheElements) {
  for (const auto* name : {"params.npz", "params_compressed.npz"}) {
    auto text = read_text(kGolden / "gemma_scope" / name);
    text[text.size() / 2] = static_cast<char>(text[text.size() / 2] ^ 0x10);
    EXPECT_THROW(read_all(bytes_of(text)), Error) << name;
  }
}

TEST(Npz, RefusesHeadersThatDoNotDescribeTheArray) {
  const auto with = [](const std::string& header) {
    return zip_of({{"a.npy", npy(header, std::string(24, '\0'))}});
  };
  expect_refused(with("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }"),
                 {"array a", "Fortran"});
  expect_refused(with("{'descr': '>f4', 'fortran_order': False, 'shape': (6,), }"),
                 {"array a", "little-endian"});
  expect_refused(with("{'descr': '<i4', 'fortran_order': False, 'shape': (6,), }"),
                 {"tensor a is of type int32"});
  expect_refused(with("{'descr': '|O', 'fortran_order': False, 'shape': (6,), }"), {"array a"});
  expect_refused(with("{'descr': [('x', '<f4')], 'fortran_order': False, 'shape': (6,), }"),
                 {"structured"});
  expect_refused(with("{'descr': '<f4', 'fortran_order': False, 'shape': (7,), }"),
                 {"array a has 24 bytes", "[7] needs 28"});
  expect_refused(with("{'descr': '<f4', 'fortran_order': False, 'shape': (-6,), }"), {"shape"});
  expect_refused(with("{'descr': '<f4', 'fortran_order': False, 'shape': (x,), }"), {"shape"});
  expect_refused(
      with("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 9), }"),
      {"impossible shape"});
  expect_refused(with("{'descr': '<f4', 'fortran_order': False}"), {"lacks"});
  expect_refused(with("{'descr': '<f4', 'fortran_order': False, 'size': (6,)}"), {"unknown key"});
  expect_refused(with("{'descr': '<f4', 'fortran_order': 1, 'shape': (6,)}"), {"fortran_order"});
  expect_refused(with("{'descr"), {"dictionary"});
  expect_refused(with(""), {"dictionary"});
}

TEST(Npz, RefusesMembersThatAreNoArrays) {
  expect_refused(zip_of({{"a.txt", "text"}}), {"entry 0 is not a .npy array"});
  expect_refused(zip_of({{"a.npy", "text"}}), {"truncated"});
  expect_refused(zip_of({{"a.npy", std::string(100, 'x')}}), {"not in numpy's format"});
  auto version9 = npy_floats("(1,)", {1});
  version9[6] = '\x09';
  expect_refused(zip_of({{"a.npy", version9}}), {"not in numpy's format"});
  expect_refused("no zip at all", {"cannot be read as npz"});
}

/// Overwrites the four bytes at `offset` into the only central directory entry.
std::string with_directory_field(std::string text, std::size_t offset, std::uint32_t value) {
  const auto entry = text.find("PK\x01\x02");
  EXPECT_NE(entry, std::string::npos);
  std::memcpy(text.data() + entry + offset, &value, sizeof(value));
  return text;
}

TEST(Npz, RefusesSizesThatThePackedBytesCannotHold) {
  const auto bomb = zip_of({{"a.npy", npy("{'descr': '<f4', 'fortran_order': False, "
                                          "'shape': (1000000000,), }",
                                          std::string(4000, '\0'))}});
  expect_refused(with_directory_field(bomb, 24, 4'000'000'080U), {"claims 4000000080 bytes"});
  const auto honest = zip_of({{"a.npy", npy_floats("(4,)", {1, 2, 3, 4})}});
  EXPECT_NO_THROW(read_all(bytes_of(honest)));
  EXPECT_THROW(read_all(bytes_of(with_directory_field(honest, 24, 60))), Error);  // size
  EXPECT_THROW(read_all(bytes_of(with_directory_field(honest, 20, 60))), Error);  // packed size
  EXPECT_THROW(read_all(bytes_of(with_directory_field(honest, 16, 60))), Error);  // checksum
  EXPECT_THROW(read_all(bytes_of(with_directory_field(honest, 42, 60))), Error);  // place
}

}  // namespace
}  // namespace isogloss
