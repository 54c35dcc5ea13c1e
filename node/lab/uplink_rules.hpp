#pragma once

#include "messages/base/ip.hpp"

#include <string>
#include <vector>

namespace troupe::lab {

/// The way from a lab to the machine it is on, and on from there.
struct uplink_plan {
  /// The machine's end of the cable, "troupe-1a2b3c4d"; in the lab it is the
  /// bridge's port "uplink".
  std::string link_name;
  /// Of that end: the first of the LAN, and the nodes' default gateway.
  ip_address address;
  ip_prefix lan;

  friend bool operator==(const uplink_plan&, const uplink_plan&) = default;
};

/// "troupe-1a2b3c4d" of a cluster's uid.
std::string uplink_link_name(const std::string& uid);

/// The name of the machine's table for it, "ip troupe_1a2b3c4d".
std::string uplink_table(const std::string& link_name);

/// What of the machine the rules depend on.
struct uplink_surroundings {
  /// Ranges of networks that the machine is on itself.
  std::vector<ip_prefix> networks;
  /// Its links that forward for this uplink's sake alone.
  std::vector<std::string> opened;
};

/// The table as commands of nft(8), in the place of whatever was there. The
/// lab's packets leave with the machine's address. Those for private ranges
/// leave only into `networks`; nothing comes in but answers; and links that
/// were opened forward for nobody else.
std::string uplink_rules(const uplink_plan& plan,
                         const uplink_surroundings& around);

} // namespace troupe::lab
