#include "node/image/http_fault.hpp"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <openssl/x509_vfy.h>

#include <cstring>
#include <vector>

namespace troupe::image {

namespace {

constexpr std::string_view unverified =
    "tls: failed to verify certificate: x509: ";

long number_at(CURL* curl, CURLINFO what) {
  long out = 0;
  curl_easy_getinfo(curl, what, &out);
  return out;
}

/// Where the transfer got to, redirects included.
std::string_view last_host(CURL* curl) {
  const char* url = nullptr;
  curl_easy_getinfo(curl, CURLINFO_EFFECTIVE_URL, &url);
  return url == nullptr ? std::string_view{} : host_of(url);
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('['))
    return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.find(':'));
}

bool is_address(const std::string& host) {
  in6_addr any{};
  return inet_pton(AF_INET, host.c_str(), &any) == 1
         || inet_pton(AF_INET6, host.c_str(), &any) == 1;
}

/// The names or the addresses that the server's certificate is for.
std::vector<std::string> subjects(CURL* curl, bool addresses) {
  constexpr std::string_view field = "X509v3 Subject Alternative Name:";
  const std::string_view kind = addresses ? "IP Address:" : "DNS:";
  std::vector<std::string> out;
  curl_certinfo* chain = nullptr;
  curl_easy_getinfo(curl, CURLINFO_CERTINFO, &chain);
  if (chain == nullptr || chain->num_of_certs == 0)
    return out;
  for (const auto* line = chain->certinfo[0]; line != nullptr;
       line = line->next) {
    std::string_view text = line->data;
    if (!text.starts_with(field))
      continue;
    text.remove_prefix(field.size());
    while (!text.empty()) {
      const auto end = text.find(", ");
      const auto one = text.substr(0, end);
      if (one.starts_with(kind))
        out.emplace_back(one.substr(kind.size()));
      text.remove_prefix(end == text.npos ? text.size() : end + 2);
    }
  }
  return out;
}

std::string wrong_host(CURL* curl) {
  const std::string host{without_port(last_host(curl))};
  const bool address = is_address(host);
  std::string all;
  for (const auto& each : subjects(curl, address))
    all += (all.empty() ? "" : ", ") + each;
  if (!all.empty())
    return "certificate is valid for " + all + ", not " + host;
  return address ? "cannot validate certificate for " + host
                       + " because it doesn't contain any IP SANs"
                 : "certificate is not valid for any names, but wanted to "
                   "match "
                       + host;
}

std::string certificate_fault(CURL* curl) {
  const auto verdict = number_at(curl, CURLINFO_SSL_VERIFYRESULT);
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "certificate has expired or is not yet valid";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return "certificate signed by unknown authority";
    case X509_V_OK:
    case X509_V_ERR_UNSPECIFIED: // the chain holds; only the name is left
      return wrong_host(curl);
    default:
      return X509_verify_cert_error_string(verdict);
  }
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z')
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

} // namespace

std::string http_fault_text(void* curl, int code, std::string_view why) {
  const std::string host{last_host(curl)};
  const auto problem = static_cast<int>(number_at(curl, CURLINFO_OS_ERRNO));
  curl_off_t ready = 0;
  curl_easy_getinfo(curl, CURLINFO_PRETRANSFER_TIME_T, &ready);
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return "dial tcp: lookup " + std::string{without_port(host)}
             + ": no such host";
    case CURLE_COULDNT_CONNECT:
      if (problem == 0)
        break;
      return "dial tcp " + host
             + ": connect: " + lower_first(std::strerror(problem));
    case CURLE_OPERATION_TIMEDOUT:
      if (ready != 0)
        break;
      return "dial tcp " + host + ": i/o timeout";
    case CURLE_PEER_FAILED_VERIFICATION:
      return std::string{unverified} + certificate_fault(curl);
    case CURLE_SSL_CONNECT_ERROR:
      if (why.find("wrong version number") == why.npos)
        break;
      return "http: server gave HTTP response to HTTPS client";
    case CURLE_PARTIAL_FILE:
      return "unexpected EOF";
    case CURLE_GOT_NOTHING:
      return "EOF";
    default:
      break;
  }
  return why.empty() ? curl_easy_strerror(static_cast<CURLcode>(code))
                     : std::string{why};
}

std::string_view host_of(std::string_view url) {
  const auto scheme = url.find("://");
  if (scheme != url.npos)
    url.remove_prefix(scheme + 3);
  return url.substr(0, url.find_first_of("/?#"));
}

std::string_view origin_of(std::string_view url) {
  const auto host = host_of(url);
  return {url.data(),
          static_cast<std::size_t>(host.data() - url.data()) + host.size()};
}

} // namespace troupe::image
