// Arrays of activations beside lists of sentences, against numpy's evaluation of the same files
// (tools/golden/arrays.py).
#include <cstring>
#include <map>
#include <nlohmann/json.hpp>

#include "isogloss/pipeline/pipeline.h"
#include "isogloss/store/activations.h"
#include "isogloss/store/sequences.h"
#include "tests/imports/import_fixture.h"
#include "tests/support/golden_tensors.h"

namespace isogloss {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kGolden = ISOGLOSS_GOLDEN_DIR "/arrays";

class ImportedLayout : public testing::ImportFixture,
                       public ::testing::WithParamInterface<const char*> {};

TEST_P(ImportedLayout, GivesWhatNumpyFinds) {
  const auto golden = testing::read_golden_json("arrays.json");
  const auto n_features = golden.at("n_features").get<std::int32_t>();
  const auto manifest = import_activations(
      {.activations = kGolden / GetParam(), .output = root_ / "out", .n_features = n_features}, {});
  const ResultFolder folder{root_ / "out"};
  const auto& languages = manifest.inputs.languages;
  EXPECT_EQ(languages, (std::vector<std::string>{"en", "es"}));
  EXPECT_EQ(manifest.inputs.imported, "language_files");
  ASSERT_EQ(manifest.n_features, n_features);
  const auto maxima = read_maxima(folder, n_features, languages);
  for (std::int32_t l = 0; l < 2; ++l) {
    EXPECT_EQ(dense(maxima, l), golden.at("maxima")
                                    .at(languages[static_cast<std::size_t>(l)])
                                    .get<std::vector<std::vector<float>>>());
  }
  std::int64_t n_activations = 0;
  visit_activation_values(folder, languages, [&](std::int32_t, std::span<const float> values) {
    n_activations += std::ssize(values);
  });
  EXPECT_EQ(n_activations, golden.at("n_activations"));
  const auto records = read_sequences(folder, {});
  ASSERT_EQ(records.size(), 16U);
  EXPECT_EQ(records[9].language, "es");
  EXPECT_EQ(records[9].source, "s4");
  EXPECT_EQ(records[9].document, "d1");
  EXPECT_EQ(records[9].text, "es 4");
  EXPECT_EQ(records[9].token_ids.front(), 2);
  EXPECT_EQ(records[9].tokens.front(), "<bos>");
}

TEST_P(ImportedLayout, GivesTheScoresOfTheFolderInOurForm) {
  const auto scored = [&](const fs::path& activations, const char* name) {
    import_activations({.activations = activations, .output = root_ / name, .n_features = 20}, {});
    const ResultFolder folder{root_ / name};
    score(folder, {.max_permutations = 200, .n_bootstrap = 20}, {});
    return bytes(folder.scores_parquet());
  };
  const auto scores = scored(kGolden / GetParam(), "arrays");
  fs::create_directories(root_ / "plain");
  fs::copy(root_ / "arrays" / "sequences.parquet", root_ / "plain" / "sequences.parquet");
  fs::copy(root_ / "arrays" / "activations", root_ / "plain" / "activations");
  EXPECT_EQ(scored(root_ / "plain", "folder"), scores);
}

INSTANTIATE_TEST_SUITE_P(Imports, ImportedLayout,
                         ::testing::Values("dense", "padded", "csr", "lists", "sparse_lists"),
                         [](const auto& layout) { return std::string(layout.param); });

/// What is written to a safetensors file: any elements of one type.
struct Array {
  const char* dtype;
  std::vector<std::int64_t> shape;
  std::string bytes;
};

template <class T>
Array array(const char* dtype, std::vector<std::int64_t> shape, std::vector<T> values) {
  return {dtype,
          std::move(shape),
          {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}};
}
Array floats(std::vector<std::int64_t> shape, std::vector<float> values) {
  return array("F32", std::move(shape), std::move(values));
}
Array longs(std::vector<std::int64_t> shape, std::vector<std::int64_t> values) {
  return array("I64", std::move(shape), std::move(values));
}

using Arrays = std::map<std::string, Array>;

/// Two sentences of two tokens in en and es, with two features, which a test then spoils.
class ImportArrays : public testing::ImportFixture {
 protected:
  void SetUp() override {
    ImportFixture::SetUp();
    for (const auto* language : {"en", "es"}) {
      write_sentences(language, std::vector<json>{sentence("a"), sentence("b")});
      write_arrays(language, dense());
    }
  }

  static json sentence(const char* id) {
    return {{"id", id}, {"tokens", {"<s>", "x"}}, {"special_tokens_mask", {1, 0}}};
  }
  static Arrays dense() { return {{"activations", floats({4, 2}, {9, 9, 0.5F, 1, 9, 9, 2, 0})}}; }
  static Arrays csr() {
    return {{"data", floats({4}, {9, 0.5F, 1, 2})},
            {"indices", longs({4}, {0, 0, 1, 0})},
            {"indptr", longs({5}, {0, 1, 3, 3, 4})},
            {"shape", longs({2}, {4, 2})}};
  }

  fs::path input() const { return root_ / "in"; }

  void write_sentences(const std::string& language, const std::vector<json>& lines) const {
    fs::create_directories(input());
    std::ofstream file(input() / (language + ".jsonl"));
    for (const auto& line : lines) file << line.dump() << "\n";
  }

  void write_arrays(const std::string& language, const Arrays& arrays) const {
    json header;
    std::string data;
    for (const auto& [name, array] : arrays) {
      const auto begin = data.size();
      data += array.bytes;
      header[name] = {
          {"dtype", array.dtype}, {"shape", array.shape}, {"data_offsets", {begin, data.size()}}};
    }
    const auto text = header.dump();
    const std::uint64_t size = text.size();
    std::ofstream file(input() / (language + ".safetensors"), std::ios::binary);
    file.write(reinterpret_cast<const char*>(&size), sizeof(size)) << text << data;
  }

  void expect_refused(const char* part) const {
    ImportFixture::expect_refused({.activations = input(), .output = root_ / "out"},
                                  ErrorCode::kBadInput, part);
    fs::remove_all(root_ / "out");
  }

  Manifest import_all() const {
    return import_activations({.activations = input(), .output = root_ / "out"}, {});
  }
};

TEST_F(ImportArrays, NumbersTokensThatHaveNoIds) {
  EXPECT_EQ(import_all().n_features, 2);
  auto other = sentence("b");
  other["tokens"] = {"<s>", "y"};
  for (const auto& record : read_sequences({root_ / "out"}, {})) {
    EXPECT_EQ(record.token_ids, (std::vector<std::int32_t>{0, 1}));
  }
  fs::remove_all(root_ / "out");
  write_sentences("es", {sentence("a"), other});
  import_all();
  EXPECT_EQ(read_sequences({root_ / "out"}, {})[3].token_ids, (std::vector<std::int32_t>{0, 2}));
  fs::remove_all(root_ / "out");
  other["token_ids"] = {1, 5};
  write_sentences("es", {sentence("a"), other});
  expect_refused("give all or none");
}

TEST_F(ImportArrays, WarnsOfAFirstTokenThatIsTheSameEverywhereAndCounts) {
  std::vector<std::string> warnings;
  RunControl control;
  control.warn = [&](std::string_view line) { warnings.emplace_back(line); };
  const auto import_with = [&](const json& mask, const char* last) {
    for (const auto* language : {"en", "es"}) {
      std::vector<json> sentences;
      for (const auto* id : {"a", "b", "c", "d"}) {
        sentences.push_back(sentence(id));
        sentences.back()["special_tokens_mask"] = mask;
      }
      sentences.back()["tokens"][0] = last;
      write_sentences(language, sentences);
      write_arrays(language, {{"activations", floats({8, 2}, std::vector<float>(16, 1))}});
    }
    import_activations({.activations = input(), .output = root_ / "out"}, control);
    fs::remove_all(root_ / "out");
  };
  import_with({1, 0}, "<s>");
  import_with({0, 0}, "y");
  EXPECT_THAT(warnings, ::testing::IsEmpty());
  import_with({0, 0}, "<s>");
  EXPECT_THAT(warnings,
              ::testing::ElementsAre(::testing::HasSubstr("every sentence begins with <s>")));
}

TEST_F(ImportArrays, LeavesOutWhatIsZeroAndWhatDoesNotCount) {
  auto arrays = csr();
  arrays["data"] = floats({4}, {9, 0, 1, 2});  // an explicit zero
  write_arrays("en", arrays);
  import_all();
  const auto shard = read_activations({root_ / "out"}, std::vector<std::string>{"en", "es"},
                                      std::vector<std::int32_t>{0});
  EXPECT_EQ(shard.position, (std::vector<std::int32_t>{1, 1}));
  EXPECT_EQ(shard.activations.features, (std::vector<std::int32_t>{1, 0, 1}));
  EXPECT_EQ(shard.activations.values, (std::vector<float>{1, 0.5F, 1}));
}

TEST_F(ImportArrays, RefusesSentencesThatAreNotInEveryLanguage) {
  write_sentences("es", {sentence("a")});
  write_arrays("es", {{"activations", floats({2, 2}, {9, 9, 1, 1})}});
  expect_refused("en has 2 sentences, es has 1");
  write_arrays("es", dense());
  write_sentences("es", {sentence("b"), sentence("a")});
  expect_refused("sentence a of en has the id b in es");
  for (const auto* language : {"en", "es"})
    write_sentences(language, {sentence("a"), sentence("a")});
  expect_refused("en has sentence a twice");
}

TEST_F(ImportArrays, RefusesFilesThatDoNotGoTogether) {
  fs::copy(input() / "es.safetensors", input() / "de.safetensors");
  expect_refused("de needs de.jsonl with de.npz");
  fs::remove(input() / "de.safetensors");
  fs::remove(input() / "es.safetensors");
  expect_refused("es needs es.jsonl with es.npz");
  fs::remove(input() / "es.jsonl");
  expect_refused("only the language 'en'");
  fs::remove(input() / "en.safetensors");
  expect_refused("no activations that can be read");
}

TEST_F(ImportArrays, RefusesSentencesThatItDoesNotUnderstand) {
  const auto with = [&](const char* key, const json& value, const char* part) {
    auto first = sentence("a");
    first[key] = value;
    write_sentences("en", {first, sentence("b")});
    expect_refused(part);
  };
  with("language", "en", "en.jsonl:1: holds \"language\"; leave it out");
  with("id", 1.5, "id is neither");
  with("id", nullptr, "lacks \"id\"");
  with("tokens", "<s> x", "tokens is not a list");
  with("tokens", {"<s>", 7}, "tokens is not a list of strings");
  with("tokens", json::array(), "tokens is empty");
  with("tokens", {"<s>", ""}, "token 1 is an empty string");
  with("tokens", {"<s>", std::string("x\0y", 3)}, "NUL");
  with("special_tokens_mask", {1}, "has 1 entries for 2 tokens");
  with("special_tokens_mask", {1, 2}, "has 2 for token 1");
  with("special_tokens_mask", {1, 1}, "no token that counts");
  with("special_tokens_mask", {1, -1}, "holds -1");
  with("token_ids", {1, 2, 3}, "has 3 entries for 2 tokens");
  with("token_ids", {1, 2147483648}, "holds 2147483648");
  with("text", 7, "text is not a string");
}

TEST_F(ImportArrays, RefusesOtherDocumentsInOtherLanguages) {
  auto first = sentence("a");
  first["document"] = "one";
  write_sentences("en", {first, sentence("b")});
  EXPECT_NO_THROW(import_all());
  fs::remove_all(root_ / "out");
  first["document"] = "two";
  write_sentences("es", {first, sentence("b")});
  expect_refused("sentence a has another document in es");
}

TEST_F(ImportArrays, RefusesDenseArraysThatDoNotFitTheSentences) {
  const auto with = [&](const char* name, const Array& array, const char* part) {
    auto arrays = dense();
    arrays[name] = array;
    write_arrays("en", arrays);
    expect_refused(part);
  };
  with("activations", floats({3, 2}, std::vector<float>(6)), "3 rows, 1 fewer");
  with("activations", floats({5, 2}, std::vector<float>(10)), "5 rows, 1 more");
  with("activations", floats({2, 2}, {9, 9, 1, 1}), "lists 2 sentences");
  with("activations", floats({8}, std::vector<float>(8)), "has the shape [8]");
  with("activations", floats({4, 0}, {}), "is empty");
  with("activations", floats({4, 3}, std::vector<float>(12, 1)), "es has 2 features");
  with("activations", longs({4, 2}, std::vector<std::int64_t>(8)), "of type int64");
  with("extra", floats({1}, {0}), "holds the array extra");
  with("attention_mask", longs({2, 2}, {1, 1, 1, 1}), "holds the array attention_mask");
}

TEST_F(ImportArrays, RefusesActivationsThatNoSaeGives) {
  for (const float value : {-0.5F, NAN, INFINITY}) {
    write_arrays("en", {{"activations", floats({4, 2}, {9, value, 0.5F, 1, 9, 9, 2, 0})}});
    EXPECT_NO_THROW(import_all());  // on a token that does not count
    fs::remove_all(root_ / "out");
    write_arrays("en", {{"activations", floats({4, 2}, {9, 9, 0.5F, 1, 9, 9, 2, value})}});
    expect_refused("en.safetensors: sentence b: token 1: feature 1 has ");
  }
}

TEST_F(ImportArrays, RefusesPaddingThatItCannotTellFromTokens) {
  const auto padded = floats({2, 3, 2}, std::vector<float>(12, 1));
  write_arrays("en", {{"activations", padded}});
  expect_refused("add one of shape [2, 3]");
  const auto with = [&](const Array& mask, const char* part) {
    write_arrays("en", {{"activations", padded}, {"attention_mask", mask}});
    expect_refused(part);
  };
  with(longs({6}, {1, 1, 0, 1, 1, 0}), "attention_mask has the shape [6]");
  with(longs({2, 3}, {1, 1, 1, 1, 1, 0}), "sentence a: attention_mask has 3 ones for 2 tokens");
  with(longs({2, 3}, {1, 1, 0, 1, 1, 2}), "sentence b: attention_mask holds other numbers");
  write_arrays("en", {{"activations", floats({3, 1, 2}, std::vector<float>(6))},
                      {"attention_mask", longs({3, 1}, {1, 1, 1})}});
  expect_refused("has 3 sentences, but only 2");
}

TEST_F(ImportArrays, RefusesMatricesThatAreNotCsr) {
  const auto with = [&](const char* name, const Array& array, const char* part) {
    auto arrays = csr();
    arrays[name] = array;
    write_arrays("en", arrays);
    expect_refused(part);
  };
  with("format", array<char>("U8", {3}, {'c', 's', 'c'}), "call tocsr()");
  with("shape", longs({3}, {4, 2, 1}), "shape is not");
  with("shape", longs({2}, {3, 2}), "for 3 rows");
  with("shape", longs({2}, {4, 0}), "has 0 features");
  with("data", floats({3}, {9, 0.5F, 1}), "have 3, 4 and 5 entries");
  with("indices", longs({2, 2}, {0, 0, 1, 0}), "indices has the shape [2, 2]");
  with("indices", longs({4}, {0, 1, 0, 0}), "token 1: feature 0 comes after 1");
  with("indices", longs({4}, {0, 1, 1, 0}), "token 1: feature 1 comes after 1");
  with("indices", longs({4}, {0, 0, 2, 0}), "token 1: feature 2 is not one of 0 to 1");
  with("indices", longs({4}, {0, -1, 1, 0}), "token 1: feature -1 is not one of");
  with("indptr", longs({5}, {1, 1, 3, 3, 4}), "does not begin with 0");
  with("indptr", longs({5}, {0, 1, 3, 2, 4}), "indptr goes from 3 to 2");
  with("indptr", longs({5}, {0, 3, 3, 3, 4}), "indptr goes from 0 to 3");
  with("indptr", longs({5}, {0, 1, 3, 3, 3}), "indptr goes from 3 to 3");
  with("indptr", longs({5}, {0, 1, 3, 3, 5}), "indptr goes from 3 to 5");
  with("data", floats({4}, {9, 0.5F, NAN, 2}), "sentence a: token 1: feature 1 has nan");
  write_arrays("en", {{"row", longs({1}, {0})}});
  expect_refused("holds neither activations nor");
  auto arrays = csr();
  arrays.erase("indices");
  write_arrays("en", arrays);
  expect_refused("lacks the array indices");
}

TEST_F(ImportArrays, RefusesPartsOfDifferentSaes) {
  fs::create_directories(input() / "en");
  const auto move_to = [&](const char* name, const Array& activations) {
    write_arrays("en", {{"activations", activations}});
    fs::rename(input() / "en.safetensors", input() / "en" / name);
  };
  move_to("0.safetensors", floats({2, 2}, {9, 9, 1, 1}));
  move_to("1.safetensors", floats({2, 2}, {9, 9, 1, 1}));
  EXPECT_EQ(import_all().n_sentences, 2);
  fs::remove_all(root_ / "out");
  move_to("1.safetensors", floats({2, 3}, {9, 9, 9, 1, 1, 1}));
  expect_refused("1.safetensors: has 3 features");
}

}  // namespace
}  // namespace isogloss
