#pragma once

#include "messages/base/result.hpp"
#include "node/lab/uplink_rules.hpp"
#include "node/sys/netlink.hpp"
#include "node/sys/netns.hpp"

#include <string>

namespace troupe::lab {

/// Whether the machine, the namespace of the calling thread, can lead a lab's
/// packets out: `not_found` when it has no default route itself, `conflict`
/// when one of its networks overlaps with the LAN.
status_result check_uplink(const uplink_plan& plan);

/// Lays the cable between the LAN's bridge and the machine, puts the rules
/// there and lets the machine forward; an earlier uplink is replaced. What has
/// to be put back is noted below `directory` first.
status_result build_uplink(const std::string& directory,
                           const uplink_plan& plan, const sys::netns& lan,
                           sys::netlink& inside, sys::link_index bridge);

/// Removes the cable and the rules, and has the machine forward as before.
/// Done when nothing is noted below `directory`.
status_result remove_uplink(const std::string& directory);

} // namespace troupe::lab
