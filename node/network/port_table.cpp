#include "node/network/port_table.hpp"

#include "node/sys/nftables.hpp"

namespace troupe::network {

/// No table, no rules.
result<port_rules> port_table::list() const {
  const auto printed = sys::run_nftables(node_, list_port_rules());
  if (!printed && printed.error().code == errc::not_found)
    return port_rules{};
  if (!printed)
    return printed.error();
  return read_port_rules(*printed);
}

void port_table::recall() {
  if (const auto rules = list())
    for (const auto& [uid, handles] : *rules)
      pods_.insert(uid);
}

status_result port_table::set(std::string_view pod_uid,
                              const std::vector<ip_address>& addresses,
                              const std::vector<host_port>& ports) {
  if (ports.empty())
    return remove(pod_uid);
  auto rules = list();
  if (!rules)
    return rules.error();
  // What localhost sent to a pod comes back through the bridge.
  if (auto set =
          node_.set_sysctl("net/ipv4/conf/" + bridge_ + "/route_localnet", "1");
      !set)
    return set;
  const auto done = sys::run_nftables(
      node_, make_port_table(pod_cidrs_, bridge_)
                 + remove_rules((*rules)[std::string{pod_uid}])
                 + add_ports(pod_uid, addresses, ports));
  if (!done)
    return done.error();
  pods_.insert(std::string{pod_uid});
  return unit{};
}

status_result port_table::remove(std::string_view pod_uid) {
  if (!pods_.contains(pod_uid))
    return unit{};
  auto rules = list();
  if (!rules)
    return rules.error();
  const auto own = rules->extract(std::string{pod_uid});
  auto commands = own ? remove_rules(own.mapped()) : std::string{};
  if (rules->empty() && own)
    commands = remove_port_table();
  if (!commands.empty())
    if (const auto done = sys::run_nftables(node_, commands); !done)
      return done.error();
  pods_.erase(std::string{pod_uid});
  return unit{};
}

} // namespace troupe::network
