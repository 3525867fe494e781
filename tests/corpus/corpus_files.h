// Files for the corpus tests, and what the errors they provoke must say.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "isogloss/core/error.h"
#include "isogloss/corpus/corpus.h"

namespace isogloss {

/// A folder of one test's own, gone with the object.
class CorpusFolder {
 public:
  CorpusFolder()
      : path_(std::filesystem::path(testing::TempDir()) /
              ("corpus-" + std::to_string(::getpid()) + "-" +
               testing::UnitTest::GetInstance()->current_test_info()->name())) {
    std::filesystem::create_directories(path_);
  }
  CorpusFolder(const CorpusFolder&) = delete;
  CorpusFolder& operator=(const CorpusFolder&) = delete;
  ~CorpusFolder() { std::filesystem::remove_all(path_); }

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  const std::filesystem::path& path() const { return path_; }

  std::filesystem::path write(std::string_view name, std::string_view content) const {
    const auto path = path_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }

 private:
  std::filesystem::path path_;
};

/// The options that keep every row of `languages`.
inline CorpusOptions every_row(std::vector<std::string> languages = {}) {
  return {.languages = std::move(languages), .n_samples = {}, .clean = false};
}

/// Calls `action` and expects an Error of `code` on one line holding all of `parts`.
template <class Action>
void expect_error(ErrorCode code, const std::vector<std::string>& parts, const Action& action) {
  try {
    action();
    ADD_FAILURE() << "no error";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), code) << error.what();
    const std::string message = error.what();
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    for (const auto& part : parts) EXPECT_THAT(message, testing::HasSubstr(part));
  }
}

/// As above, for reading all of `path`.
inline void expect_bad_corpus(const std::filesystem::path& path,
                              const std::vector<std::string>& parts,
                              const CorpusOptions& options = every_row()) {
  expect_error(ErrorCode::kBadInput, parts, [&] { read_corpus(path, options); });
}

inline std::vector<std::vector<std::string>> texts_of(const Corpus& corpus) {
  std::vector<std::vector<std::string>> texts;
  for (const auto& row : corpus.rows) texts.push_back(row.text);
  return texts;
}

inline std::vector<std::string> sources_of(const Corpus& corpus) {
  std::vector<std::string> sources;
  for (const auto& row : corpus.rows) sources.push_back(row.source);
  return sources;
}

inline std::vector<std::int32_t> samples_of(const Corpus& corpus) {
  std::vector<std::int32_t> samples;
  for (const auto& row : corpus.rows) samples.push_back(row.sample);
  return samples;
}

}  // namespace isogloss
