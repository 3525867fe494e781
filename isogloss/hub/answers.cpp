#include "isogloss/hub/answers.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "isogloss/core/error.h"
#include "isogloss/core/json_depth.h"
#include "isogloss/core/json_text.h"
#include "isogloss/core/text.h"

namespace isogloss {
namespace {

using nlohmann::json;

bool is_hexadecimal(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

[[noreturn]] void throw_unlike_a_hub(std::string_view what) {
  throw Error(
      ErrorCode::kBadInput,
      fmt::format("{}: the answer is not what a hub gives; check HF_ENDPOINT, and whether a "
                  "proxy or a log-in page of your network answers in its place",
                  what));
}

json parsed(std::string_view text, std::string_view what) {
  if (nests_too_deep(text)) throw_unlike_a_hub(what);
  auto value = json::parse(text, nullptr, false);
  if (value.is_discarded()) throw_unlike_a_hub(what);
  return value;
}

/// Empty if there is no such member or it is no text.
std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<std::uint64_t> count_of(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_unsigned()) return std::nullopt;
  return found->get<std::uint64_t>();
}

}  // namespace

bool is_commit(std::string_view text) { return text.size() == 40 && is_hexadecimal(text); }

bool is_blob_hash(std::string_view text) {
  return (text.size() == 40 || text.size() == 64) && is_hexadecimal(text);
}

bool stays_inside(std::string_view path) {
  if (path.empty() || path.size() > 4096 || find_invalid_utf8(path)) return false;
  if (std::any_of(path.begin(), path.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; })) {
    return false;
  }
  for (std::size_t begin = 0; begin <= path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    const auto name = path.substr(begin, end - begin);
    if (name.empty() || name == "." || name == "..") return false;
    begin = end + 1;
  }
  return true;
}

std::string plain_etag(std::string_view header) {
  if (header.starts_with("W/")) header.remove_prefix(2);
  if (header.size() >= 2 && header.front() == '"' && header.back() == '"') {
    header = header.substr(1, header.size() - 2);
  }
  return std::string(header);
}

std::optional<std::string> next_page(std::string_view link_header) {
  // <https://…?cursor=…>; rel="next", <…>; rel="last"
  while (!link_header.empty()) {
    const auto open = link_header.find('<');
    const auto close = link_header.find('>', open == std::string_view::npos ? 0 : open);
    if (open == std::string_view::npos || close == std::string_view::npos) break;
    const auto url = link_header.substr(open + 1, close - open - 1);
    link_header.remove_prefix(close + 1);
    const auto parameters = link_header.substr(0, link_header.find('<'));
    if (parameters.find("rel=\"next\"") != std::string_view::npos) return std::string(url);
  }
  return std::nullopt;
}

std::string commit_in(std::string_view text, std::string_view what) {
  const auto value = parsed(text, what);
  auto commit = value.is_object() ? text_of(value, "sha") : std::string();
  if (!is_commit(commit)) throw_unlike_a_hub(what);
  return commit;
}

std::vector<HubFile> files_in(std::string_view text, std::string_view what) {
  const auto value = parsed(text, what);
  if (!value.is_array()) throw_unlike_a_hub(what);
  std::vector<HubFile> files;
  for (const auto& entry : value) {
    if (!entry.is_object()) throw_unlike_a_hub(what);
    if (text_of(entry, "type") != "file") continue;
    const auto bytes = count_of(entry, "size");
    HubFile file{text_of(entry, "path"), bytes.value_or(0), text_of(entry, "oid"), "",
                 text_of(entry, "xetHash")};
    if (!bytes || file.path.empty()) throw_unlike_a_hub(what);
    if (const auto lfs = entry.find("lfs"); lfs != entry.end() && lfs->is_object()) {
      file.sha256 = text_of(*lfs, "oid");
      file.bytes = count_of(*lfs, "size").value_or(file.bytes);
    }
    if (stays_inside(file.path)) files.push_back(std::move(file));
  }
  return files;
}

std::vector<std::string> revisions_in(std::string_view text, std::string_view what) {
  const auto value = parsed(text, what);
  if (!value.is_object()) throw_unlike_a_hub(what);
  std::vector<std::string> names;
  for (const char* kind : {"branches", "tags"}) {
    const auto found = value.find(kind);
    if (found == value.end() || !found->is_array()) continue;
    for (const auto& entry : *found) {
      if (auto name = entry.is_object() ? text_of(entry, "name") : std::string(); !name.empty()) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

std::string tree_json(const std::vector<HubFile>& files) {
  json members = json::object();
  for (const auto& file : files) {
    json info{{"size", file.bytes}, {"blob_id", file.blob_id}};
    if (!file.sha256.empty()) {
      info["lfs_sha256"] = file.sha256;
      info["lfs_size"] = file.bytes;
    }
    if (!file.xet_hash.empty()) info["xet_hash"] = file.xet_hash;
    members[file.path] = std::move(info);
  }
  return json_text(json{{"format_version", 1}, {"files", std::move(members)}}, 1);
}

std::optional<std::vector<HubFile>> files_of_tree(std::string_view text) {
  const auto value = json::parse(text, nullptr, false);
  if (!value.is_object() || count_of(value, "format_version") != 1) return std::nullopt;
  const auto members = value.find("files");
  if (members == value.end() || !members->is_object()) return std::nullopt;
  std::vector<HubFile> files;
  for (const auto& [path, info] : members->items()) {
    const auto bytes = info.is_object() ? count_of(info, "size") : std::nullopt;
    if (!bytes) return std::nullopt;
    if (!stays_inside(path)) continue;
    files.push_back({path, count_of(info, "lfs_size").value_or(*bytes), text_of(info, "blob_id"),
                     text_of(info, "lfs_sha256"), text_of(info, "xet_hash")});
  }
  return files;
}

}  // namespace isogloss
