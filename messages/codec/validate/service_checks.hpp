#pragma once

#include "messages/codec/validate/service_shape.hpp"
#include "messages/codec/validate/spot.hpp"

/// What is wrong with a Service. `here` is the place of its spec.
namespace troupe::codec {

/// clusterIP, clusterIPs, ipFamilies and ipFamilyPolicy among each other. Asked
/// before addresses are given, too.
void check_service_addresses(view::core_v1::service_spec spec,
                             const spot& here);

/// What of them may not change.
void check_service_address_update(view::core_v1::service_spec next,
                                  view::core_v1::service_spec old,
                                  const spot& here);

/// Each port by itself ...
void check_service_ports(view::core_v1::service_spec spec, const spot& here);

/// ... and ports of nodes, and ports that are there twice.
void check_service_node_ports(view::core_v1::service_spec spec,
                              const spot& here);

/// Policies of traffic, and who may reach a load balancer.
void check_service_traffic(view::core_v1::service service, const spot& here);

/// A list of texts as errors show it.
std::string json_of(const view::list<std::string_view>& texts);

/// Addresses that lead to no pod: unspecified, loopback, link-local.
void check_ordinary_ip(std::string_view address, const spot& here);

/// A range of addresses.
void check_range(std::string_view range, const spot& here);

} // namespace troupe::codec
