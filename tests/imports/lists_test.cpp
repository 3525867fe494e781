// Activations as lists in Parquet: what is refused. tests/imports/arrays_test.cpp reads good files.
#include <arrow/api.h>
#include <arrow/io/file.h>
#include <parquet/arrow/writer.h>

#include "tests/imports/import_fixture.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;

template <class Builder, class T>
std::shared_ptr<arrow::Array> column(const std::vector<T>& values) {
  Builder builder;
  EXPECT_TRUE(builder.AppendValues(values).ok());
  return builder.Finish().ValueOrDie();
}

/// A list for each entry of `sizes`, of so many of `items`.
std::shared_ptr<arrow::Array> lists(const std::vector<std::int32_t>& sizes,
                                    const std::shared_ptr<arrow::Array>& items) {
  std::vector<std::int32_t> offsets = {0};
  for (const auto size : sizes) offsets.push_back(offsets.back() + size);
  return arrow::ListArray::FromArrays(*column<arrow::Int32Builder>(offsets), *items).ValueOrDie();
}

std::shared_ptr<arrow::Array> strings(const std::vector<std::string>& values) {
  return column<arrow::StringBuilder>(values);
}
std::shared_ptr<arrow::Array> longs(const std::vector<std::int64_t>& values) {
  return column<arrow::Int64Builder>(values);
}
std::shared_ptr<arrow::Array> floats(const std::vector<float>& values) {
  return column<arrow::FloatBuilder>(values);
}

using Columns = std::vector<std::pair<std::string, std::shared_ptr<arrow::Array>>>;

/// One sentence of two tokens in en and es; a test spoils en.
class ImportLists : public testing::ImportFixture {
 protected:
  void SetUp() override {
    ImportFixture::SetUp();
    fs::create_directories(root_ / "in");
    write("es", sparse());
  }

  static Columns sparse() {
    return {{"id", strings({"a"})},
            {"tokens", lists({2}, strings({"<s>", "x"}))},
            {"special_tokens_mask", lists({2}, longs({1, 0}))},
            {"features", lists({2}, lists({1, 2}, longs({0, 0, 3})))},
            {"values", lists({2}, lists({1, 2}, floats({9, 0.5F, 1})))}};
  }

  static Columns dense() {
    auto columns = sparse();
    columns.resize(3);
    columns.emplace_back("activations", lists({2}, lists({2, 2}, floats({9, 9, 0, 1}))));
    return columns;
  }

  void write(const std::string& language, const Columns& columns) const {
    arrow::FieldVector fields;
    arrow::ArrayVector arrays;
    for (const auto& [name, array] : columns) {
      fields.push_back(arrow::field(name, array->type()));
      arrays.push_back(array);
    }
    const auto table = arrow::Table::Make(arrow::schema(fields), arrays);
    const auto path = root_ / "in" / (language + ".parquet");
    const auto file = arrow::io::FileOutputStream::Open(path.string()).ValueOrDie();
    ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file, 1024).ok());
  }

  void expect_refused(Columns columns, const char* name, const std::shared_ptr<arrow::Array>& to,
                      const char* part) const {
    const auto found = std::ranges::find(columns, name, &Columns::value_type::first);
    if (found != columns.end()) columns.erase(found);
    if (to) columns.emplace_back(name, to);
    write("en", columns);
    ImportFixture::expect_refused({.activations = root_ / "in", .output = root_ / "out"},
                                  ErrorCode::kBadInput, part);
    fs::remove_all(root_ / "out");
  }
};

TEST_F(ImportLists, CountsTheFeaturesUpToTheLastThatFires) {
  write("en", sparse());
  EXPECT_EQ(
      import_activations({.activations = root_ / "in", .output = root_ / "out"}, {}).n_features, 4);
}

TEST_F(ImportLists, RefusesColumnsThatItDoesNotUnderstand) {
  expect_refused(sparse(), "language", strings({"en"}), "holds the column language");
  expect_refused(sparse(), "__index_level_0__", longs({0}), "index=False");
  expect_refused(sparse(), "activations", longs({0}), "column activations is int64");
  expect_refused(dense(), "values", longs({0}), "holds the column values");
  expect_refused(sparse(), "values", nullptr, "column values is missing");
  expect_refused(sparse(), "features", lists({2}, lists({1, 2}, floats({0, 0, 3}))),
                 "wanted is list<list<int64>>");
  expect_refused(sparse(), "id", floats({1}), "column id is float");
  expect_refused(sparse(), "special_tokens_mask", nullptr, "special_tokens_mask is missing");
}

TEST_F(ImportLists, RefusesListsThatDoNotFitTheTokens) {
  expect_refused(sparse(), "special_tokens_mask", lists({1}, longs({0})), "1 entries for 2 tokens");
  expect_refused(sparse(), "token_ids", lists({1}, longs({0})), "1 entries for 2 tokens");
  expect_refused(sparse(), "token_ids", lists({2}, longs({0, -1})), "token_ids holds -1");
  expect_refused(sparse(), "features", lists({1}, lists({2}, longs({0, 3}))),
                 "en.parquet: row 1: features has 1 lists for 2 tokens");
  expect_refused(sparse(), "values", lists({2}, lists({1, 1}, floats({9, 1}))),
                 "token 1 has 2 features and 1 values");
  expect_refused(dense(), "activations", lists({2}, lists({2, 3}, floats({9, 9, 0, 1, 1}))),
                 "token 1 has 3 activations, others have 2");
  expect_refused(dense(), "activations", lists({2}, lists({0, 0}, floats({}))),
                 "token 0 has 0 activations");
}

TEST_F(ImportLists, RefusesActivationsThatNoSaeGives) {
  expect_refused(sparse(), "features", lists({2}, lists({1, 2}, longs({0, 3, 0}))),
                 "row 1: token 1: feature 0 comes after 3");
  expect_refused(sparse(), "features", lists({2}, lists({1, 2}, longs({0, -1, 0}))),
                 "feature -1 is not one of");
  expect_refused(sparse(), "values", lists({2}, lists({1, 2}, floats({9, -1, 1}))),
                 "feature 0 has -1");
  expect_refused(dense(), "activations", lists({2}, lists({2, 2}, floats({9, 9, 0, NAN}))),
                 "token 1: feature 1 has nan");
  // es fires feature 3, but en has two features.
  expect_refused(dense(), "none", nullptr, "feature 3 fires, but the arrays have 2 features");
}

TEST_F(ImportLists, RefusesNulls) {
  arrow::FloatBuilder builder;
  ASSERT_TRUE(builder.AppendValues({9, 0.5F}).ok());
  ASSERT_TRUE(builder.AppendNull().ok());
  expect_refused(sparse(), "values", lists({2}, lists({1, 2}, builder.Finish().ValueOrDie())),
                 "values holds a null");
  expect_refused(sparse(), "id", arrow::MakeArrayOfNull(arrow::utf8(), 1).ValueOrDie(),
                 "id is null");
}

}  // namespace
}  // namespace isogloss
