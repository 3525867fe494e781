// What a reader of a result folder meets after a broken disk, a half copy or a full one.
#include <arrow/api.h>
#include <sys/resource.h>

#include <csignal>
#include <cstring>
#include <string_view>

#include "isogloss/core/parquet.h"
#include "isogloss/store/maxima.h"
#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using testing::HasSubstr;

class DamageTest : public StoreTest {
 protected:
  DamageTest() {
    std::mt19937 random(3);
    write_shard(folder_, 0, languages_, random_shard({.samples = samples_}, random));
    write_samples(samples_);
  }

  void read_all() const {
    read_sequences(folder_, {});
    read_maxima(folder_, 40, languages_);
    read_maxima_of(folder_, std::vector{7, 30}, languages_);
    read_activations(folder_, languages_, samples_);
    visit_activation_values(folder_, languages_, [](std::int32_t, std::span<const float>) {});
  }

  std::vector<float> values() const {
    std::vector<float> all;
    visit_activation_values(folder_, languages_, [&](std::int32_t, std::span<const float> run) {
      all.insert(all.end(), run.begin(), run.end());
    });
    return all;
  }

  std::vector<std::filesystem::path> files() const {
    return {folder_.sequences(), folder_.activation_shard(0), folder_.maxima_shard(0)};
  }

  const std::vector<std::int32_t> samples_{0, 1, 2, 5, 6};
};

TEST_F(DamageTest, TruncationAnywhereIsBadInput) {
  read_all();
  for (const auto& path : files()) {
    const auto whole = read_bytes(path);
    for (const std::size_t length :
         {std::size_t{0}, std::size_t{3}, std::size_t{4}, std::size_t{11}, whole.size() / 2,
          whole.size() - 8, whole.size() - 1}) {
      write_bytes(path, whole.substr(0, length));
      const auto error = error_of([&] { read_all(); });
      EXPECT_EQ(error.code(), ErrorCode::kBadInput) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(path.string()));
    }
    write_bytes(path, whole);
  }
}

TEST_F(DamageTest, AWrongMagicIsBadInput) {
  for (const auto& path : files()) {
    auto bytes = read_bytes(path);
    const auto whole = bytes;
    bytes.back() ^= 1;
    write_bytes(path, bytes);
    EXPECT_EQ(error_of([&] { read_all(); }).code(), ErrorCode::kBadInput);
    write_bytes(path, whole);
  }
}

TEST_F(DamageTest, AFlippedByteNeverCrashesNorBecomesAnotherNumber) {
  const auto expected = values();
  const auto expected_maxima = read_maxima(folder_, 40, languages_).by_language;
  for (const auto& path : files()) {
    const auto whole = read_bytes(path);
    std::size_t n_refused = 0;
    std::size_t n_tried = 0;
    for (std::size_t at = 0; at < whole.size(); at += 5, ++n_tried) {
      auto bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
      write_bytes(path, bytes);
      try {
        read_all();
        // What no reader looks at may change unseen; numbers may not.
        EXPECT_EQ(values(), expected) << path << " byte " << at;
        const auto maxima = read_maxima(folder_, 40, languages_).by_language;
        for (std::size_t i = 0; i < maxima.size(); ++i) {
          EXPECT_EQ(maxima[i].values, expected_maxima[i].values) << path << " byte " << at;
          EXPECT_EQ(maxima[i].rows, expected_maxima[i].rows) << path << " byte " << at;
        }
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), ErrorCode::kBadInput) << error.what();
        ++n_refused;
      }
    }
    EXPECT_GT(n_refused, n_tried / 4) << path;
    write_bytes(path, whole);
  }
}

TEST_F(DamageTest, StatisticsThatHideRowsAreRefused) {
  const auto expected = read_maxima(folder_, 40, languages_).by_language;
  const auto path = folder_.maxima_shard(0);
  const auto whole = read_bytes(path);
  std::uint32_t footer_size = 0;
  std::memcpy(&footer_size, whole.data() + whole.size() - 8, sizeof footer_size);
  std::size_t n_refused = 0;
  for (std::size_t at = whole.size() - 8 - footer_size; at < whole.size(); ++at) {
    auto bytes = whole;
    bytes[at] = static_cast<char>(bytes[at] ^ 0x11);
    write_bytes(path, bytes);
    try {
      const auto maxima = read_maxima(folder_, 40, languages_).by_language;
      for (std::size_t i = 0; i < maxima.size(); ++i) {
        ASSERT_EQ(maxima[i].rows, expected[i].rows) << "byte " << at;
      }
    } catch (const Error& error) {
      if (std::string_view(error.what()).find("statistics") != std::string_view::npos) ++n_refused;
    }
  }
  EXPECT_GT(n_refused, 0u);
}

TEST_F(DamageTest, ColumnsOfAnotherTypeAreNamed) {
  const auto schema = arrow::schema({arrow::field("feature", arrow::int64())});
  ParquetWriter writer(folder_.maxima_shard(0), schema);
  writer.finish();
  const auto error = error_of([&] { read_maxima(folder_, 40, languages_); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("feature: int32"));
}

TEST_F(DamageTest, NullsWhereNoneMayBeAreNamed) {
  arrow::Int32Builder sample;
  arrow::StringBuilder text;
  auto items = std::make_shared<arrow::Int32Builder>();
  auto strings = std::make_shared<arrow::StringBuilder>();
  arrow::ListBuilder ids(arrow::default_memory_pool(), items);
  arrow::ListBuilder tokens(arrow::default_memory_pool(), strings);
  ASSERT_TRUE(sample.AppendNull().ok() && text.Append("x").ok() && ids.Append().ok() &&
              tokens.Append().ok());
  const auto x = text.Finish().ValueOrDie();
  const std::vector<std::shared_ptr<arrow::Array>> columns{
      sample.Finish().ValueOrDie(), x, x, x, x, ids.Finish().ValueOrDie(),
      tokens.Finish().ValueOrDie()};
  arrow::FieldVector fields;
  const std::vector<std::string> names{"sample", "language",  "source", "document",
                                       "text",   "token_ids", "tokens"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    fields.push_back(arrow::field(names[i], columns[i]->type()));
  }
  ParquetWriter writer(folder_.sequences(), arrow::schema(fields));
  writer.append(*arrow::Table::Make(arrow::schema(fields), columns));
  writer.finish();
  const auto error = error_of([&] { read_sequences(folder_, {}); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("column sample holds nulls"));
}

/// Lets no file grow beyond `bytes` while it lives: write() fails as it does on a full disk.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }

 private:
  void (*handler_)(int);
  rlimit before_{};
};

class FullDiskTest : public StoreTest {
 protected:
  std::vector<std::string> file_names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.root)) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename());
    }
    return names;
  }
};

TEST_F(FullDiskTest, LeavesNoPartOfAShard) {
  std::mt19937 random(3);
  const auto shard = random_shard({.samples = {0, 1, 2, 5, 6}}, random);
  write_shard(folder_, 0, languages_, shard);
  const auto whole = std::filesystem::file_size(folder_.activation_shard(0));
  std::filesystem::remove(folder_.activation_shard(0));
  std::filesystem::remove(folder_.maxima_shard(0));
  for (const rlim_t bytes : {rlim_t{0}, rlim_t{2}, rlim_t{500}, static_cast<rlim_t>(whole - 1)}) {
    const auto error = error_of([&] {
      const FileSizeLimit limit(bytes);
      write_shard(folder_, 0, languages_, shard);
    });
    EXPECT_EQ(error.code(), ErrorCode::kEnvironment) << error.what();
    EXPECT_THAT(error.what(), HasSubstr("free space"));
    EXPECT_THAT(file_names(), testing::IsEmpty()) << "limit " << bytes;
    EXPECT_FALSE(shard_is_finished(folder_, 0));
  }
  write_shard(folder_, 0, languages_, shard);
  EXPECT_TRUE(shard_is_finished(folder_, 0));
}

TEST_F(FullDiskTest, KeepsTheSequencesThereWere) {
  write_samples({1, 2});
  const auto before = read_bytes(folder_.sequences());
  const auto error = error_of([&] {
    const FileSizeLimit limit(100);
    write_samples({1, 2, 3});
  });
  EXPECT_EQ(error.code(), ErrorCode::kEnvironment) << error.what();
  EXPECT_THAT(file_names(), testing::ElementsAre("sequences.parquet"));
  EXPECT_EQ(read_bytes(folder_.sequences()), before);
}

}  // namespace
}  // namespace isogloss
