// The cache that huggingface_hub writes (tools/golden/hub_cache.py), and ours beside it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "isogloss/core/error.h"
#include "isogloss/hub/hub.h"
#include "isogloss/hub/settings.h"
#include "tests/hub/fake_hub.h"

namespace isogloss {
namespace {

using nlohmann::json;
using testing::content_of;
using testing::FakeHub;
using testing::Variable;

namespace fs = std::filesystem;

const HubRepo kModel{HubKind::kModel, "some/model", "main"};
const HubRepo kCorpus{HubKind::kDataset, "some/corpus", "v1"};

std::string bytes_of(const json& numbers) {
  std::string bytes;
  for (const int number : numbers) bytes += static_cast<char>(number);
  return bytes;
}

json golden() { return json::parse(content_of(ISOGLOSS_GOLDEN_DIR "/hub_cache.json")); }

/// What each path of a cache is: a link, or a content. What each program is free to write is left
/// out: locks, and the words behind the first line of the tag.
std::map<std::string, std::string> described(const fs::path& cache) {
  std::map<std::string, std::string> all;
  for (const auto& file : fs::recursive_directory_iterator(cache)) {
    const auto name = file.path().lexically_relative(cache).generic_string();
    if (name.starts_with(".locks") || name == "CACHEDIR.TAG") continue;
    if (file.is_symlink()) {
      all[name] = "-> " + fs::read_symlink(file.path()).string();
    } else if (file.is_regular_file()) {
      const auto content = content_of(file.path());
      all[name] = name.ends_with(".json") && name.find("/trees/") != std::string::npos
                      ? json::parse(content).dump()
                      : content;
    }
  }
  return all;
}

void write_golden_cache(const fs::path& cache) {
  const auto all = golden();
  for (const auto& entry : all["cache"]) {
    const auto path = cache / entry["path"].get<std::string>();
    fs::create_directories(path.parent_path());
    if (entry.contains("link")) {
      fs::create_symlink(entry["link"].get<std::string>(), path);
    } else {
      std::ofstream(path, std::ios::binary) << bytes_of(entry["content"]);
    }
  }
}

TEST(CacheTest, OursIsLaidOutAsPythons) {
  FakeHub hub;
  const auto all = golden();
  for (const auto& entry : all["served"]) {
    const auto path = entry["path"].get<std::string>();
    const auto end = path.find('/', path.find('/', path.find('/') + 1) + 1);
    hub.add(path.substr(0, end), path.substr(end + 1), bytes_of(entry["content"]));
  }
  fetch_files(kModel, std::vector<std::string>{"weights/a b.gguf", "config.json"}, {});
  fetch_files(kCorpus, std::vector<std::string>{"en-es/train.tsv"}, {});
  EXPECT_THROW(fetch_files(kModel, std::vector<std::string>{"absent.json"}, {}), Error);
  write_golden_cache(hub.folder / "golden");
  EXPECT_EQ(described(hub.cache), described(hub.folder / "golden"));
  EXPECT_TRUE(content_of(hub.cache / "CACHEDIR.TAG")
                  .starts_with("Signature: 8a477f597d28d172789f06886806bc55\n"));
}

TEST(CacheTest, WhatPythonFetchedIsFoundOffline) {
  FakeHub hub;
  write_golden_cache(hub.cache);
  const Variable offline("HF_HUB_OFFLINE", "1");
  const auto model =
      fetch_files(kModel, std::vector<std::string>{"weights/a b.gguf", "config.json"}, {});
  EXPECT_EQ(content_of(model.folder / "config.json"), "{\"d_model\": 2}\n");
  EXPECT_EQ(hub_entries(kModel, {}).size(), 3U);  // listed by Python, though not all fetched
  const auto corpus = fetch_files(kCorpus, std::vector<std::string>{"en-es/train.tsv"}, {});
  EXPECT_EQ(content_of(corpus.folder / "en-es/train.tsv"), "en\tes\none\tuno\n");
  EXPECT_EQ(hub_entries(kCorpus, {}).size(), 1U);  // never listed: what is there
  EXPECT_EQ(hub.requests().size(), 0U);
}

TEST(CacheTest, VariablesNameTheCacheAsPythonReadsThem) {
  const Variable home("HOME", "/h"), xdg("XDG_CACHE_HOME", nullptr), hub_home("HF_HOME", nullptr),
      cache("HF_HUB_CACHE", nullptr), old("HUGGINGFACE_HUB_CACHE", nullptr);
  EXPECT_EQ(hub_cache_folder(), "/h/.cache/huggingface/hub");
  const Variable other_xdg("XDG_CACHE_HOME", "/x");
  EXPECT_EQ(hub_cache_folder(), "/x/huggingface/hub");
  const Variable with_home("HF_HOME", "~/hf");
  EXPECT_EQ(hub_cache_folder(), "/h/hf/hub");
  const Variable with_old("HUGGINGFACE_HUB_CACHE", "/old");
  EXPECT_EQ(hub_cache_folder(), "/old");
  const Variable with_cache("HF_HUB_CACHE", "$HOME/c/${XDG_CACHE_HOME}/$");
  EXPECT_EQ(hub_cache_folder(), "/h/c//x/$");
}

}  // namespace
}  // namespace isogloss
