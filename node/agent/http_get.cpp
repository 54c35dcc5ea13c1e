#include "node/agent/http_get.hpp"

#include <curl/curl.h>

#include <memory>

namespace troupe::agent {

namespace {

/// The body does not matter; it is read and dropped.
std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

struct list_deleter {
  void operator()(curl_slist* it) const { curl_slist_free_all(it); }
};

using list_ptr = std::unique_ptr<curl_slist, list_deleter>;

std::string url_of(const http_get_request& request) {
  const bool v6 = request.host.find(':') != std::string::npos;
  return std::string{request.tls ? "https://" : "http://"} + (v6 ? "[" : "")
         + request.host + (v6 ? "]" : "") + ":" + std::to_string(request.port)
         + (request.path.starts_with('/') ? "" : "/") + request.path;
}

} // namespace

status_result http_get(const http_get_request& request, duration limit) {
  const std::unique_ptr<CURL, void (*)(CURL*)> curl{curl_easy_init(),
                                                    curl_easy_cleanup};
  if (!curl)
    return error{errc::unavailable, "no memory for a request"};
  list_ptr headers;
  for (const auto& [name, value] : request.headers)
    headers.reset(
        curl_slist_append(headers.release(), (name + ": " + value).c_str()));
  const auto url = url_of(request);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(limit).count();
  curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS,
                   static_cast<long>(milliseconds));
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYPEER, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_SSL_VERIFYHOST, 0L);
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, drop);
  if (const auto code = curl_easy_perform(curl.get()); code != CURLE_OK)
    return error{errc::unavailable,
                 "Get \"" + url + "\": " + curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 400)
    return unit{};
  return error{errc::unavailable, "HTTP request failed with statuscode: "
                                      + std::to_string(status)};
}

} // namespace troupe::agent
