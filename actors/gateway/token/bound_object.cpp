#include "actors/gateway/token/bound_object.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/meta/names.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/registry.hpp"

namespace troupe::gateway {

namespace {

/// Names come from tokens and requests: only such as objects have make a key.
bool is_name(std::string_view text) {
  return meta::check_dns1123_subdomain(text).empty();
}

std::optional<wall_time> deletion_of(const store::version& version,
                                     const schema::resource_desc& resource) {
  if (!version.columns->deleting)
    return std::nullopt;
  const auto object = decode_version(version, resource);
  if (!object)
    return wall_time{};
  const auto at =
      meta::parse_time(meta_text(*object, object_meta::deletion_timestamp));
  return at ? *at : wall_time{};
}

} // namespace

const schema::resource_desc& core_resource(std::string_view plural) {
  const auto* found = schema::find_resource("", "v1", plural);
  TROUPE_CHECK(found != nullptr, "the core group serves it");
  return *found;
}

std::optional<bound_object> find_bound(const store::store_snapshot& state,
                                       std::string_view plural,
                                       std::string_view ns,
                                       std::string_view name) {
  const auto& resource = core_resource(plural);
  if (!is_name(name) || (resource.namespaced && !is_name(ns)))
    return std::nullopt;
  const auto version = state.get(object_key(
      resource, resource.namespaced ? ns : std::string_view{}, name));
  if (version == nullptr || version->tombstone())
    return std::nullopt;
  return bound_object{version->columns->uid, deletion_of(*version, resource)};
}

} // namespace troupe::gateway
