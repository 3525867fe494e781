#include "isogloss/hub/http.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <array>
#include <cctype>
#include <exception>
#include <memory>
#include <mutex>

#include "isogloss/core/error.h"
#include "isogloss/core/version.h"

namespace isogloss {
namespace {

constexpr int kMaxRedirects = 10;
constexpr std::size_t kMaxHeaderBytes = 256 << 10;
constexpr std::size_t kMaxBodyBytes = 64 << 20;

struct CurlDeleter {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlHandle = std::unique_ptr<CURL, CurlDeleter>;
using CurlList = std::unique_ptr<curl_slist, CurlDeleter>;
using CurlUrl = std::unique_ptr<CURLU, CurlDeleter>;

/// What the callbacks of one transfer share. They are called from C: what is thrown in them is
/// kept.
struct Transfer {
  const HttpRequest& request;
  const RunControl& control;
  CURL* handle;
  HttpAnswer answer;
  std::size_t header_bytes = 0;
  std::exception_ptr failure;
};

template <class Action>
std::size_t guarded(Transfer& transfer, std::size_t n_bytes, const Action& action) {
  try {
    action();
    return n_bytes;
  } catch (...) {
    transfer.failure = std::current_exception();
    return n_bytes == 0 ? 1 : 0;  // whatever else it is, libcurl stops
  }
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1));
}

void take_header(Transfer& transfer, std::string_view line) {
  if (line.starts_with("HTTP/")) {  // the head of an answer after "100 Continue", or of a proxy's
    transfer.answer.headers.clear();
    return;
  }
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > kMaxHeaderBytes) {
    throw Error(ErrorCode::kBadInput,
                "the hub's answer has a head of over 256 KiB; check HF_ENDPOINT");
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  transfer.answer.headers[name] = trimmed(line.substr(colon + 1));
}

void take_body(Transfer& transfer, std::string_view bytes) {
  auto& answer = transfer.answer;
  if (answer.status == 0) {
    long status = 0;
    curl_easy_getinfo(transfer.handle, CURLINFO_RESPONSE_CODE, &status);
    answer.status = static_cast<int>(status);
  }
  if (transfer.request.write && answer.status / 100 == 2) {
    transfer.request.write(answer, bytes);
    return;
  }
  if (answer.body.size() + bytes.size() > kMaxBodyBytes) {
    throw Error(ErrorCode::kBadInput, "the hub's answer is over 64 MiB long; check HF_ENDPOINT");
  }
  answer.body += bytes;
}

std::size_t on_header(char* data, std::size_t size, std::size_t n, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  return guarded(transfer, size * n, [&] { take_header(transfer, {data, size * n}); });
}

std::size_t on_body(char* data, std::size_t size, std::size_t n, void* user) {
  auto& transfer = *static_cast<Transfer*>(user);
  return guarded(transfer, size * n, [&] { take_body(transfer, {data, size * n}); });
}

int on_tick(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  auto& transfer = *static_cast<Transfer*>(user);
  return static_cast<int>(guarded(transfer, 0, [&] { transfer.control.throw_if_stopped(); }));
}

std::string host_of(const std::string& url) {
  const CurlUrl parsed(curl_url());
  char* host = nullptr;
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK ||
      curl_url_get(parsed.get(), CURLUPART_HOST, &host, 0) != CURLUE_OK) {
    return "the hub";
  }
  std::string result = host;
  curl_free(host);
  return result;
}

[[noreturn]] void throw_curl_error(CURLcode code, const std::string& url, const char* details) {
  const std::string why = *details != '\0' ? details : curl_easy_strerror(code);
  const std::string host = host_of(url);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      throw Error(ErrorCode::kEnvironment,
                  fmt::format("{}: its certificate is not trusted ({}); if a proxy of your network "
                              "stands between, name its certificates in SSL_CERT_FILE",
                              host, why));
    case CURLE_UNSUPPORTED_PROTOCOL:
      throw Error(
          ErrorCode::kEnvironment,
          fmt::format("{}: only https is spoken with the hub; write HF_ENDPOINT with https://, "
                      "or ask who runs the server why it leads elsewhere",
                      host));
    case CURLE_COULDNT_RESOLVE_PROXY:
      throw Error(ErrorCode::kEnvironment,
                  fmt::format("{}: the proxy is not found; check the variable https_proxy", host));
    case CURLE_URL_MALFORMAT:
      throw Error(ErrorCode::kEnvironment,
                  fmt::format("{}: not an address; check HF_ENDPOINT", host));
    default:
      throw HubTransient(fmt::format("{}: {}", host, why));
  }
}

void set_options(CURL* handle, const std::string& url, const HttpRequest& request,
                 const HubSettings& settings, Transfer& transfer, curl_slist* headers) {
  const bool plain_allowed = settings.endpoint.starts_with("http://");
  curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
  curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, plain_allowed ? "http,https" : "https");
  curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(handle, CURLOPT_NOBODY, request.head_only ? 1L : 0L);
  curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(handle, CURLOPT_USERAGENT, fmt::format("isogloss/{}", version()).c_str());
  curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(settings.silence.count()));
  if (!settings.certificates.empty()) {
    curl_easy_setopt(handle, CURLOPT_CAINFO, settings.certificates.c_str());
  }
  curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, on_header);
  curl_easy_setopt(handle, CURLOPT_HEADERDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, on_body);
  curl_easy_setopt(handle, CURLOPT_WRITEDATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, on_tick);
  curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &transfer);
  curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

CurlList header_list(const std::string& url, const HttpRequest& request,
                     const HubSettings& settings) {
  std::vector<std::string> lines = request.headers;
  lines.emplace_back("Accept-Encoding: identity");
  if (!settings.token.empty() && same_origin(url, settings.endpoint)) {
    lines.push_back("Authorization: Bearer " + settings.token);
  }
  CurlList list;
  for (const auto& line : lines) {
    curl_slist* longer = curl_slist_append(list.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    if (!list) list.reset(longer);
  }
  return list;
}

HttpAnswer exchange_once(const std::string& url, const HttpRequest& request,
                         const HubSettings& settings, const RunControl& control) {
  static std::once_flag initialised;
  std::call_once(initialised, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  const CurlHandle handle(curl_easy_init());
  if (!handle) throw Error(ErrorCode::kEnvironment, "libcurl cannot start; check its installation");
  const auto headers = header_list(url, request, settings);
  Transfer transfer{request, control, handle.get(), {}, 0, nullptr};
  std::array<char, CURL_ERROR_SIZE> details{};
  set_options(handle.get(), url, request, settings, transfer, headers.get());
  curl_easy_setopt(handle.get(), CURLOPT_ERRORBUFFER, details.data());
  const CURLcode code = curl_easy_perform(handle.get());
  if (transfer.failure) std::rethrow_exception(transfer.failure);
  if (code != CURLE_OK) throw_curl_error(code, url, details.data());
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  transfer.answer.status = static_cast<int>(status);
  curl_off_t retry_after = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RETRY_AFTER, &retry_after);
  transfer.answer.retry_after = std::chrono::seconds(retry_after);
  return std::move(transfer.answer);
}

struct Origin {
  std::string scheme, host, port;
  bool operator==(const Origin&) const = default;
};

std::string url_part(CURLU* url, CURLUPart part, unsigned int flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK) return {};
  std::string result = text;
  curl_free(text);
  for (char& c : result) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return result;
}

Origin origin_of(const std::string& url) {
  const CurlUrl parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return {};
  return {url_part(parsed.get(), CURLUPART_SCHEME, 0), url_part(parsed.get(), CURLUPART_HOST, 0),
          url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT)};
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

std::string resolved_url(const std::string& base, const std::string& reference) {
  const CurlUrl url(curl_url());
  char* text = nullptr;
  if (curl_url_set(url.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl_url_set(url.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK ||
      curl_url_get(url.get(), CURLUPART_URL, &text, 0) != CURLUE_OK) {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}: leads to what is no address; check HF_ENDPOINT", host_of(base)));
  }
  std::string result = text;
  curl_free(text);
  return result;
}

bool same_origin(const std::string& url, const std::string& other) {
  const auto origin = origin_of(url);
  return !origin.host.empty() && origin == origin_of(other);
}

std::string url_quoted(std::string_view text, std::string_view kept) {
  std::string result;
  for (const char c : text) {
    const bool is_plain = (std::isalnum(static_cast<unsigned char>(c)) != 0 &&
                           static_cast<unsigned char>(c) < 0x80) ||
                          std::string_view("-._~").find(c) != std::string_view::npos ||
                          kept.find(c) != std::string_view::npos;
    result += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

HttpAnswer http_exchange(const HttpRequest& request, const HubSettings& settings,
                         const RunControl& control) {
  std::string url = request.url;
  for (int i = 0; i <= kMaxRedirects; ++i) {
    auto answer = exchange_once(url, request, settings, control);
    const auto location = answer.header("location");
    if (answer.status / 100 != 3 || answer.status == 304 || location.empty()) return answer;
    const auto next = resolved_url(url, location);
    if (request.head_only && !same_origin(next, url)) return answer;
    url = next;
  }
  throw Error(ErrorCode::kBadInput,
              fmt::format("{}: led on {} times without an end; check HF_ENDPOINT",
                          host_of(request.url), kMaxRedirects));
}

}  // namespace isogloss
