// A GGUF is checked before llama.cpp, which may abort on a bad one, sees it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "isogloss/core/error.h"
#include "isogloss/model/llama_source.h"

namespace isogloss {
namespace {

const std::filesystem::path kTiny = ISOGLOSS_GOLDEN_DIR "/tiny-gemma2.gguf";

class DamagedGguf : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(kTiny, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    whole_ = bytes.str();
    path_ =
        std::filesystem::path(::testing::TempDir()) /
        (std::string(::testing::UnitTest::GetInstance()->current_test_info()->name()) + ".gguf");
  }
  void TearDown() override { std::filesystem::remove(path_); }

  void write(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }

  void expect_refusal() {
    try {
      inspect_gguf(path_);
      ADD_FAILURE() << "taken";
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::kBadInput);
      EXPECT_NE(std::string(error.what()).find(path_.filename()), std::string::npos);
    }
  }

  std::string whole_;
  std::filesystem::path path_;
};

TEST(InspectGguf, SaysWhatTheFileIs) {
  const auto info = inspect_gguf(kTiny);
  EXPECT_EQ(info.architecture, "gemma2");
  EXPECT_EQ(info.name, "tiny random Gemma-2");
  EXPECT_EQ(info.n_layers, 4);
  EXPECT_EQ(info.d_model, 64);
  EXPECT_EQ(info.context_length, 512);
  EXPECT_EQ(info.quantization, "F32");
  EXPECT_EQ(info.file_bytes, std::filesystem::file_size(kTiny));
}

TEST_F(DamagedGguf, TruncatedAnywhere) {
  for (std::size_t kept = 0; kept < whole_.size(); kept += kept < 16384 ? 131 : 20011) {
    SCOPED_TRACE(kept);
    write(whole_.substr(0, kept));
    expect_refusal();
  }
  write(whole_.substr(0, whole_.size() - 1));
  expect_refusal();
}

TEST_F(DamagedGguf, FlippedHeaderBytesNeverCrash) {
  int refused = 0;
  for (std::size_t at = 0; at < 4096; at += 7) {
    auto bytes = whole_;
    bytes[at] = static_cast<char>(bytes[at] ^ 0xFF);
    write(bytes);
    try {
      inspect_gguf(path_);  // a flipped letter of a name is no damage it can see
    } catch (const Error&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 50);
}

TEST_F(DamagedGguf, NoGgufAtAll) {
  write("not a model");
  expect_refusal();
  write("");
  expect_refusal();
}

}  // namespace
}  // namespace isogloss
