#pragma once

#include "actors/gateway/http/encode_cache.hpp"
#include "actors/gateway/http/gateway_config.hpp"
#include "actors/gateway/http/in_flight.hpp"
#include "actors/gateway/http/request_metrics.hpp"
#include "messages/codec/openapi/discovery.hpp"
#include "messages/codec/openapi/documents.hpp"
#include "messages/codec/print/table.hpp"

#include <map>

namespace troupe::gateway {

/// One resource with everything prepared to show its objects.
struct served_resource {
  const schema::resource_desc& desc;
  std::string api_version; ///< "v1", "apps/v1"
  codec::table_printer printer;
};

/// What all requests of one pipeline share: built at start from the schema,
/// and kept alive by whoever still answers a request.
struct service {
  service(gateway_config settings, gateway_ports world);

  /// The resource at a path, or null.
  const served_resource* find(std::string_view group, std::string_view version,
                              std::string_view plural) const;

  const gateway_config config;
  const gateway_ports ports;
  const codec::discovery_documents discovery;
  const codec::openapi_documents openapi;
  const std::map<const schema::resource_desc*, served_resource> resources;
  encode_cache cache;
  in_flight_limit mutating;
  in_flight_limit read_only;
  in_flight_limit pod_streams;
  request_metrics metrics;
};

/// What the subresource scale of any resource is shown as.
const served_resource& served_scale();

} // namespace troupe::gateway
