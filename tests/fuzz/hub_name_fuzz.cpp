// Any text as a name on the hub, and as what a ref in the cache holds: an Error, or folders within
// the cache.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "isogloss/core/error.h"
#include "isogloss/hub/cache.h"
#include "isogloss/inputs/hub_name.h"
#include "tests/fuzz/scratch_folder.h"

namespace {

void expect_below(const std::filesystem::path& path, const std::filesystem::path& root) {
  const auto relative = path.lexically_normal().lexically_relative(root);
  if (relative.empty() || *relative.begin() == "..") std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const isogloss::ScratchFolder scratch;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto end = text.find('\0');
  try {
    const auto name =
        isogloss::parse_hub_name("hf:" + text.substr(0, end), isogloss::HubKind::kDataset);
    const isogloss::HubCache cache(scratch.path(), name.repo);
    expect_below(cache.folder(), scratch.path());
    expect_below(cache.folder() / "refs" / name.repo.revision, cache.folder() / "refs");
    const auto ref = cache.folder() / "refs" / "main";
    std::filesystem::create_directories(ref.parent_path());
    scratch.write(ref.lexically_relative(scratch.path()).c_str(),
                  end == std::string::npos ? "" : text.substr(end + 1));
    if (const auto commit = cache.known_commit(); commit && !isogloss::is_commit(*commit))
      std::abort();
    std::filesystem::remove_all(cache.folder());
  } catch (const isogloss::Error&) {
  }
  return 0;
}
