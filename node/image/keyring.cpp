#include "node/image/keyring.hpp"

#include "messages/base/base64.hpp"
#include "messages/codec/json.hpp"

#include <algorithm>

namespace troupe::image {

namespace {

using codec::node;

error unreadable(std::string what) {
  return {errc::invalid_argument, "docker config: " + std::move(what)};
}

/// `https://index.docker.io/v1/` and the like as `host[:port][/path]`.
std::string pattern_of(std::string_view server) {
  for (const std::string_view scheme : {"https://", "http://"})
    if (server.starts_with(scheme))
      server.remove_prefix(scheme.size());
  const auto slash = server.find('/');
  auto path = slash == server.npos ? std::string_view{} : server.substr(slash);
  if (path.starts_with("/v1/") || path.starts_with("/v2/"))
    path.remove_prefix(3);
  std::string out{server.substr(0, slash)};
  if (path != "/")
    out += path;
  return out;
}

std::string_view text_at(const node& map, std::string_view key) {
  const auto* value = map.find(key);
  return value == nullptr ? std::string_view{} : value->string_or("");
}

/// The login of one entry; "auth" is base64 of "user:password" and wins.
result<credential> login_of(const node& entry) {
  credential out{std::string{text_at(entry, "username")},
                 std::string{text_at(entry, "password")}};
  const auto auth = text_at(entry, "auth");
  if (auth.empty())
    return out;
  auto decoded = base64_decode(auth);
  if (!decoded)
    return unreadable("auth is no base64");
  const auto colon = decoded->find(':');
  if (colon == decoded->npos)
    return unreadable("auth must be formatted as base64(username:password)");
  out.username = decoded->substr(0, colon);
  out.password = decoded->substr(colon + 1);
  while (!out.password.empty() && out.password.back() == '\0')
    out.password.pop_back();
  return out;
}

/// One label against a pattern in which `*` stands for any text.
bool label_matches(std::string_view pattern, std::string_view label) {
  const auto star = pattern.find('*');
  if (star == pattern.npos)
    return pattern == label;
  if (!label.starts_with(pattern.substr(0, star)))
    return false;
  label.remove_prefix(star);
  pattern.remove_prefix(star + 1);
  for (std::size_t i = 0; i <= label.size(); ++i)
    if (label_matches(pattern, label.substr(i)))
      return true;
  return false;
}

bool host_matches(std::string_view pattern, std::string_view host) {
  for (;;) {
    const auto a = pattern.find('.');
    const auto b = host.find('.');
    if (!label_matches(pattern.substr(0, a), host.substr(0, b)))
      return false;
    if (a == pattern.npos || b == host.npos)
      return a == b;
    pattern.remove_prefix(a + 1);
    host.remove_prefix(b + 1);
  }
}

struct location {
  std::string_view host;
  std::string_view port;
  std::string_view path;
};

location locate(std::string_view text) {
  location out;
  const auto slash = text.find('/');
  out.host = text.substr(0, slash);
  if (slash != text.npos)
    out.path = text.substr(slash);
  const auto colon = out.host.rfind(':');
  if (colon != out.host.npos && out.host.find(']', colon) == out.host.npos) {
    out.port = out.host.substr(colon + 1);
    out.host = out.host.substr(0, colon);
  }
  return out;
}

bool applies(std::string_view pattern, std::string_view repository) {
  const auto a = locate(pattern);
  const auto b = locate(repository);
  return host_matches(a.host, b.host) && a.port == b.port
         && b.path.starts_with(a.path);
}

} // namespace

status_result keyring::add_docker_config(bytes_view json) {
  auto parsed = codec::decode_json(json, nullptr);
  if (!parsed)
    return unreadable(parsed.error().message);
  const auto& root = parsed->doc.root();
  if (!root.is(codec::node_kind::map))
    return unreadable("expected an object");
  const auto* auths = root.find("auths");
  const auto& map = auths == nullptr ? root : *auths;
  if (!map.is(codec::node_kind::map))
    return unreadable("auths must be an object");
  if (entries_.size() + map.size() > entries_max)
    return error{errc::too_large, "docker config: more than "
                                      + std::to_string(entries_max)
                                      + " logins"};
  std::vector<entry> found;
  for (const auto& [server, value] : map.entries()) {
    if (!value->is(codec::node_kind::map))
      return unreadable("a login must be an object");
    auto login = login_of(*value);
    if (!login)
      return login.error();
    found.push_back({pattern_of(server), std::move(*login)});
  }
  for (auto& each : found)
    add(std::move(each.pattern), std::move(each.login));
  return unit{};
}

void keyring::add(std::string pattern, credential login) {
  const entry added{std::move(pattern), std::move(login)};
  // Descending, so that a longer pattern stands before its own prefix; equal
  // ones keep the order of the secrets.
  const auto at = std::ranges::upper_bound(entries_, added.pattern,
                                           std::greater{}, &entry::pattern);
  entries_.insert(at, added);
}

std::vector<credential> keyring::lookup(const reference& name) const {
  std::vector<credential> out;
  const auto repository = name.repository();
  const auto legacy = "index." + repository;
  for (const auto& [pattern, login] : entries_)
    if (applies(pattern, repository)
        || (name.domain == "docker.io" && applies(pattern, legacy)))
      if (std::ranges::find(out, login) == out.end())
        out.push_back(login);
  return out;
}

} // namespace troupe::image
