#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/network/host_ports.hpp"
#include "node/sys/netns.hpp"

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::network {

/// The node's ports that lead to pods, in the kernel. The table is there while
/// a pod has one. One caller at a time.
class port_table {
public:
  /// `node` and `pod_cidrs` outlive the table.
  port_table(const sys::netns& node, const std::vector<ip_prefix>& pod_cidrs,
             std::string_view bridge)
      : node_(node), pod_cidrs_(pod_cidrs), bridge_(bridge) {}

  /// Learns which pods an earlier agent opened ports for. Where nothing can be
  /// learned there are none.
  void recall();

  /// Just these ports lead to the pod, from one moment to the next.
  status_result set(std::string_view pod_uid,
                    const std::vector<ip_address>& addresses,
                    const std::vector<host_port>& ports);

  /// No port leads to the pod; that of a pod without any is done at once.
  status_result remove(std::string_view pod_uid);

private:
  result<port_rules> list() const;

  const sys::netns& node_;
  const std::vector<ip_prefix>& pod_cidrs_;
  const std::string bridge_;
  std::set<std::string, std::less<>> pods_; ///< that have ports, by uid
};

} // namespace troupe::network
