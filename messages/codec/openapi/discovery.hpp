#pragma once

#include "messages/codec/openapi/served_document.hpp"
#include "messages/schema/descriptor.hpp"

#include <map>
#include <span>

namespace troupe::codec {

/// The aggregated discovery of one path, in the two versions clients ask for.
/// A client that asks for v2beta1 alone finds nothing in an answer of v2.
struct aggregated_discovery {
  served_document v2;
  served_document v2beta1;
};

/// Bodies of discovery. Built once at start and immutable from then on.
struct discovery_documents {
  served_document api;  ///< `/api`: APIVersions
  served_document apis; ///< `/apis`: APIGroupList
  /// `/apis/<key>`: APIGroup, by group
  std::map<std::string, served_document, std::less<>> groups;
  /// `/<key>`: APIResourceList, by "api/v1" or "apis/apps/v1"
  std::map<std::string, served_document, std::less<>> resources;
  /// APIGroupDiscoveryList of the core group, and of all others. Serve them as
  /// `application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList`.
  aggregated_discovery api_aggregated;
  aggregated_discovery apis_aggregated;
};

/// `versions` in the order of discovery: the first version of a group is its
/// preferred one; versions without resources are not served. `server_address`
/// ("10.0.0.1:6443") is what APIVersions tells every client; an empty one is
/// left out.
discovery_documents make_discovery_documents(
    std::span<const schema::group_version_desc* const> versions,
    std::string_view server_address);

} // namespace troupe::codec
