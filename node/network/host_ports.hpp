#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/network/port_protocol.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Ports of the node that lead to pods, as rules of nftables in a table of our
/// own. The pod's uid is the comment of each of its rules: what there is can
/// be told from the kernel alone. Pure: commands and answers as text.
///
///     prerouting, output ─ to an address of the node ─▶ ports: dnat to a pod
///     postrouting: what a pod, or the node's localhost, sent to a pod this
///                  way bears the node's address, so that the answer comes back
///                  through here
///     guard: nobody else comes in from the bridge for the node's localhost
namespace troupe::network {

struct host_port {
  port_protocol protocol = port_protocol::tcp;
  /// The node's address that leads there; absent: all. An unspecified one
  /// (0.0.0.0, ::) stands for all of its family.
  std::optional<ip_address> host_address;
  std::uint16_t port = 0; ///< of the node
  std::uint16_t pod_port = 0;

  friend bool operator==(const host_port&, const host_port&) = default;
};

/// The pod's rules by their handles: uid to handles.
using port_rules =
    std::map<std::string, std::vector<std::int64_t>, std::less<>>;

/// Makes the table and its fixed rules, or brings them up to date. May be
/// repeated.
std::string make_port_table(const std::vector<ip_prefix>& pod_cidrs,
                            std::string_view bridge);

/// Rules by which the ports lead to the pod; of each family where it has an
/// address.
std::string add_ports(std::string_view pod_uid,
                      const std::vector<ip_address>& addresses,
                      const std::vector<host_port>& ports);

std::string remove_rules(const std::vector<std::int64_t>& handles);

std::string remove_port_table();

std::string list_port_rules();

/// Reads what `list_port_rules` printed. `corrupt` when it makes no sense.
result<port_rules> read_port_rules(bytes_view printed);

} // namespace troupe::network
