#include "isogloss/sae/settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "isogloss/core/error.h"
#include "isogloss/core/json_depth.h"
#include "isogloss/core/python_json.h"

namespace isogloss {
namespace {

using nlohmann::json;

json parse_object(const SaeFile& file) {
  const std::string_view text(reinterpret_cast<const char*>(file.bytes.data()), file.bytes.size());
  if (nests_too_deep(text)) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: lists or objects stand in one another more than {} deep, as in no "
                            "SAE's settings; fetch the file again",
                            file.path, kMaxJsonDepth));
  }
  auto parsed = json::parse(without_nan_words(text), nullptr, false);
  if (!parsed.is_object()) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: is not a JSON object; fetch the file again", file.path));
  }
  return parsed;
}

}  // namespace

SettingsFile::SettingsFile(const SaeFile& file) : path_(file.path), json_(parse_object(file)) {}

void Settings::fail(std::string_view problem) const {
  throw Error(ErrorCode::kBadInput, fmt::format("{}: {}", path_, problem));
}

const json* Settings::find(const char* key) const {
  const auto found = object_.find(key);
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

std::string Settings::text(const char* key) const {
  const auto* value = find(key);
  if (value == nullptr) return {};
  if (!value->is_string()) fail(fmt::format("{} must be a text; save the SAE again", key));
  auto text = value->get<std::string>();
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20; })) {
    fail(fmt::format("{} holds control characters; save the SAE again", key));
  }
  return text;
}

bool Settings::flag(const char* key, bool otherwise) const {
  const auto* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) fail(fmt::format("{} must be true or false", key));
  return value->get<bool>();
}

double Settings::number(const char* key) const {
  const auto* value = find(key);
  if (value == nullptr || !value->is_number()) {
    fail(fmt::format("{} must be there and a number", key));
  }
  return value->get<double>();
}

std::int32_t Settings::size(const char* key) const {
  const auto* value = find(key);
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int32_t>::max());
  if (value == nullptr || !value->is_number_unsigned() || value->get<std::uint64_t>() == 0 ||
      value->get<std::uint64_t>() > kMost) {
    fail(fmt::format("{} must be there and a positive whole number; is it an SAE's {}?", key,
                     path_.substr(path_.find_last_of('/') + 1)));
  }
  return value->get<std::int32_t>();
}

Settings Settings::child(const char* key) const {
  static const json kEmpty = json::object();
  const auto* value = find(key);
  if (value != nullptr && !value->is_object()) fail(fmt::format("{} must be an object", key));
  return {value == nullptr ? kEmpty : *value, path_};
}

}  // namespace isogloss
