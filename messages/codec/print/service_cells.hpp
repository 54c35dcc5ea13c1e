#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

/// Columns of core/v1 Service and Endpoints and discovery/v1 EndpointSlice. All
/// append JSON. Lists show three items and how many more there are.
namespace troupe::codec {

/// Its first cluster address, or "<none>".
void append_service_cluster_ip(std::string& out, const node& service,
                               wall_time now);

/// Where it is reached from outside; "<none>", or "<pending>" while a load
/// balancer is awaited.
void append_service_external_ip(std::string& out, const node& service,
                                wall_time now);

/// "80:30080/TCP,443/TCP"
void append_service_ports(std::string& out, const node& service, wall_time now);

/// "10.244.1.2:80,10.244.2.2:80", those ready alone.
void append_endpoints_addresses(std::string& out, const node& endpoints,
                                wall_time now);

/// "80,443", by name where a port has no number.
void append_slice_ports(std::string& out, const node& slice, wall_time now);

/// "10.244.1.2,10.244.2.2"
void append_slice_endpoints(std::string& out, const node& slice, wall_time now);

} // namespace troupe::codec
