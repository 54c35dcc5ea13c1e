#include "node/image/http_client.hpp"

#include "messages/base/check.hpp"
#include "node/image/http_fault.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

namespace troupe::image {

namespace {

constexpr long redirects_max = 5;
constexpr long connect_timeout_seconds = 15;
constexpr std::size_t header_octets_max = 256 * 1024;

bool curl_ready() {
  static const auto code = curl_global_init(CURL_GLOBAL_DEFAULT);
  return code == CURLE_OK;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// The value of the header `name` (in lower case) if `line` is one.
std::optional<std::string> header_value(bytes_view line,
                                        std::string_view name) {
  if (line.size() <= name.size() || line[name.size()] != ':')
    return std::nullopt;
  if (!std::ranges::equal(line.substr(0, name.size()), name, {}, lower))
    return std::nullopt;
  line.remove_prefix(name.size() + 1);
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t'))
    line.remove_prefix(1);
  while (!line.empty() && static_cast<unsigned char>(line.back()) <= ' ')
    line.remove_suffix(1);
  return std::string{line};
}

bool is_success(long status) {
  return status >= 200 && status < 300;
}

/// Proxies of the environment are for other machines.
bool is_this_machine(std::string_view url) {
  const auto host = host_of(url);
  return host.starts_with("127.") || host.starts_with("localhost")
         || host.starts_with("[::1]");
}

using header_list = std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)>;

} // namespace

/// One request under way: where libcurl's callbacks put things.
struct http_client::transfer {
  CURL* curl;
  const http_get& request;
  body_sink* sink;
  const std::stop_token& stop;
  http_answer answer{};
  std::size_t header_octets = 0;
  bool begun = false;
  bool refused = false; ///< by the sink
  bool too_large = false;

  bool take_header(bytes_view line) {
    header_octets += line.size();
    too_large = header_octets > header_octets_max;
    if (too_large)
      return false;
    auto& head = answer.head;
    if (line.starts_with("HTTP/"))
      head = {}; // of the next answer after a redirect
    if (auto value = header_value(line, "www-authenticate"))
      head.challenges.push_back(std::move(*value));
    if (auto value = header_value(line, "content-range"))
      head.content_range = std::move(*value);
    if (auto value = header_value(line, "docker-content-digest"))
      head.content_digest = std::move(*value);
    return true;
  }

  bool take_body(bytes_view data) {
    auto& head = answer.head;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &head.status);
    if (sink == nullptr || !is_success(head.status)) {
      too_large = answer.body.size() + data.size() > request.body_max;
      if (!too_large)
        answer.body += data;
      return !too_large;
    }
    refused = (!begun && !sink->begin(head)) || !sink->write(data);
    begun = true;
    return !refused;
  }

  static std::size_t on_header(char* data, std::size_t size, std::size_t count,
                               void* self) {
    const bytes_view line{data, size * count};
    return static_cast<transfer*>(self)->take_header(line) ? line.size() : 0;
  }

  static std::size_t on_body(char* data, std::size_t size, std::size_t count,
                             void* self) {
    const bytes_view part{data, size * count};
    return static_cast<transfer*>(self)->take_body(part) ? part.size()
                                                         : part.size() + 1;
  }

  static int on_progress(void* self, curl_off_t, curl_off_t, curl_off_t,
                         curl_off_t) {
    return static_cast<transfer*>(self)->stop.stop_requested() ? 1 : 0;
  }

  void set_rules(duration stall_timeout) {
    const bool secure = request.url.starts_with("https://");
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR,
                     secure ? "https" : "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, redirects_max);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, connect_timeout_seconds);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(
        curl, CURLOPT_LOW_SPEED_TIME,
        static_cast<long>(
            std::chrono::duration_cast<std::chrono::seconds>(stall_timeout)
                .count()));
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "troupe");
    if (is_this_machine(request.url))
      curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_CERTINFO, 1L);
    // The system's are found in its directory all the same.
    if (!request.authorities.empty())
      curl_easy_setopt(curl, CURLOPT_CAINFO, request.authorities.c_str());
  }

  void set_callbacks() {
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &on_progress);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
  }

  void set_authorization() {
    const auto& who = request.authorization;
    if (!who.bearer.empty()) {
      curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
      curl_easy_setopt(curl, CURLOPT_XOAUTH2_BEARER, who.bearer.c_str());
    } else if (!who.username.empty()) {
      curl_easy_setopt(curl, CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
      curl_easy_setopt(curl, CURLOPT_USERNAME, who.username.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, who.password.c_str());
    }
  }
};

http_client::http_client(duration stall_timeout)
    : curl_{curl_ready() ? curl_easy_init() : nullptr, curl_easy_cleanup},
      stall_timeout_{stall_timeout} {
  TROUPE_CHECK(curl_ != nullptr, "libcurl starts");
}

http_client::~http_client() = default;

result<http_answer> http_client::get(const http_get& request, body_sink* sink,
                                     const std::stop_token& stop) {
  CURL* curl = curl_.get();
  curl_easy_reset(curl); // keeps connections
  transfer one{curl, request, sink, stop};
  one.set_rules(stall_timeout_);
  one.set_callbacks();
  one.set_authorization();
  const auto range = std::to_string(request.offset) + "-";
  if (request.offset > 0)
    curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
  const auto accept = "Accept: " + request.accept;
  const header_list headers{request.accept.empty()
                                ? nullptr
                                : curl_slist_append(nullptr, accept.c_str()),
                            curl_slist_free_all};
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  std::array<char, CURL_ERROR_SIZE> why{};
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why.data());

  const auto code = curl_easy_perform(curl);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &one.answer.head.status);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  const char* last_url = nullptr;
  curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &last_url);
  if (last_url == nullptr || origin_of(last_url) != origin_of(request.url))
    one.answer.head.challenges.clear();
  const auto fault = [&](errc kind, std::string_view what) {
    return error{kind, "failed to do request: Get \"" + request.url
                           + "\": " + std::string{what}};
  };
  if (one.too_large)
    return fault(errc::too_large, "the answer is too large");
  if (one.refused)
    return fault(errc::conflict, "broken off");
  if (code != CURLE_OK)
    return fault(errc::unavailable, http_fault_text(curl, code, why.data()));
  return std::move(one.answer);
}

} // namespace troupe::image
