#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/model/hook_point.h"
#include "isogloss/published/published.h"

namespace isogloss {
namespace {

constexpr const char* kSource = "SAELens' list of published SAEs";

void complete(std::string_view listed, const char* convention, std::string& own, Sae& sae) {
  if (!own.empty() || listed.empty()) return;
  own = listed;
  std::erase_if(sae.reasons, [&](const auto& known) { return known.convention == convention; });
  sae.reasons.push_back({convention, kSource});
}

/// Whether both name the same hook point. Names that isogloss does not read are compared as text.
bool is_same_hook(std::string_view listed, const std::string& own) {
  try {
    return parse_hook_point(std::string(listed)).name == parse_hook_point(own).name;
  } catch (const Error&) {
    return listed == own;
  }
}

}  // namespace

std::vector<std::string> complete_from_table(const PublishedSae& published, Sae& sae) {
  std::vector<std::string> remarks;
  complete(published.model, "model", sae.model_name, sae);
  complete(published.hook, "hook", sae.hook_name, sae);
  if (!published.hook_out.empty()) {
    sae.is_transcoder = true;
    complete(published.hook_out, "predicts", sae.hook_name_out, sae);
  }
  if (!published.hook.empty() && !is_same_hook(published.hook, sae.hook_name)) {
    remarks.push_back(fmt::format(
        "{}: its file says that it reads {}, SAELens' list says {}; without --hook, what the file "
        "says is taken",
        published.name(), sae.hook_name, published.hook));
  }
  if (!published.neuronpedia_id.empty()) {
    sae.neuronpedia_id = published.neuronpedia_id;
    sae.reasons.push_back({"neuronpedia", kSource});
  }
  apply_settings(published.settings, sae);
  return remarks;
}

}  // namespace isogloss
