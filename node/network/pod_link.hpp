#pragma once

#include "messages/base/ip.hpp"
#include "node/sys/netlink_object.hpp"

#include <string>
#include <string_view>

namespace troupe::network {

/// The name of the node's end of a pod's link, the same whenever it is asked:
/// "pod" and 12 hexadecimal digits made from the uid.
std::string node_link_name(std::string_view pod_uid);

/// The Ethernet address that goes with an IP address: whoever has it next has
/// the same one, so that what neighbours remember stays true.
sys::mac_address mac_of(const ip_address& address);

} // namespace troupe::network
