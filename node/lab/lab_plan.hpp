#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/lab/uplink_rules.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::lab {

/// What the lab's LAN is unless said otherwise. Every cluster of a machine may
/// use it, though one of them alone may have an uplink then.
inline constexpr std::string_view default_lan = "10.89.0.0/16";

/// The place in the LAN of the machine's end of an uplink.
inline constexpr std::uint64_t uplink_place = 1;

struct lab_config {
  /// An existing directory of this cluster's own, on a local file system. Pins
  /// are made in its directory `netns`.
  std::string directory;
  std::size_t servers = 1;
  std::size_t nodes = 3;
  /// Names of further members that are neither, such as a test's registry.
  std::vector<std::string> guests;
  /// The LAN: an IPv4 range of 16 bits or fewer, so that the places below fit.
  ip_prefix lan = *ip_prefix::parse(default_lan);
  /// Ranges that no member lets out where nothing better is known (the pods'
  /// and the services'). The LAN itself is always one of them.
  std::vector<ip_prefix> private_ranges;
  /// The machine's end of a cable out of the lab (uplink_link_name), by which
  /// nodes reach the outside; none: nothing leads out.
  std::optional<std::string> uplink;
};

enum class member_role { server, node, guest };

/// One machine of the lab.
struct lab_member {
  member_role role = member_role::node;
  /// "s1"…, "n1"…, or the guest's name. Also the name of its port on the
  /// LAN's bridge.
  std::string name;
  ip_address address;
  /// The pinned namespace: `<directory>/netns/<name>`.
  std::string netns_path;

  friend bool operator==(const lab_member&, const lab_member&) = default;
};

/// All that must exist.
struct lab_plan {
  /// Members at most of each role.
  static constexpr std::size_t servers_max = 9;
  static constexpr std::size_t nodes_max = 250;
  static constexpr std::size_t guests_max = 50;

  /// `<directory>/netns`.
  std::string pin_directory;
  /// The namespace of the bridge: `<directory>/netns/lan`.
  std::string lan_netns_path;
  ip_prefix lan;
  std::vector<ip_prefix> private_ranges;
  std::optional<uplink_plan> uplink;
  /// Servers, then nodes, then guests, each in order.
  std::vector<lab_member> members;

  /// The member of this name, or null.
  const lab_member* find(std::string_view name) const;
};

/// The places of a lab: servers from .0.11, nodes from .1.1, guests from
/// .0.200 of the LAN. A member keeps name and address whatever the number of
/// others. Errors name the field that is wrong.
result<lab_plan> make_lab_plan(const lab_config& config);

/// Where a member's namespace is pinned, without a plan.
std::string member_netns_path(const std::string& directory,
                              std::string_view name);

} // namespace troupe::lab
