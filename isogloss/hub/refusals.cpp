#include <fmt/format.h>

#include "isogloss/core/error.h"
#include "isogloss/hub/client.h"
#include "isogloss/hub/similar_names.h"

namespace isogloss {

void HubClient::refuse_revision() const {
  const auto answer = patient_exchange({.url = api_url() + "/refs"}, settings_, control_);
  std::string choices;
  if (answer.status == 200) {
    const auto names = revisions_in(answer.body, api_url());
    choices = similar_names(repo_.revision, names);
    if (choices.empty() && !names.empty()) choices = "; it has " + names.front();
  }
  throw Error(ErrorCode::kUsage, fmt::format("{}: has no revision {} (branch, tag or commit){}",
                                             address_of(repo_), repo_.revision, choices));
}

void HubClient::refuse(const HttpAnswer& answer, const std::string& what) const {
  const auto code = answer.header("x-error-code");
  const auto page = fmt::format("{}/{}", settings_.endpoint, address_of(repo_));
  const std::string give_token =
      "put a token of yours (the hub's settings, Access Tokens) in HF_TOKEN, or log in with `hf "
      "auth login`";
  const bool has_token = !settings_.token.empty();
  if (code == "RevisionNotFound") refuse_revision();
  if (code == "GatedRepo") {
    throw Error(
        ErrorCode::kEnvironment,
        fmt::format(
            "{}: its owner asks for an agreement first: open {} in a browser, log in, accept "
            "the conditions, then {}",
            what, page, has_token ? "run it again with a token of the same user" : give_token));
  }
  if (answer.header("x-error-message") == "Invalid credentials in Authorization header") {
    throw Error(
        ErrorCode::kEnvironment,
        fmt::format(
            "{}: the hub does not accept the token in HF_TOKEN or the token file; make a new "
            "one, or remove it where none is needed",
            what));
  }
  if (code == "RepoNotFound" || answer.status == 401 || (answer.status == 404 && code.empty())) {
    const auto other = repo_.kind == HubKind::kModel ? "dataset" : "model";
    throw Error(
        ErrorCode::kUsage,
        fmt::format(
            "{}: the hub has no such repository, or a private one; check owner and name, and "
            "whether it is a {}; if it is private, {}",
            what, other, has_token ? "use a token of a user who may read it" : give_token));
  }
  if (answer.status == 403) {
    throw Error(
        ErrorCode::kEnvironment,
        fmt::format(
            "{}: the token may not read it; give it the right to read this repository in the "
            "hub's settings, Access Tokens",
            what));
  }
  throw Error(ErrorCode::kEnvironment,
              fmt::format("{}: the hub answers {}; run it again later", what, answer.status));
}

}  // namespace isogloss
