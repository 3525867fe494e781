#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "isogloss/core/error.h"
#include "isogloss/hub/hub.h"
#include "tests/hub/fake_hub.h"

namespace isogloss {
namespace {

using testing::content_of;
using ::testing::ElementsAre;
using testing::FakeHub;
using ::testing::HasSubstr;
using testing::large;

namespace fs = std::filesystem;

const HubRepo kModel{HubKind::kModel, "some/model", "main"};

HubSnapshot fetch(const HubRepo& repo, std::vector<std::string> paths) {
  return fetch_files(repo, paths, {});
}

TEST(FetchTest, ListsAndFetchesWhatIsNamed) {
  FakeHub hub;
  hub.add("models/some/model", "config.json", "{}");
  hub.add("models/some/model", "weights/a b.gguf", large());
  hub.add("models/some/model", "weights/other.gguf", large(2000));
  hub.add("models/some/model", "weights/third.gguf", large(3000));

  std::vector<std::string> listed;
  for (const auto& entry : hub_entries(kModel, {}))
    listed.push_back(entry.path + " " + std::to_string(entry.bytes));
  EXPECT_THAT(listed, ElementsAre("config.json 2", "weights/a b.gguf 300000",
                                  "weights/other.gguf 2000", "weights/third.gguf 3000"));

  const auto snapshot = fetch(kModel, {"config.json", "weights/a b.gguf"});
  EXPECT_EQ(snapshot.folder, hub.cache / "models--some--model" / "snapshots" / snapshot.commit);
  EXPECT_EQ(content_of(snapshot.folder / "config.json"), "{}");
  EXPECT_EQ(content_of(snapshot.folder / "weights" / "a b.gguf"), large());
  EXPECT_FALSE(fs::exists(snapshot.folder / "weights" / "other.gguf"));
  EXPECT_TRUE(fs::read_symlink(snapshot.folder / "weights" / "a b.gguf")
                  .string()
                  .starts_with("../../../blobs/"));
  EXPECT_EQ(content_of(hub.cache / "models--some--model" / "refs" / "main"), snapshot.commit);
}

}  // namespace
}  // namespace isogloss
