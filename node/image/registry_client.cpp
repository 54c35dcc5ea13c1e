#include "node/image/registry_client.hpp"

#include "node/image/digest.hpp"

#include <curl/curl.h>

#include <array>
#include <optional>
#include <utility>

namespace troupe::image {

namespace {

constexpr long ok = 200;
constexpr long unauthorized = 401;
constexpr long forbidden = 403;
constexpr long absent = 404;
constexpr long range_unusable = 416;
constexpr long too_many = 429;

std::string status_text(long status) {
  constexpr std::array<std::pair<long, std::string_view>, 10> names = {
      {{400, "Bad Request"},
       {401, "Unauthorized"},
       {403, "Forbidden"},
       {404, "Not Found"},
       {416, "Requested Range Not Satisfiable"},
       {429, "Too Many Requests"},
       {500, "Internal Server Error"},
       {502, "Bad Gateway"},
       {503, "Service Unavailable"},
       {504, "Gateway Timeout"}}};
  auto out = std::to_string(status);
  for (const auto& [code, name] : names)
    if (code == status)
      out += " " + std::string{name};
  return out;
}

std::string escaped(const std::string& text) {
  char* raw =
      curl_easy_escape(nullptr, text.data(), static_cast<int>(text.size()));
  std::string out{raw == nullptr ? "" : raw};
  curl_free(raw);
  return out;
}

pull_error transport_fault(const error& e) {
  return {e.code == errc::too_large ? pull_fault::corrupt
                                    : pull_fault::unavailable,
          e.message};
}

/// The query of the token request, by the challenge and what is wanted.
std::string token_url(const challenge& wanted, const std::string& realm,
                      const reference& name) {
  auto scope = "repository:" + name.path + ":pull";
  if (const auto said = wanted.params.find("scope");
      said != wanted.params.end() && !said->second.empty())
    scope = said->second;
  auto out = realm + (realm.find('?') == realm.npos ? "?" : "&")
             + "scope=" + escaped(scope);
  if (const auto service = wanted.params.find("service");
      service != wanted.params.end())
    out += "&service=" + escaped(service->second);
  return out;
}

const challenge* find_scheme(const std::vector<challenge>& all,
                             std::string_view scheme) {
  for (const auto& each : all)
    if (each.scheme == scheme)
      return &each;
  return nullptr;
}

} // namespace

registry_client::registry_client(const reference& name,
                                 const image_service_config& config,
                                 const keyring& logins)
    : name_{name}, authorities_{config.authorities}, resumes_max_{
                                                         config.resumes_max} {
  if (const auto found = config.mirrors.find(name.domain);
      found != config.mirrors.end())
    for (const auto& text : found->second) {
      const auto url = parse_base_url(text);
      TROUPE_CHECK(url.has_value(), "mirrors were validated");
      auto at = std::make_unique<place>();
      at->url = *url;
      at->query = "?ns=" + name.domain;
      at->authorities = authorities_of(url->host);
      // A login is for the host it names: a mirror gets its own.
      at->logins = logins.lookup({url->host, name.path, {}, {}});
      places_.push_back(std::move(at));
    }
  auto origin = std::make_unique<place>();
  origin->url = registry_url(name.domain);
  origin->authorities = authorities_of(name.domain);
  if (!origin->authorities.empty())
    origin->url.secure = true;
  origin->logins = logins.lookup(name);
  places_.push_back(std::move(origin));
}

std::string registry_client::authorities_of(const std::string& host) const {
  const auto found = authorities_.find(host);
  return found == authorities_.end() ? std::string{} : found->second;
}

bool registry_client::says_more(pull_fault a, pull_fault b) {
  const auto rank = [](pull_fault fault) {
    switch (fault) {
      case pull_fault::store_failed:
        return 0;
      case pull_fault::not_found:
        return 1;
      case pull_fault::denied:
        return 2;
      case pull_fault::corrupt:
        return 3;
      default:
        return 4;
    }
  };
  return rank(a) < rank(b);
}

result<registry_client::manifest_answer, pull_error>
registry_client::manifest(const std::string& selector, http_client& http,
                          const std::stop_token& stop) {
  return at_each_place(
      [&](place& at) { return manifest_at(at, selector, http, stop); });
}

result<registry_client::manifest_answer, pull_error>
registry_client::manifest_at(place& at, const std::string& selector,
                             http_client& http, const std::stop_token& stop) {
  http_get request{url_of(at, "manifests", selector)};
  request.accept = manifest_accept();
  request.body_max = manifest_size_max;
  auto answer = ask(at, std::move(request), nullptr, http, stop);
  if (!answer)
    return answer.error();
  manifest_answer out{std::move(answer->body), {}};
  out.digest = digest_of(out.body);
  const auto& claimed = answer->head.content_digest;
  if (is_digest(selector) && out.digest != selector)
    return pull_error{pull_fault::corrupt, "manifest has digest " + out.digest
                                               + ", expected " + selector};
  if (!is_digest(claimed) || out.digest == claimed)
    return out;
  // The digest of a signed manifest of schema 1 is that of a part of it.
  if (const auto parsed = parse_manifest(out.body);
      !parsed && parsed.error().code == errc::unsupported)
    return pull_error{pull_fault::corrupt, parsed.error().message};
  return pull_error{pull_fault::corrupt, "manifest has digest " + out.digest
                                             + ", the registry says "
                                             + claimed};
}

std::string registry_client::url_of(const place& at, std::string_view kind,
                                    const std::string& selector) const {
  return at.url.text() + "/v2/" + name_.path + "/" + std::string{kind} + "/"
         + selector + at.query;
}

/// One request, with what was accepted last; when that is refused, with each
/// login in turn.
result<http_answer, pull_error>
registry_client::ask(place& at, http_get request, body_sink* sink,
                     http_client& http, const std::stop_token& stop) {
  request.authorities = at.authorities;
  request.authorization =
      at.authorization.with([](const auto& last) { return last; });
  auto answer = http.get(request, sink, stop);
  if (!answer)
    return transport_fault(answer.error());
  auto logins = at.logins;
  if (logins.empty())
    logins.emplace_back();
  std::optional<pull_error> fault;
  for (const auto& login : logins) {
    if (answer->head.status != unauthorized)
      break;
    auto granted = authorize(at, answer->head, login, http, stop);
    if (!granted) {
      fault = granted.error();
      continue;
    }
    request.authorization = *granted;
    auto again = http.get(request, sink, stop);
    if (!again)
      return transport_fault(again.error());
    if (again->head.status < 300) {
      at.authorization.with([&](auto& last) { last = *granted; });
      return std::move(*again);
    }
    fault = refusal(request.url, *again);
  }
  if (fault)
    return *fault;
  if (answer->head.status >= 300 && answer->head.status != range_unusable)
    return refusal(request.url, *answer);
  return std::move(*answer);
}

/// What to send instead, by the challenges of a 401.
result<http_authorization, pull_error>
registry_client::authorize(const place& at, const http_head& refused,
                           const credential& login, http_client& http,
                           const std::stop_token& stop) {
  const auto denied = [](std::string what) {
    return pull_error{pull_fault::denied, std::move(what)};
  };
  std::vector<challenge> wanted;
  for (const auto& line : refused.challenges)
    for (auto& each : parse_challenges(line))
      wanted.push_back(std::move(each));
  const auto* bearer = find_scheme(wanted, "bearer");
  if (bearer == nullptr || !bearer->params.contains("realm")) {
    if (login.username.empty() || find_scheme(wanted, "basic") == nullptr)
      return denied("pull access denied, repository does not exist or may "
                    "require authorization: authorization failed: no basic "
                    "auth credentials");
    return http_authorization{{}, login.username, login.password};
  }
  const auto& realm = bearer->params.at("realm");
  const auto url = parse_base_url(realm.substr(0, realm.find('?')));
  if (!url || (at.url.secure && !url->secure))
    return denied("failed to authorize: the realm \"" + realm
                  + "\" is no URL to send a login to");
  http_get request{token_url(*bearer, realm, name_)};
  request.authorization = {{}, login.username, login.password};
  request.authorities = authorities_of(url->host);
  if (request.authorities.empty())
    request.authorities = at.authorities;
  auto answer = http.get(request, nullptr, stop);
  const std::string who = login.username.empty() ? "anonymous" : "oauth";
  if (!answer)
    return pull_error{pull_fault::unavailable,
                      "failed to authorize: failed to fetch " + who
                          + " token: " + answer.error().message};
  if (answer->head.status != ok)
    return denied("failed to authorize: failed to fetch " + who
                  + " token: unexpected status from GET request to "
                  + request.url + ": " + status_text(answer->head.status));
  auto token = parse_token(answer->body);
  if (!token)
    return denied("failed to authorize: " + token.error().message);
  return http_authorization{std::move(*token), {}, {}};
}

/// An answer other than success, in the words of an event.
pull_error registry_client::refusal(const std::string& url,
                                    const http_answer& answer) const {
  const auto status = answer.head.status;
  const auto said = registry_error_text(answer.body);
  if (status == absent)
    return {pull_fault::not_found, name_.normalised() + ": not found"
                                       + (said.empty() ? "" : ": " + said)};
  if (status == unauthorized || status == forbidden)
    return {pull_fault::denied,
            "pull access denied, repository does not exist or may require "
            "authorization: "
                + (said.empty() ? "" : "server message: " + said + ": ")
                + "authorization failed"};
  auto text = "unexpected status from GET request to " + url + ": "
              + status_text(status);
  if (!said.empty())
    text += (status == too_many ? " - Server message: " : ": ") + said;
  return {pull_fault::unavailable, std::move(text)};
}

} // namespace troupe::image
