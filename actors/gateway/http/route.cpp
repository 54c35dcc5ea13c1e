#include "actors/gateway/http/route.hpp"

#include "actors/gateway/http/deprecation.hpp"
#include "actors/gateway/http/discovery_paths.hpp"
#include "actors/gateway/http/health.hpp"
#include "actors/gateway/http/metrics_path.hpp"
#include "actors/gateway/http/pod_stream.hpp"
#include "actors/gateway/http/read.hpp"
#include "actors/gateway/http/watch.hpp"
#include "actors/gateway/http/write.hpp"

#include <algorithm>
#include <array>

namespace troupe::gateway {

namespace {

using step = void (*)(const exchange_ptr&);

struct path_route {
  std::string_view root;
  bool below; ///< serves what is under the root, too
  step handle;
};

/// Everything that is no resource; the first that fits.
constexpr std::array<path_route, 13> paths = {{
    {"/", false, show_paths},
    {"/version", false, show_version},
    {"/healthz", true, show_health},
    {"/livez", true, show_health},
    {"/readyz", true, show_health},
    {"/api", false, show_api},
    {"/apis", false, show_apis},
    {"/.well-known/openid-configuration", false, show_openid_configuration},
    {"/openid/v1/jwks", false, show_openid_keys},
    {"/openapi/v2", false, show_openapi_v2},
    {"/openapi/v3", true, show_openapi_v3},
    {"/metrics", false, show_metrics},
    {"", true, show_group},
}};

struct verb_route {
  std::string_view verb;
  step handle;
};

constexpr std::array<verb_route, 8> verbs = {{
    {"get", get_object},
    {"list", list_objects},
    {"watch", watch_objects},
    {"create", create_object},
    {"update", update_object},
    {"patch", patch_object},
    {"delete", delete_object},
    {"deletecollection", delete_objects},
}};

bool fits(const path_route& route, std::string_view path) {
  if (path == route.root)
    return true;
  return route.below && path.starts_with(route.root)
         && path.substr(route.root.size()).starts_with('/');
}

void route_path(const exchange_ptr& call) {
  std::string_view path = call->request.path;
  while (path.size() > 1 && path.ends_with('/'))
    path.remove_suffix(1);
  const auto found = std::ranges::find_if(
      paths, [&](const auto& one) { return fits(one, path); });
  if (found == paths.end())
    return call->fail_unknown_path();
  if (call->info.verb != "get" && call->info.verb != "head")
    return call->fail(api::method_not_allowed());
  found->handle(call);
}

/// Whether anything is served below the path's group and version.
bool serves_version(const exchange& call) {
  const auto& info = call.info;
  const auto root = info.group.empty()
                        ? "api/" + info.version
                        : "apis/" + info.group + "/" + info.version;
  return call.shared->discovery.resources.contains(root);
}

/// Fills in what the path names. False when nothing of the kind is served.
bool resolve(exchange& call) {
  const auto& info = call.info;
  const auto* resource =
      call.shared->find(info.group, info.version, info.resource);
  if (resource == nullptr || info.parts.size() > 3)
    return false;
  const auto& desc = resource->desc;
  // /api/v1/namespaces/<ns>/<something cluster-scoped>; a Namespace is in
  // itself, as far as the path goes.
  if (!desc.namespaced && !info.space.empty()
      && (info.parts.size() < 2 || info.parts[1] != info.space))
    return false;
  if (!info.subresource.empty()) {
    const auto found = std::ranges::find(desc.subresources, info.subresource,
                                         &schema::subresource_desc::name);
    if (found == desc.subresources.end())
      return false;
    call.subresource = &*found;
  }
  call.resource = resource;
  if (desc.namespaced)
    call.ns = info.space;
  if (info.parts.size() > 1)
    call.name = info.parts[1];
  return true;
}

/// Whether the schema offers the verb here. A single object of a namespaced
/// resource has its namespace in the path, and collections over all namespaces
/// are only read.
bool offers(const exchange& call) {
  const auto& verb = call.info.verb;
  const auto offered = call.subresource != nullptr ? call.subresource->verbs
                                                   : call.resource->desc.verbs;
  if (std::ranges::find(offered, verb) == offered.end())
    return false;
  const bool reads_many = verb == "list" || verb == "watch";
  if (call.resource->desc.namespaced && call.ns.empty() && !reads_many)
    return false;
  const bool names_one = !call.name.empty();
  if (verb == "update" || verb == "patch")
    return names_one;
  if (call.subresource == nullptr && verb == "create")
    return !names_one;
  return true;
}

void route_resource(const exchange_ptr& call) {
  if (!resolve(*call))
    return serves_version(*call) ? call->fail(api::path_not_found())
                                 : call->fail_unknown_path();
  const auto found = std::ranges::find(verbs, std::string_view{call->info.verb},
                                       &verb_route::verb);
  if (found == verbs.end() || !offers(*call))
    return call->fail(api::method_not_allowed());
  if (const auto text = deprecation_of(call->resource->desc); !text.empty())
    call->warnings.emplace_back(text);
  if (is_pod_stream(call->info))
    return open_pod_stream(call);
  found->handle(call);
}

} // namespace

void route(const exchange_ptr& call) {
  if (call->info.is_resource)
    route_resource(call);
  else
    route_path(call);
}

} // namespace troupe::gateway
