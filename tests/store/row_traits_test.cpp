#include "isogloss/store/row_traits.h"

#include "tests/store/store_fixture.h"

namespace isogloss {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RowTraitsTest : public StoreTest {
 protected:
  const std::vector<std::string> two_{"en", "es"};

  static SequenceRecord record(std::int32_t sample, std::string language, std::int32_t n_tokens,
                               std::optional<std::string> document = {}) {
    const auto n = static_cast<std::size_t>(n_tokens);
    return {sample,
            std::move(language),
            "1",
            std::move(document),
            "text",
            std::vector<std::int32_t>(n, 7),
            std::vector<std::string>(n, "x")};
  }

  void write(const std::vector<SequenceRecord>& records, std::size_t group = 2) const {
    SequenceWriter writer(folder_);
    for (std::size_t first = 0; first < records.size(); first += group) {
      writer.append(std::span(records).subspan(first, std::min(group, records.size() - first)));
    }
    writer.finish();
  }
};

TEST_F(RowTraitsTest, LengthsAndDocumentsBySampleAcrossRowGroups) {
  // Samples out of order, languages not in step: rows are by sample all the same.
  const std::vector<SequenceRecord> records = {record(7, "en", 4, "B"),  record(2, "es", 1, "A"),
                                               record(2, "en", 3, "A"),  record(7, "es", 0, "B"),
                                               record(40, "en", 5, "A"), record(40, "es", 2, "A")};
  for (const std::size_t group : {1u, 2u, 4u, 6u}) {
    write(records, group);
    const auto traits = read_row_traits(folder_, two_);
    EXPECT_EQ(traits.n_rows(), 3);
    EXPECT_THAT(traits.n_tokens, ElementsAre(ElementsAre(3, 4, 5), ElementsAre(1, 0, 2)));
    EXPECT_THAT(traits.document, ElementsAre(0, 1, 0));  // numbered by sample, not as written
  }
}

TEST_F(RowTraitsTest, LanguagesComeInTheOrderAskedFor) {
  write({record(0, "en", 4), record(0, "es", 9)});
  const std::vector<std::string> reversed{"es", "en"};
  EXPECT_THAT(read_row_traits(folder_, reversed).n_tokens,
              ElementsAre(ElementsAre(9), ElementsAre(4)));
}

TEST_F(RowTraitsTest, NoDocumentAtAllIsEmpty) {
  write({record(0, "en", 1), record(0, "es", 1), record(1, "en", 1), record(1, "es", 1)});
  EXPECT_THAT(read_row_traits(folder_, two_).document, IsEmpty());
}

TEST_F(RowTraitsTest, RowsWithoutADocumentFormOne) {
  write({record(0, "en", 1), record(0, "es", 1), record(1, "en", 1, "A"), record(1, "es", 1, "A"),
         record(2, "en", 1), record(2, "es", 1), record(3, "en", 1, ""), record(3, "es", 1, "")});
  EXPECT_THAT(read_row_traits(folder_, two_).document, ElementsAre(0, 1, 0, 2));
}

TEST_F(RowTraitsTest, OneNamedDocumentIsStillNamed) {
  write({record(0, "en", 1, "A"), record(0, "es", 1, "A")});
  EXPECT_THAT(read_row_traits(folder_, two_).document, ElementsAre(0));
}

TEST_F(RowTraitsTest, LanguagesMustHaveTheSameSamples) {
  write({record(0, "en", 1), record(0, "es", 1), record(1, "en", 1), record(2, "es", 1)});
  const auto error = error_of([&] { read_row_traits(folder_, two_); });
  EXPECT_EQ(error.code(), ErrorCode::kBadInput);
  EXPECT_THAT(error.what(), HasSubstr(folder_.sequences().string()));
  EXPECT_THAT(error.what(), HasSubstr("'en' and 'es'"));
  write({record(0, "en", 1), record(0, "es", 1), record(1, "en", 1)});
  EXPECT_EQ(error_of([&] { read_row_traits(folder_, two_); }).code(), ErrorCode::kBadInput);
}

TEST_F(RowTraitsTest, ASampleTwiceOrAStrangeLanguageIsDamage) {
  write({record(0, "en", 1), record(0, "en", 1), record(0, "es", 1), record(1, "es", 1)});
  EXPECT_THAT(error_of([&] { read_row_traits(folder_, two_); }).what(), HasSubstr("sample 0"));
  write({record(0, "en", 1), record(0, "es", 1), record(0, "ru", 1)});
  EXPECT_THAT(error_of([&] { read_row_traits(folder_, two_); }).what(), HasSubstr("'ru'"));
}

}  // namespace
}  // namespace isogloss
