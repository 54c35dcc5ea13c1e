#include "actors/gateway/http/authorize.hpp"

#include "actors/gateway/http/authenticate.hpp"
#include "messages/meta/go_quote.hpp"

#include <algorithm>
#include <array>

namespace troupe::gateway {

namespace {

/// Upstream's ClusterRole system:public-info-viewer.
constexpr std::array<std::string_view, 4> public_paths = {
    "/version", "/healthz", "/livez", "/readyz"};

/// Upstream's ClusterRole system:discovery.
constexpr std::array<std::string_view, 3> discovery_paths = {"/api", "/apis",
                                                             "/openapi"};

bool is_under(std::string_view path, std::string_view root) {
  return path == root
         || (path.starts_with(root) && path.size() > root.size()
             && path[root.size()] == '/');
}

template <class Paths>
bool is_under_any(std::string_view path, const Paths& roots) {
  return std::ranges::any_of(
      roots, [&](std::string_view root) { return is_under(path, root); });
}

bool may_read_path(const api::identity& user, const api::request_info& info) {
  if (info.verb != "get" && info.verb != "head")
    return false;
  return is_under_any(info.path, public_paths)
         || (in_group(user, authenticated_group)
             && is_under_any(info.path, discovery_paths));
}

std::string refusal(const api::identity& user, const api::request_info& info) {
  auto out = "User " + meta::go_quote(user.name) + " cannot " + info.verb;
  if (!info.is_resource)
    return out + " path " + meta::go_quote(info.path);
  auto resource = info.resource;
  if (!info.subresource.empty())
    resource += '/' + info.subresource;
  out += " resource " + meta::go_quote(resource) + " in API group "
         + meta::go_quote(info.group);
  if (info.space.empty())
    return out + " at the cluster scope";
  return out + " in the namespace " + meta::go_quote(info.space);
}

} // namespace

std::optional<api::status> authorize(const api::identity& user,
                                     const api::request_info& info) {
  if (in_group(user, masters_group))
    return std::nullopt;
  if (!info.is_resource && may_read_path(user, info))
    return std::nullopt;
  return api::forbidden({info.group, info.resource}, info.name,
                        refusal(user, info));
}

} // namespace troupe::gateway
