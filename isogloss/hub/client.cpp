#include "isogloss/hub/client.h"

#include <fmt/format.h>

#include <charconv>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

constexpr int kMaxPages = 2000;

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::uint64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || result.ec != std::errc() || result.ptr != text.data() + text.size())
    return std::nullopt;
  return value;
}

}  // namespace

std::string address_of(const HubRepo& repo) {
  return (repo.kind == HubKind::kDataset ? "datasets/" : "") + repo.name;
}

std::string HubClient::api_url() const {
  return fmt::format("{}/api/{}/{}", settings_.endpoint,
                     repo_.kind == HubKind::kDataset ? "datasets" : "models",
                     url_quoted(repo_.name, "/"));
}

std::string HubClient::file_url(const std::string& commit, const std::string& path) const {
  return fmt::format("{}/{}/resolve/{}/{}", settings_.endpoint, url_quoted(address_of(repo_), "/"),
                     url_quoted(commit, ""), url_quoted(path, "/"));
}

std::string HubClient::commit() const {
  const auto url = fmt::format("{}/revision/{}", api_url(), url_quoted(repo_.revision, ""));
  const auto answer = patient_exchange({.url = url}, settings_, control_);
  if (answer.status != 200) refuse(answer, address_of(repo_));
  return commit_in(answer.body, url);
}

std::vector<HubFile> HubClient::files(const std::string& commit) const {
  std::vector<HubFile> files;
  std::optional<std::string> url =
      fmt::format("{}/tree/{}?recursive=true&expand=false", api_url(), commit);
  for (int i = 0; i < kMaxPages && url; ++i) {
    const auto answer = patient_exchange({.url = *url}, settings_, control_);
    if (answer.status != 200) refuse(answer, "the list of files of " + address_of(repo_));
    auto more = files_in(answer.body, *url);
    files.insert(files.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
    auto next = next_page(answer.header("link"));
    if (next) next = resolved_url(*url, *next);
    if (next && !same_origin(*next, settings_.endpoint)) next.reset();
    url = std::move(next);
  }
  return files;
}

std::optional<HubFileHead> HubClient::head(const std::string& commit,
                                           const std::string& path) const {
  const auto answer =
      patient_exchange({.url = file_url(commit, path), .head_only = true}, settings_, control_);
  if (answer.status == 404 && answer.header("x-error-code") == "EntryNotFound") return std::nullopt;
  if (answer.status / 100 > 3) refuse(answer, address_of(repo_) + "/" + path);
  const auto linked = answer.header("x-linked-etag");
  const auto own = answer.header("etag");
  HubFileHead head{plain_etag(linked.empty() ? own : linked), std::nullopt, ""};
  if (!is_blob_hash(head.hash)) {
    throw Error(
        ErrorCode::kBadInput,
        fmt::format("{}/{}: the server gives no hash of this file, so nothing could be checked; "
                    "check HF_ENDPOINT, or fetch the file by other means and name it by its path",
                    address_of(repo_), path));
  }
  if (linked.empty() && own.starts_with('"')) head.strong_etag = own;
  head.bytes = number_in(answer.header("x-linked-size"));
  if (!head.bytes && answer.status / 100 == 2)
    head.bytes = number_in(answer.header("content-length"));
  return head;
}

}  // namespace isogloss
