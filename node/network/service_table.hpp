#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/network/service_rules.hpp"
#include "node/sys/netns.hpp"

#include <optional>
#include <string>
#include <vector>

namespace troupe::network {

struct service_table_config {
  service_rules_config rules;
  /// status.addresses of the Node: on the link that leads to the other nodes.
  std::vector<ip_address> node_addresses;
};

/// The rules for services in the kernel, in one network namespace. They stay
/// when this value goes, and the next one takes them over. One caller at a
/// time; calls block some ms.
class service_table {
public:
  /// In the calling thread's namespace. Rules that are there stay until `set`;
  /// where there are none pods can leave the cluster from now on.
  static result<service_table> open(service_table_config config);

  /// Just these services are there, from one moment to the next. Connections
  /// go on where they are; conversations over UDP with an endpoint that is gone
  /// begin anew. May be repeated, which brings back a table or a route that
  /// somebody took away. After an error the rules are as before.
  status_result set(const std::vector<service_port>& services);

private:
  service_table(service_table_config config, sys::netns node)
      : config_(std::move(config)), node_(std::move(node)) {}

  status_result look();
  result<bool> is_there() const;
  status_result apply(const ruleset& wanted);
  void remove_leftovers(const std::vector<std::string>& chains);
  status_result route_services();
  status_result forget_flows(const std::vector<service_port>& services);
  status_result forget_stale(const std::vector<service_port>& udp);

  service_table_config config_;
  sys::netns node_;
  /// What is known to be there; none: it has to be looked up or written anew.
  std::optional<ruleset> applied_;
  /// For which flows were looked through last.
  std::optional<std::vector<service_port>> udp_;
  /// Of an earlier agent; its rules are not known, but what it declared.
  std::optional<ruleset> found_;
};

} // namespace troupe::network
