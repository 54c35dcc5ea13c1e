#include "node/network/service_table.hpp"

#include "node/network/address_pool.hpp"
#include "node/network/stale_flows.hpp"
#include "node/sys/conntrack.hpp"
#include "node/sys/nftables.hpp"

#include <algorithm>

namespace troupe::network {

namespace {

/// Lets what bridges carry pass the packet filter, where the kernel can.
constexpr std::string_view bridge_switches[] = {
    "net/bridge/bridge-nf-call-iptables",
    "net/bridge/bridge-nf-call-ip6tables"};

std::vector<service_port> udp_of(const std::vector<service_port>& services) {
  std::vector<service_port> out;
  std::copy_if(
      services.begin(), services.end(), std::back_inserter(out),
      [](const auto& it) { return it.protocol == port_protocol::udp; });
  return out;
}

/// The link that has the address.
result<sys::link_index> link_of(sys::netlink& net, const ip_address& address) {
  const auto links = net.links();
  if (!links)
    return links.error();
  for (const auto& link : *links) {
    const auto has = net.addresses(link.index);
    if (!has)
      return has.error();
    for (const auto& one : *has)
      if (one.address == address)
        return link.index;
  }
  return error{errc::not_found,
               "no link has the node's address " + address.to_string()};
}

} // namespace

result<service_table> service_table::open(service_table_config config) {
  auto node = sys::netns::current();
  if (!node)
    return node.error();
  service_table out{std::move(config), std::move(*node)};
  for (const auto name : bridge_switches)
    if (!out.node_.set_sysctl(name, "1"))
      out.config_.rules.bridge_is_filtered = false;
  if (auto done = out.look(); !done)
    return done.error();
  if (!out.found_)
    if (auto done = out.set({}); !done)
      return done.error();
  return out;
}

result<bool> service_table::is_there() const {
  const auto printed =
      sys::run_nftables(node_, "list chain " + std::string{service_table_name}
                                   + " screen_output\n");
  if (!printed && printed.error().code == errc::not_found)
    return false;
  return printed ? result<bool>{true} : printed.error();
}

/// Which table an earlier agent left.
status_result service_table::look() {
  const auto printed = sys::run_nftables(
      node_, "list table " + std::string{service_table_name} + '\n');
  if (!printed && printed.error().code == errc::not_found)
    return unit{};
  if (!printed)
    return printed.error();
  // One that makes no sense is written anew.
  if (auto read = read_declarations(*printed))
    found_ = std::move(*read);
  else
    found_.emplace();
  return unit{};
}

status_result service_table::set(const std::vector<service_port>& services) {
  const auto wanted = make_service_rules(config_.rules, services);
  if (applied_ == wanted) {
    const auto there = is_there();
    if (!there)
      return there.error();
    if (!*there)
      applied_.reset();
  }
  if (applied_ != wanted)
    if (auto done = apply(wanted); !done)
      return done;
  if (auto done = route_services(); !done)
    return done;
  return forget_flows(services);
}

status_result service_table::apply(const ruleset& wanted) {
  ruleset_change step;
  if (applied_) {
    step = change(*applied_, wanted, service_table_name);
  } else if (found_) {
    step = change(*found_, wanted, service_table_name);
    step.commands = empty(*found_, service_table_name) + step.commands;
  }
  const bool known = applied_ || found_;
  if (!known || !sys::run_nftables(node_, step.commands)) {
    // None there, or it is not as it was left.
    step = {rewrite(wanted, service_table_name), {}};
    if (auto done = sys::run_nftables(node_, step.commands); !done)
      return done.error();
  }
  found_.reset();
  applied_ = wanted;
  remove_leftovers(step.leftovers);
  return unit{};
}

/// Those the kernel still holds on to are tried again with the next change.
void service_table::remove_leftovers(const std::vector<std::string>& chains) {
  std::string all;
  const auto removal = [](const std::string& chain) {
    return "delete chain " + std::string{service_table_name} + ' ' + chain
           + '\n';
  };
  for (const auto& chain : chains)
    all += removal(chain);
  if (all.empty() || sys::run_nftables(node_, all))
    return;
  for (const auto& chain : chains)
    if (!sys::run_nftables(node_, removal(chain)))
      applied_->chains[chain];
}

/// What the node itself sends to services needs a way before it is led to an
/// endpoint; what none takes is refused and never goes there.
status_result service_table::route_services() {
  auto net = node_.open_netlink();
  if (!net)
    return net.error();
  for (const auto& range : config_.rules.service_ranges)
    for (const auto& own : config_.node_addresses) {
      if (own.family() != range.family())
        continue;
      const auto link = link_of(*net, own);
      if (!link)
        return link.error();
      sys::route way;
      way.destination = range;
      way.index = *link;
      way.source = own;
      if (auto set = net->set_route(way); !set)
        return set;
      break;
    }
  return unit{};
}

/// Where nothing changed for UDP, flows are where they should be.
status_result
service_table::forget_flows(const std::vector<service_port>& services) {
  auto udp = udp_of(services);
  if (udp == udp_)
    return unit{};
  if (!udp.empty())
    if (auto done = forget_stale(udp); !done)
      return done;
  udp_ = std::move(udp);
  return unit{};
}

status_result
service_table::forget_stale(const std::vector<service_port>& udp) {
  return node_.run([&]() -> status_result {
    auto kernel = sys::conntrack::open();
    if (!kernel)
      return kernel.error();
    auto own = config_.node_addresses;
    for (const auto& range : config_.rules.pod_cidrs)
      own.push_back(address_pool::gateway(range));
    for (const auto family : {ip_family::v4, ip_family::v6}) {
      const auto flows = kernel->udp_flows(family);
      if (!flows)
        return flows.error();
      for (const auto& flow : stale_flows(*flows, udp, own))
        if (auto done = kernel->forget(flow); !done)
          return done;
    }
    return unit{};
  });
}

} // namespace troupe::network
