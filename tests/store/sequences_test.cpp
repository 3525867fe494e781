#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

void expect_equal(const SequenceRecord& found, const SequenceRecord& expected) {
  EXPECT_EQ(found.sample, expected.sample);
  EXPECT_EQ(found.language, expected.language);
  EXPECT_EQ(found.source, expected.source);
  EXPECT_EQ(found.document, expected.document);
  EXPECT_EQ(found.text, expected.text);
  EXPECT_EQ(found.token_ids, expected.token_ids);
  EXPECT_EQ(found.tokens, expected.tokens);
}

class SequencesTest : public StoreTest {
 protected:
  const std::vector<SequenceRecord> records_{
      {0, "en", "1", "Quijote", "The horse", {2, 506, 7713}, {"<bos>", "The", "▁horse"}},
      {0, "es", "1", "Quijote", "El caballo", {2, 4}, {"<bos>", "▁caballo"}},
      {4, "en", "x-9", {}, "漢字 🐎", {2, 9, 238}, {"<bos>", "漢字", "<0xF0>"}},
      {4, "es", "x-9", {}, "مرحبا", {}, {}},
      {9, "en", "12", "", "line\ntab\t\"quote\"", {2}, {"<bos>"}},
      {9, "es", "12", "", "", {2}, {"<bos>"}}};

  void write_in_groups_of(std::size_t n) const {
    SequenceWriter writer(folder_);
    for (std::size_t first = 0; first < records_.size(); first += n) {
      writer.append(std::span(records_).subspan(first, std::min(n, records_.size() - first)));
    }
    writer.finish();
  }
};

TEST_F(SequencesTest, ComeBackAsTheyWereWritten) {
  for (const std::size_t n : {1u, 2u, 4u, 6u}) {
    write_in_groups_of(n);
    const auto found = read_sequences(folder_, {});
    ASSERT_EQ(found.size(), records_.size());
    for (std::size_t i = 0; i < found.size(); ++i) expect_equal(found[i], records_[i]);
  }
}

TEST_F(SequencesTest, AreVisitedRowGroupByRowGroup) {
  write_in_groups_of(4);
  std::vector<std::size_t> sizes;
  std::vector<SequenceRecord> found;
  visit_sequences(folder_, [&](std::span<const SequenceRecord> records) {
    sizes.push_back(records.size());
    found.insert(found.end(), records.begin(), records.end());
  });
  EXPECT_THAT(sizes, ElementsAre(4, 2));
  ASSERT_EQ(found.size(), records_.size());
  for (std::size_t i = 0; i < found.size(); ++i) expect_equal(found[i], records_[i]);
}

TEST_F(SequencesTest, ReadsOnlyTheSamplesAskedFor) {
  write_in_groups_of(2);
  const auto found = read_sequences(folder_, std::vector<std::int32_t>{0, 5, 9});
  ASSERT_EQ(found.size(), 4u);
  for (const std::size_t i : {0u, 1u}) expect_equal(found[i], records_[i]);
  for (const std::size_t i : {2u, 3u}) expect_equal(found[i], records_[i + 2]);
}

TEST_F(SequencesTest, ReadsTheSamplesOfEachLanguage) {
  write_in_groups_of(2);
  const auto ids = read_sample_ids(folder_, std::vector<std::string>{"es", "en"});
  ASSERT_EQ(ids.size(), 2u);
  EXPECT_THAT(ids[0], ElementsAre(0, 4, 9));
  EXPECT_THAT(ids[1], ElementsAre(0, 4, 9));
}

TEST_F(SequencesTest, EqualRecordsGiveEqualBytes) {
  write_in_groups_of(2);
  const auto first = read_bytes(folder_.sequences());
  write_in_groups_of(2);
  EXPECT_EQ(read_bytes(folder_.sequences()), first);
}

TEST_F(SequencesTest, NothingAppearsBeforeTheFileIsWhole) {
  {
    SequenceWriter writer(folder_);
    writer.append(records_);
    EXPECT_FALSE(std::filesystem::exists(folder_.sequences()));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder_.root));
}

TEST_F(SequencesTest, ASampleTwiceInALanguageIsDamage) {
  SequenceWriter writer(folder_);
  writer.append(records_);
  writer.append(std::span(records_).first(1));
  writer.finish();
  const auto error = error_of([&] {
    read_sample_ids(folder_, std::vector<std::string>{"en", "es"});
  });
  EXPECT_THAT(error.what(), HasSubstr("sample 0 occurs twice in language 'en'"));
}

TEST_F(SequencesTest, RefusesTextThatIsNoUtf8) {
  SequenceWriter writer(folder_);
  writer.append(std::vector<SequenceRecord>{{0, "en", "1", {}, "\xC3(", {2}, {"<bos>"}}});
  writer.finish();
  const auto error = error_of([&] { read_sequences(folder_, {}); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr("column text is not UTF-8"));
}

}  // namespace
}  // namespace isogloss
