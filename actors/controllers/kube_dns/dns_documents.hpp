#pragma once

#include "actors/controllers/kube_dns/kube_dns.hpp"
#include "messages/codec/document.hpp"

#include <string>
#include <vector>

/// The two objects as they shall be.
namespace troupe::controllers::kube_dns {

/// A node that answers.
struct dns_node {
  std::string name;
  ip_address address;
};

object_key slice_key();

codec::document new_service(const ip_address& address);

/// Of a Service with `address`: only nodes of its family are in it.
codec::document new_slice(const ip_address& address,
                          const std::vector<dns_node>& nodes);

} // namespace troupe::controllers::kube_dns
