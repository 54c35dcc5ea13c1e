#include "bootstrap/client/readiness.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

namespace troupe::client {

namespace {

struct easy_cleanup {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

constexpr std::size_t body_octets_max = 64 * 1024 * 1024;

std::size_t keep_start(char* data, std::size_t size, std::size_t count,
                       void* out) {
  auto& body = *static_cast<std::string*>(out);
  const auto room = body_octets_max - std::min(body_octets_max, body.size());
  body.append(data, std::min(room, size * count));
  return size * count;
}

/// libcurl reads the text while the transfer runs; the caller keeps it.
curl_blob blob(const std::string& text) {
  return {const_cast<char*>(text.data()), text.size(), CURL_BLOB_NOCOPY};
}

error unavailable(std::string why) {
  return {errc::unavailable, std::move(why)};
}

struct answer {
  long status = 0;
  std::string body;
};

result<answer> get(const api_access& access, const std::string& path,
                   duration timeout) {
  std::unique_ptr<CURL, easy_cleanup> handle{curl_easy_init()};
  if (!handle)
    return unavailable("libcurl does not start");
  const auto url = "https://127.0.0.1:" + std::to_string(access.port) + path;
  auto authority = blob(access.authority_certificate);
  auto certificate = blob(access.client_certificate);
  auto key = blob(access.client_key);
  answer out;
  auto* it = handle.get();
  curl_easy_setopt(it, CURLOPT_URL, url.c_str());
  curl_easy_setopt(it, CURLOPT_PROXY, "");
  curl_easy_setopt(it, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(
      it, CURLOPT_TIMEOUT_MS,
      static_cast<long>(
          std::chrono::ceil<std::chrono::milliseconds>(timeout).count()));
  curl_easy_setopt(it, CURLOPT_CAINFO_BLOB, &authority);
  curl_easy_setopt(it, CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(it, CURLOPT_SSLCERTTYPE, "PEM");
  curl_easy_setopt(it, CURLOPT_SSLCERT_BLOB, &certificate);
  curl_easy_setopt(it, CURLOPT_SSLKEYTYPE, "PEM");
  curl_easy_setopt(it, CURLOPT_SSLKEY_BLOB, &key);
  curl_easy_setopt(it, CURLOPT_WRITEFUNCTION, keep_start);
  curl_easy_setopt(it, CURLOPT_WRITEDATA, &out.body);
  if (const auto code = curl_easy_perform(it); code != CURLE_OK)
    return unavailable(curl_easy_strerror(code));
  curl_easy_getinfo(it, CURLINFO_RESPONSE_CODE, &out.status);
  if (out.status == 200)
    return out;
  return unavailable(path + " answers " + std::to_string(out.status) + ": "
                     + out.body.substr(0, 200));
}

} // namespace

status_result check_ready(const api_access& access, duration timeout) {
  auto answered = get(access, "/readyz", timeout);
  if (!answered)
    return answered.error();
  return unit{};
}

result<std::vector<node_report>> read_node_reports(const api_access& access,
                                                   duration timeout) {
  // The Leases first: an agent says how its node is before it renews the one.
  auto leases = get(
      access, "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases",
      timeout);
  if (!leases)
    return leases.error();
  auto nodes = get(access, "/api/v1/nodes", timeout);
  if (!nodes)
    return nodes.error();
  return parse_node_reports(nodes->body, leases->body);
}

} // namespace troupe::client
