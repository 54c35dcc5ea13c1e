#include "messages/codec/openapi/discovery.hpp"

#include "messages/codec/openapi/json_writer.hpp"

#include <algorithm>
#include <vector>

namespace troupe::codec {

namespace {

using openapi::json_writer;
using schema::group_version_desc;
using schema::group_version_kind;
using schema::resource_desc;
using schema::subresource_desc;

/// A served group with its versions, the preferred one first.
struct api_group {
  std::string_view name;
  std::vector<const group_version_desc*> versions;
};

std::vector<api_group>
group_by_name(std::span<const group_version_desc* const> versions) {
  std::vector<api_group> result;
  for (auto* version : versions) {
    if (version->resources.empty())
      continue;
    auto at = std::ranges::find(result, version->group, &api_group::name);
    if (at == result.end())
      at = result.insert(result.end(), {version->group, {}});
    at->versions.push_back(version);
  }
  return result;
}

std::string group_version_of(std::string_view group, std::string_view version) {
  std::string result{group};
  if (!group.empty())
    result += '/';
  result += version;
  return result;
}

std::vector<const resource_desc*> by_name(const group_version_desc& version) {
  std::vector<const resource_desc*> result{version.resources.begin(),
                                           version.resources.end()};
  std::ranges::sort(result, {}, &resource_desc::plural);
  return result;
}

std::vector<const subresource_desc*> by_name(const resource_desc& resource) {
  std::vector<const subresource_desc*> result;
  for (auto& subresource : resource.subresources)
    result.push_back(&subresource);
  std::ranges::sort(result, {}, &subresource_desc::name);
  return result;
}

void write_version(json_writer& json, const group_version_desc& version) {
  json.begin_object();
  json.member("groupVersion", group_version_of(version.group, version.version));
  json.member("version", version.version);
  json.end_object();
}

/// The members of an APIGroup but for its type.
void write_group(json_writer& json, const api_group& group) {
  json.member("name", group.name);
  json.key("versions");
  json.begin_array();
  for (auto* version : group.versions)
    write_version(json, *version);
  json.end_array();
  json.key("preferredVersion");
  write_version(json, *group.versions.front());
}

served_document make_api(std::span<const api_group> groups,
                         std::string_view server_address) {
  bytes body;
  json_writer json{body};
  json.begin_object();
  json.member("kind", "APIVersions");
  json.key("versions");
  json.begin_array();
  for (auto& group : groups)
    for (auto* version : group.versions)
      if (group.name.empty())
        json.string(version->version);
  json.end_array();
  json.key("serverAddressByClientCIDRs");
  json.begin_array();
  if (!server_address.empty()) {
    json.begin_object();
    json.member("clientCIDR", "0.0.0.0/0");
    json.member("serverAddress", server_address);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return make_served_document(std::move(body));
}

served_document make_apis(std::span<const api_group> groups) {
  bytes body;
  json_writer json{body};
  json.begin_object();
  json.member("kind", "APIGroupList");
  json.member("apiVersion", "v1");
  json.key("groups");
  json.begin_array();
  for (auto& group : groups) {
    if (group.name.empty())
      continue;
    json.begin_object();
    write_group(json, group);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return make_served_document(std::move(body));
}

served_document make_group(const api_group& group) {
  bytes body;
  json_writer json{body};
  json.begin_object();
  json.member("kind", "APIGroup");
  json.member("apiVersion", "v1");
  write_group(json, group);
  json.end_object();
  return make_served_document(std::move(body));
}

void write_boolean(json_writer& json, std::string_view name, bool value) {
  json.raw_member(name, value ? "true" : "false");
}

void write_names(json_writer& json, const resource_desc& resource) {
  if (!resource.short_names.empty())
    json.strings("shortNames", resource.short_names);
  if (!resource.categories.empty())
    json.strings("categories", resource.categories);
}

void write_resource(json_writer& json, const resource_desc& resource) {
  json.begin_object();
  json.member("name", resource.plural);
  json.member("singularName", resource.singular);
  write_boolean(json, "namespaced", resource.namespaced);
  json.member("kind", resource.kind.kind);
  json.strings("verbs", resource.verbs);
  write_names(json, resource);
  json.end_object();
}

/// Group and version stand here only where they differ from the list's.
void write_subresource(json_writer& json, const resource_desc& resource,
                       const subresource_desc& subresource) {
  auto& kind = subresource.kind;
  json.begin_object();
  json.member("name", std::string{resource.plural} + "/"
                          + std::string{subresource.name});
  json.member("singularName", "");
  write_boolean(json, "namespaced", resource.namespaced);
  if (kind.group != resource.kind.group
      || kind.version != resource.kind.version) {
    json.member("group", kind.group);
    json.member("version", kind.version);
  }
  json.member("kind", kind.kind);
  json.strings("verbs", subresource.verbs);
  json.end_object();
}

served_document make_resource_list(const group_version_desc& version) {
  bytes body;
  json_writer json{body};
  json.begin_object();
  json.member("kind", "APIResourceList");
  json.member("apiVersion", "v1");
  json.member("groupVersion", group_version_of(version.group, version.version));
  json.key("resources");
  json.begin_array();
  for (auto* resource : by_name(version)) {
    write_resource(json, *resource);
    for (auto* subresource : by_name(*resource))
      write_subresource(json, *resource, *subresource);
  }
  json.end_array();
  json.end_object();
  return make_served_document(std::move(body));
}

void write_kind(json_writer& json, const group_version_kind& kind) {
  json.key("responseKind");
  json.begin_object();
  json.member("group", kind.group);
  json.member("version", kind.version);
  json.member("kind", kind.kind);
  json.end_object();
}

void write_aggregated(json_writer& json, const resource_desc& resource) {
  json.begin_object();
  json.member("resource", resource.plural);
  write_kind(json, resource.kind);
  json.member("scope", resource.namespaced ? "Namespaced" : "Cluster");
  json.member("singularResource", resource.singular);
  json.strings("verbs", resource.verbs);
  write_names(json, resource);
  if (!resource.subresources.empty()) {
    json.key("subresources");
    json.begin_array();
    for (auto* subresource : by_name(resource)) {
      json.begin_object();
      json.member("subresource", subresource->name);
      write_kind(json, subresource->kind);
      json.strings("verbs", subresource->verbs);
      json.end_object();
    }
    json.end_array();
  }
  json.end_object();
}

void write_aggregated(json_writer& json, const group_version_desc& version) {
  json.begin_object();
  json.member("version", version.version);
  json.key("resources");
  json.begin_array();
  for (auto* resource : by_name(version))
    write_aggregated(json, *resource);
  json.end_array();
  json.member("freshness", "Current");
  json.end_object();
}

void write_aggregated(json_writer& json, const api_group& group) {
  json.begin_object();
  json.key("metadata");
  json.begin_object();
  json.optional_member("name", group.name);
  json.raw_member("creationTimestamp", "null");
  json.end_object();
  json.key("versions");
  json.begin_array();
  for (auto* version : group.versions)
    write_aggregated(json, *version);
  json.end_array();
  json.end_object();
}

served_document make_aggregated(std::span<const api_group> groups, bool core,
                                std::string_view api_version) {
  bytes body;
  json_writer json{body};
  json.begin_object();
  json.member("kind", "APIGroupDiscoveryList");
  json.member("apiVersion", api_version);
  json.key("metadata");
  json.raw("{}");
  json.key("items");
  json.begin_array();
  for (auto& group : groups)
    if (group.name.empty() == core)
      write_aggregated(json, group);
  json.end_array();
  json.end_object();
  return make_served_document(std::move(body));
}

aggregated_discovery make_aggregated(std::span<const api_group> groups,
                                     bool core) {
  return {make_aggregated(groups, core, "apidiscovery.k8s.io/v2"),
          make_aggregated(groups, core, "apidiscovery.k8s.io/v2beta1")};
}

} // namespace

discovery_documents
make_discovery_documents(std::span<const group_version_desc* const> versions,
                         std::string_view server_address) {
  auto groups = group_by_name(versions);
  discovery_documents result;
  result.api = make_api(groups, server_address);
  result.apis = make_apis(groups);
  for (auto& group : groups) {
    auto root = group.name.empty() ? std::string{"api/"} : "apis/";
    if (!group.name.empty())
      result.groups.emplace(group.name, make_group(group));
    for (auto* version : group.versions)
      result.resources.emplace(
          root + group_version_of(version->group, version->version),
          make_resource_list(*version));
  }
  result.api_aggregated = make_aggregated(groups, true);
  result.apis_aggregated = make_aggregated(groups, false);
  return result;
}

} // namespace troupe::codec
