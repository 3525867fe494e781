#include <algorithm>
#include <cmath>
#include <limits>

#include "isogloss/sae/tensor_file.h"
#include "sae_fixtures.h"

namespace isogloss {
namespace {

void expect_refused(const std::string& text, std::initializer_list<const char*> parts) {
  expect_error([&] { open_safetensors(bytes_of(text), "w.safetensors"); }, ErrorCode::kBadInput,
               parts);
}

std::vector<float> read_one(const std::string& dtype, std::string_view data, std::size_t n) {
  const nlohmann::json header = {
      {"t", {{"dtype", dtype}, {"shape", {n}}, {"data_offsets", {0, data.size()}}}}};
  const auto text = safetensors_text(header.dump(), data);
  const auto file = open_safetensors(bytes_of(text), "w.safetensors");
  return file->read(file->tensors().at(0));
}

template <class T>
std::string raw(std::initializer_list<T> values) {
  return {reinterpret_cast<const char*>(std::data(values)), values.size() * sizeof(T)};
}

TEST(Safetensors, ConvertsEveryFloatType) {
  const auto half = read_one(
      "F16", raw<std::uint16_t>({0x3c00, 0xc000, 0x7bff, 0x0001, 0x83ff, 0x0400, 0x8000}), 7);
  EXPECT_EQ(half, (std::vector<float>{1, -2, 65504, 0x1p-24F, -1023 * 0x1p-24F, 0x1p-14F, 0}));
  EXPECT_TRUE(std::signbit(half[6]));
  const auto special = read_one("F16", raw<std::uint16_t>({0x7c00, 0xfc00, 0x7e00}), 3);
  EXPECT_EQ(special[0], std::numeric_limits<float>::infinity());
  EXPECT_EQ(special[1], -std::numeric_limits<float>::infinity());
  EXPECT_TRUE(std::isnan(special[2]));
  EXPECT_EQ(read_one("BF16", raw<std::uint16_t>({0x3f80, 0xc2f7}), 2),
            (std::vector<float>{1, -123.5F}));
  EXPECT_EQ(read_one("F32", raw<float>({0.1F, -3e38F}), 2), (std::vector<float>{0.1F, -3e38F}));
  EXPECT_EQ(read_one("F64", raw<double>({0.5, -0.1}), 2), (std::vector<float>{0.5F, -0.1F}));
}

TEST(Safetensors, StreamsIntegersOfEveryWidth) {
  const nlohmann::json header = {
      {"long", {{"dtype", "I64"}, {"shape", {2}}, {"data_offsets", {0, 16}}}},
      {"int", {{"dtype", "I32"}, {"shape", {2}}, {"data_offsets", {16, 24}}}},
      {"bool", {{"dtype", "BOOL"}, {"shape", {2}}, {"data_offsets", {24, 26}}}}};
  const auto text =
      safetensors_text(header.dump(), raw<std::int64_t>({-1, INT64_MAX}) +
                                          raw<std::int32_t>({-2, 3}) + std::string("\x00\x01", 2));
  const auto file = open_safetensors(bytes_of(text), "w.safetensors");
  const auto read = [&](const char* name) {
    const auto stream = file->stream(*std::ranges::find(file->tensors(), name, &TensorInfo::name));
    std::vector<std::int64_t> values(2);
    stream->read(std::span(values).first(1));
    stream->read(std::span(values).last(1));
    return values;
  };
  EXPECT_EQ(read("long"), (std::vector<std::int64_t>{-1, INT64_MAX}));
  EXPECT_EQ(read("int"), (std::vector<std::int64_t>{-2, 3}));
  EXPECT_EQ(read("bool"), (std::vector<std::int64_t>{0, 1}));
  expect_error([&] { file->read(file->tensors().front()); }, ErrorCode::kBadInput,
               {"is of type uint8"});
}

TEST(Safetensors, RefusesEveryTruncation) {
  const auto whole = safetensors_text(small_weights());
  EXPECT_NO_THROW(open_safetensors(bytes_of(whole), "w.safetensors"));
  for (std::size_t n = 0; n < whole.size(); ++n) {
    // A copy of its own, so that a read past the end is seen by the address sanitizer.
    const std::vector<char> part(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(n));
    EXPECT_THROW(open_safetensors(std::as_bytes(std::span(part)), "w.safetensors"), Error) << n;
  }
}

TEST(Safetensors, RefusesHeadersThatDoNotDescribeTheFile) {
  const std::string data(24, '\0');
  const auto with = [&](const std::string& header) { return safetensors_text(header, data); };
  const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  expect_refused(with("{" + a + R"(,"b":{"dtype":"F32","shape":[5],"data_offsets":[4,24]}})"),
                 {"overlap"});
  expect_refused(with("{" + a + R"(,"b":{"dtype":"F32","shape":[3],"data_offsets":[12,24]}})"),
                 {"hole at data byte 8"});
  expect_refused(with("{" + a + "}"), {"16 bytes follow"});
  expect_refused(with("{" + a + R"(,"b":{"dtype":"F32","shape":[5],"data_offsets":[8,28]}})"),
                 {"tensor b", "within the 24 bytes"});
  expect_refused(with(R"({"a":{"dtype":"F32","shape":[2,4],"data_offsets":[0,24]}})"),
                 {"tensor a has 24 bytes", "[2, 4] needs 32"});
  expect_refused(with(R"({"a":{"dtype":"F32","shape":[6],"data_offsets":[24,0]}})"), {"tensor a"});
  expect_refused(with(R"({"a":{"dtype":"C64","shape":[3],"data_offsets":[0,24]}})"),
                 {"tensor a is of type C64"});
  expect_refused(with(R"({"a":{"dtype":"F32","shape":[-6],"data_offsets":[0,24]}})"), {"shape"});
  expect_refused(with(R"({"a":{"dtype":"F32","shape":[6.0],"data_offsets":[0,24]}})"), {"shape"});
  expect_refused(with(R"({"a":{"dtype":"F32","shape":6,"data_offsets":[0,24]}})"), {"shape"});
  expect_refused(with(R"({"a":{"dtype":"F32","shape":[6]}})"), {"data_offsets"});
  expect_refused(with(R"({"a":{"shape":[6],"data_offsets":[0,24]}})"), {"dtype"});
  expect_refused(with(R"({"a":7})"), {"entry of a"});
  expect_refused(with(R"({"a\n":{"dtype":"F32","shape":[6],"data_offsets":[0,24]}})"),
                 {"control characters"});
  expect_refused(with("[1]"), {"not a JSON object"});
  expect_refused(with("{"), {"not a JSON object"});
}

TEST(Safetensors, RefusesSizesBeyondTheMachine) {
  const std::string data(8, '\0');
  for (const auto* shape : {"[4294967296,4294967296]", "[18446744073709551615]",
                            "[9223372036854775807,2]", "[2305843009213693952]"}) {
    expect_refused(safetensors_text(std::string(R"({"a":{"dtype":"F32","shape":)") + shape +
                                        R"(,"data_offsets":[0,8]}})",
                                    data),
                   {"a"});
  }
  std::string text = safetensors_text("{}", "");
  text[7] = '\x7f';  // a header of 2^63 bytes
  expect_refused(text, {"header"});
  text[7] = '\0';
  text[2] = '\x01';  // of 64 KiB
  expect_refused(text, {"truncated"});
}

}  // namespace
}  // namespace isogloss
