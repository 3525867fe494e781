// SAEs and files of SAEs made for one test.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/sae/encode.h"
#include "isogloss/sae/sae.h"

namespace isogloss {

inline std::vector<float> random_floats(std::size_t n, float scale, std::uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal(0.0F, scale);
  std::vector<float> values(n);
  for (auto& value : values) value = normal(generator);
  return values;
}

inline Sae random_sae(std::int32_t d_in, std::int32_t n_features, SaeActivation activation) {
  const auto d = static_cast<std::size_t>(d_in);
  const auto f = static_cast<std::size_t>(n_features);
  Sae sae;
  sae.d_in = d_in;
  sae.n_features = n_features;
  sae.w_enc = random_floats(d * f, 1 / std::sqrt(static_cast<float>(d_in)), 1);
  sae.b_enc = random_floats(f, 0.1F, 2);
  sae.w_dec = random_floats(d * f, 0.3F, 3);
  sae.b_dec = random_floats(d, 0.5F, 4);
  if (activation == SaeActivation::kJumpRelu) sae.threshold = random_floats(f, 0.5F, 5);
  if (activation == SaeActivation::kTopK) sae.k = std::min(7, n_features);
  sae.activation = activation;
  return sae;
}

/// Rows of an encoding as dense [n_rows, n_features].
inline std::vector<float> dense(const SparseRows& rows, std::int32_t n_features) {
  const auto width = static_cast<std::size_t>(n_features);
  std::vector<float> values(static_cast<std::size_t>(rows.n_rows()) * width, 0.0F);
  for (std::size_t r = 0; r + 1 < rows.offsets.size(); ++r) {
    for (auto i = rows.offsets[r]; i < rows.offsets[r + 1]; ++i) {
      const auto entry = static_cast<std::size_t>(i);
      values[r * width + static_cast<std::size_t>(rows.features[entry])] = rows.values[entry];
    }
  }
  return values;
}

/// Features strictly ascending in every row, values positive, offsets closing.
inline void expect_well_formed(const SparseRows& rows, std::int32_t n_features) {
  ASSERT_EQ(rows.features.size(), rows.values.size());
  ASSERT_EQ(rows.offsets.front(), 0);
  ASSERT_EQ(rows.offsets.back(), static_cast<std::int64_t>(rows.features.size()));
  for (std::size_t r = 0; r + 1 < rows.offsets.size(); ++r) {
    ASSERT_LE(rows.offsets[r], rows.offsets[r + 1]);
    for (auto i = rows.offsets[r]; i < rows.offsets[r + 1]; ++i) {
      const auto entry = static_cast<std::size_t>(i);
      EXPECT_GT(rows.values[entry], 0);
      EXPECT_GE(rows.features[entry], 0);
      EXPECT_LT(rows.features[entry], n_features);
      if (i > rows.offsets[r]) {
        EXPECT_GT(rows.features[entry], rows.features[entry - 1]);
      }
    }
  }
}

/// A folder that is gone after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    auto name = (std::filesystem::temp_directory_path() / "isogloss-sae-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(const std::string& name, std::string_view content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

inline std::string read_text(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

/// header size, header, data: a safetensors file with whatever header the test wants.
inline std::string safetensors_text(const std::string& header, std::string_view data) {
  const std::uint64_t size = header.size();
  std::string text(sizeof(size), '\0');
  std::memcpy(text.data(), &size, sizeof(size));
  return text + header + std::string(data);
}

/// float32 tensors one after the other.
struct NamedFloats {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

inline std::string safetensors_text(const std::vector<NamedFloats>& tensors) {
  nlohmann::json header;
  std::string data;
  for (const auto& tensor : tensors) {
    const auto begin = data.size();
    data.append(reinterpret_cast<const char*>(tensor.values.data()), tensor.values.size() * 4);
    header[tensor.name] = {
        {"dtype", "F32"}, {"shape", tensor.shape}, {"data_offsets", {begin, data.size()}}};
  }
  return safetensors_text(header.dump(), data);
}

/// The weights of a standard SAE of width 2 with 3 features.
inline std::vector<NamedFloats> small_weights() {
  return {{"W_enc", {2, 3}, {1, 2, 3, 4, 5, 6}},
          {"b_enc", {3}, {0, 0, 0}},
          {"W_dec", {3, 2}, {1, 2, 3, 4, 5, 6}},
          {"b_dec", {2}, {0, 0}}};
}

/// Runs `action`, expects an Error with `code` whose one line holds every one of `parts`.
template <class Action>
void expect_error(Action action, ErrorCode code, std::initializer_list<const char*> parts) {
  try {
    action();
    FAIL() << "no error thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    const std::string message = error.what();
    for (const auto* part : parts) {
      EXPECT_NE(message.find(part), std::string::npos) << message << "\nlacks: " << part;
    }
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
  }
}

}  // namespace isogloss
