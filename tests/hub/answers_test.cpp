#include "isogloss/hub/answers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isogloss/core/error.h"
#include "isogloss/hub/http.h"
#include "isogloss/hub/similar_names.h"

namespace isogloss {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::StrEq;

TEST(AnswersTest, TheNextPageIsFoundAmongLinks) {
  EXPECT_EQ(next_page(R"(<https://h/a?cursor=2>; rel="next")"), "https://h/a?cursor=2");
  EXPECT_EQ(next_page(R"(<https://h/1>; rel="first", <https://h/2>; rel="next")"), "https://h/2");
  EXPECT_EQ(next_page(R"(<https://h/9>; rel="last")"), std::nullopt);
  EXPECT_EQ(next_page("<https://h/9"), std::nullopt);
  EXPECT_EQ(next_page(""), std::nullopt);
}

TEST(AnswersTest, TheHashIsWithoutQuotes) {
  EXPECT_EQ(plain_etag("\"abc\""), "abc");
  EXPECT_EQ(plain_etag("W/\"abc\""), "abc");
  EXPECT_EQ(plain_etag("\""), "\"");
}

TEST(AnswersTest, AListIsKeptAsItCame) {
  const auto files = files_in(
      R"([{"type":"directory","path":"d","oid":"1"},
          {"type":"file","path":"d/a","size":3,"oid":"aa"},
          {"type":"file","path":"b","size":130,"oid":"bb","lfs":{"oid":"cc","size":5000,"pointerSize":130},"xetHash":"dd"},
          {"type":"file","path":"../c","size":1,"oid":"ee"}])",
      "x");
  ASSERT_THAT(files,
              ElementsAre(Field(&HubFile::path, StrEq("d/a")), Field(&HubFile::path, StrEq("b"))));
  EXPECT_EQ(files[1].bytes, 5000U);
  const auto again = files_of_tree(tree_json(files));
  ASSERT_TRUE(again);
  ASSERT_THAT(*again,
              ElementsAre(Field(&HubFile::path, StrEq("b")), Field(&HubFile::path, StrEq("d/a"))));
  EXPECT_EQ(again->front().bytes, 5000U);
  EXPECT_EQ(again->front().sha256, "cc");
  EXPECT_EQ(again->front().xet_hash, "dd");
}

TEST(AnswersTest, OnlyPathsInTheFolderStayInside) {
  for (const char* path : {"a", "a/b.gguf", "..a/.b", "Ünï"})
    EXPECT_TRUE(stays_inside(path)) << path;
  for (const char* path : {"", "/a", "a/", "a/../b", "..", "./a", "a\nb", "\xff"}) {
    EXPECT_FALSE(stays_inside(path)) << path;
  }
}

TEST(AnswersTest, OtherFormsAreRefused) {
  for (const char* text : {"<html>", "{}", "[1]", R"([{"type":"file","path":"a"}])",
                           R"([{"type":"file","path":"a","size":-1}])"}) {
    EXPECT_THROW(files_in(text, "x"), Error) << text;
  }
  for (const char* text : {"", "[]", R"({"sha":"../.."})", R"({"sha":5})"})
    EXPECT_THROW(commit_in(text, "x"), Error) << text;
  EXPECT_EQ(files_of_tree(R"({"format_version": 2, "files": {}})"), std::nullopt);
}

TEST(AnswersTest, OnlyTheSameSchemeHostAndPortIsTheSamePlace) {
  EXPECT_TRUE(same_origin("https://huggingface.co/x", "https://HuggingFace.co:443"));
  EXPECT_FALSE(same_origin("http://huggingface.co/x", "https://huggingface.co"));
  EXPECT_FALSE(same_origin("https://huggingface.co:444/x", "https://huggingface.co"));
  EXPECT_FALSE(same_origin("https://huggingface.co.evil.example/x", "https://huggingface.co"));
  EXPECT_FALSE(same_origin("https://huggingface.co@evil.example/x", "https://huggingface.co"));
  EXPECT_FALSE(same_origin("nonsense", "nonsense"));
}

TEST(AnswersTest, SimilarNamesAreOfferedAndOthersNot) {
  EXPECT_EQ(similar_names("layer_13/params.npz", {"layer_12/params.npz", "README.md"}),
            "; similar: layer_12/params.npz");
  EXPECT_EQ(similar_names("model.gguf", {"gguf/Model.gguf"}), "; similar: gguf/Model.gguf");
  EXPECT_EQ(similar_names("abc", {"unlike"}), "");
}

}  // namespace
}  // namespace isogloss
