#include "runtime/control/object_codec.hpp"

#include "messages/codec/msgpack.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/registry.hpp"

#include <array>

namespace troupe::control {

namespace {

constexpr std::string_view core_group = "core";

} // namespace

std::optional<key_parts> parse_key(std::string_view key) {
  std::array<std::string_view, 4> parts;
  std::size_t count = 0;
  while (count < parts.size()) {
    const auto slash = key.find('/');
    parts[count++] = key.substr(0, slash);
    if (parts[count - 1].empty())
      return std::nullopt;
    if (slash == std::string_view::npos) {
      key = {};
      break;
    }
    key.remove_prefix(slash + 1);
    if (count == parts.size())
      return std::nullopt;
  }
  if (count < 3)
    return std::nullopt;
  const auto group = parts[0] == core_group ? std::string_view{} : parts[0];
  if (count == 3)
    return key_parts{group, parts[1], {}, parts[2]};
  return key_parts{group, parts[1], parts[2], parts[3]};
}

object_key make_key(std::string_view group, std::string_view plural,
                    std::string_view ns, std::string_view name) {
  object_key out{group.empty() ? core_group : group};
  out.append("/").append(plural).append("/");
  if (!ns.empty())
    out.append(ns).append("/");
  return out.append(name);
}

std::string key_prefix(const schema::resource_desc& resource,
                       std::string_view ns) {
  return make_key(resource.kind.group, resource.plural, ns, "");
}

const schema::resource_desc* stored_resource(std::string_view group,
                                             std::string_view plural) {
  for (const auto* version : schema::group_versions()) {
    if (version->group != group)
      continue;
    for (const auto* resource : version->resources)
      if (resource->plural == plural && resource->stored == nullptr)
        return resource;
  }
  return nullptr;
}

const schema::resource_desc* resource_of(std::string_view key) {
  const auto parts = parse_key(key);
  return parts ? stored_resource(parts->group, parts->plural) : nullptr;
}

result<codec::document> decode_object(std::string_view key,
                                      const store::version& version) {
  TROUPE_CHECK(!version.tombstone(), "only live versions are read");
  const auto* resource = resource_of(key);
  if (resource == nullptr)
    return error{errc::not_found,
                 "no resource is served for " + std::string{key}};
  auto doc = codec::decode_msgpack(*version.value, resource->type);
  if (!doc)
    return doc;
  auto& metadata = doc->object_at(doc->root(), codec::metadata_id);
  doc->set(metadata, codec::object_meta::resource_version,
           doc->make_string(std::to_string(version.modified.value())));
  return doc;
}

} // namespace troupe::control
