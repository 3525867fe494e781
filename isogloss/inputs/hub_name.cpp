#include "isogloss/inputs/hub_name.h"

#include <fmt/format.h>

#include <algorithm>

#include "isogloss/core/error.h"
#include "isogloss/inputs/inputs.h"

namespace isogloss {
namespace {

constexpr std::string_view kPrefix = "hf:";
constexpr std::string_view kDatasets = "datasets/";

}  // namespace

bool is_hub_name(std::string_view words) { return words.starts_with(kPrefix); }

HubName parse_hub_name(std::string_view words, HubKind kind) {
  auto rest = words.substr(kPrefix.size());
  // As the hub's own addresses have it.
  if (kind == HubKind::kDataset && rest.starts_with(kDatasets))
    rest.remove_prefix(kDatasets.size());
  HubName name{{kind, "", "main"}, ""};
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    name.repo.revision = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const auto slash = rest.find('/');
  const auto end = slash == std::string_view::npos ? slash : rest.find('/', slash + 1);
  if (rest.starts_with('/') || slash == std::string_view::npos || name.repo.revision.empty()) {
    throw Error(
        ErrorCode::kUsage,
        fmt::format("{}: name the owner and the repository, e.g. hf:openai-community/gpt2, then "
                    "perhaps /FILE and @REVISION",
                    words));
  }
  name.repo.name = rest.substr(0, end);
  if (end != std::string_view::npos) name.path = rest.substr(end + 1);
  return name;
}

std::string HubName::text() const {
  return fmt::format("hf:{}{}{}{}", repo.name, path.empty() ? "" : "/", path,
                     repo.revision == "main" ? "" : "@" + repo.revision);
}

std::string HubName::at(const std::string& commit) const {
  return fmt::format("hf:{}{}{}@{}", repo.name, path.empty() ? "" : "/", path, commit);
}

}  // namespace isogloss
