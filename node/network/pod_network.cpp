#include "node/network/pod_network.hpp"

#include "node/network/address_file.hpp"
#include "node/network/address_pool.hpp"
#include "node/network/cable.hpp"
#include "node/network/pod_link.hpp"
#include "node/network/port_table.hpp"
#include "node/network/private_ranges.hpp"
#include "node/sys/netns.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>

namespace troupe::network {

namespace {

using sys::net_link;
using sys::netlink;
using sys::netns;

/// The least an IPv4 host must take (RFC 791), and IPv6's (RFC 8200).
constexpr std::uint32_t mtu_min_v4 = 576;
constexpr std::uint32_t mtu_min_v6 = 1280;
constexpr std::uint32_t mtu_max = 65535;

class kernel_pod_network : public pod_network {
public:
  kernel_pod_network(pod_network_config config, netns node, netlink net,
                     address_pool pool)
      : config_(std::move(config)), file_(config_.directory),
        node_(std::move(node)), net_(std::move(net)), pool_(std::move(pool)),
        ports_(node_, config_.pod_cidrs, bridge_name) {}

  status_result set_up();

  result<pod_attachment> attach(std::string_view pod_uid,
                                const std::string& netns_path) override;
  status_result open_host_ports(std::string_view pod_uid,
                                const std::vector<host_port>& ports) override;
  result<pod_attachment> adopt(std::string_view pod_uid,
                               const std::string& netns_path) override;
  status_result detach(std::string_view pod_uid,
                       const std::string& netns_path) override;
  result<std::set<std::string>> list() const override;

private:
  using pool_change = std::function<status_result(address_pool&)>;

  status_result set_up_bridge();
  status_result change_pool(const pool_change& change);
  result<std::optional<net_link>> own_port(std::string_view uid) const;
  std::vector<ranged_address>
  ranged(const std::vector<ip_address>& addresses) const;
  status_result turn_round(const std::string& port_name);
  status_result set_default_routes(netlink& inside, sys::link_index eth0);
  pod_attachment attachment(std::string_view uid,
                            const std::string& netns_path) const;

  pod_network_config config_;
  /// Held by every call: what follows is of one at a time.
  mutable std::mutex mutex_;
  address_file file_;
  const netns node_;
  /// Asking the kernel changes the socket, not what it tells of.
  mutable netlink net_;
  address_pool pool_;
  sys::link_index bridge_;
  port_table ports_;
};

status_result kernel_pod_network::set_up() {
  for (const auto& range : config_.pod_cidrs) {
    const std::string_view name = range.family() == ip_family::v4
                                      ? "net/ipv4/ip_forward"
                                      : "net/ipv6/conf/all/forwarding";
    if (auto set = node_.set_sysctl(name, "1"); !set)
      return set;
  }
  if (auto held = hold_private_ranges(net_, config_.private_ranges); !held)
    return held;
  ports_.recall();
  return set_up_bridge();
}

status_result kernel_pod_network::set_up_bridge() {
  const auto bridge = find_or_add_bridge(net_, bridge_name);
  if (!bridge)
    return bridge.error();
  bridge_ = bridge->index;
  std::vector<ip_address> gateways;
  for (const auto& range : config_.pod_cidrs) {
    gateways.push_back(address_pool::gateway(range));
    // Until duplicate address detection lets the bridge have its link-local
    // address, after seconds, the kernel looks for no pod on others' behalf.
    if (range.family() == ip_family::v6)
      if (auto set = node_.set_sysctl(
              "net/ipv6/conf/" + std::string{bridge_name} + "/accept_dad", "0");
          !set)
        return set;
  }
  // Without one of its own its Ethernet address follows its ports'.
  if (auto set = net_.change_link(
          bridge_,
          {.up = true, .mtu = config_.mtu, .mac = mac_of(gateways[0])});
      !set)
    return set;
  return set_addresses(net_, bridge_, ranged(gateways));
}

std::vector<ranged_address>
kernel_pod_network::ranged(const std::vector<ip_address>& addresses) const {
  std::vector<ranged_address> out;
  for (std::size_t i = 0; i < addresses.size(); ++i)
    out.push_back({addresses[i], config_.pod_cidrs[i]});
  return out;
}

/// Writes the pool down before it counts.
status_result kernel_pod_network::change_pool(const pool_change& change) {
  auto next = pool_;
  if (auto done = change(next); !done)
    return done;
  if (next == pool_)
    return unit{};
  if (auto written = file_.write(next.encode()); !written)
    return written;
  pool_ = std::move(next);
  return unit{};
}

/// The node's end of the pod's link, or none.
result<std::optional<net_link>>
kernel_pod_network::own_port(std::string_view uid) const {
  const auto name = node_link_name(uid);
  auto port = look_for_link(net_, name);
  // A link without an alias is one whose maker did not get to it.
  if (port && *port && !(*port)->alias.empty() && (*port)->alias != uid)
    return error{errc::conflict,
                 "the link " + name + " is of pod " + (*port)->alias};
  return port;
}

status_result kernel_pod_network::set_default_routes(netlink& inside,
                                                     sys::link_index eth0) {
  for (const auto& range : config_.pod_cidrs) {
    sys::route out;
    out.destination = *ip_prefix::of(range.first(), 0);
    out.gateway = address_pool::gateway(range);
    out.index = eth0;
    if (auto set = inside.set_route(out); !set)
      return set;
  }
  return unit{};
}

pod_attachment
kernel_pod_network::attachment(std::string_view uid,
                               const std::string& netns_path) const {
  const auto* addresses = pool_.find(uid);
  TROUPE_CHECK(addresses != nullptr, "an attached pod has addresses");
  return {std::string{uid}, *addresses, netns_path, node_link_name(uid)};
}

/// Where bridges pass packets to the filter, what a pod sends to a port or a
/// service that is itself is turned round on the bridge.
status_result kernel_pod_network::turn_round(const std::string& port_name) {
  const auto port = net_.find_link(port_name);
  return port ? net_.set_hairpin(port->index, true) : port.error();
}

result<pod_attachment>
kernel_pod_network::attach(std::string_view pod_uid,
                           const std::string& netns_path) {
  std::lock_guard lock{mutex_};
  std::vector<ip_address> addresses;
  const auto reserved = change_pool([&](address_pool& pool) -> status_result {
    auto got = pool.reserve(pod_uid);
    if (!got)
      return got.error();
    addresses = *got;
    return unit{};
  });
  if (!reserved)
    return reserved.error();
  const auto pod = netns::open_or_create(netns_path);
  if (!pod)
    return pod.error();
  auto inside = pod->open_netlink();
  if (!inside)
    return inside.error();
  // Its name may be another pod's, by a rare chance.
  if (const auto port = own_port(pod_uid); !port)
    return port.error();
  const cable wanted{node_link_name(pod_uid), std::string{pod_uid}, bridge_,
                     config_.mtu, mac_of(addresses[0])};
  if (auto laid = lay_cable(net_, *pod, *inside, wanted); !laid)
    return laid.error();
  if (auto set = turn_round(wanted.port_name); !set)
    return set.error();
  const auto eth0 = set_up_far_end(*inside, wanted, ranged(addresses));
  if (!eth0)
    return eth0.error();
  if (auto set = set_default_routes(*inside, eth0->index); !set)
    return set.error();
  // The pod's first packet must not be lost, nor the node's to its first pod.
  if (auto ready = wait_for_cable(net_, *inside, wanted); !ready)
    return ready.error();
  if (auto ready = net_.wait_for_carrier(bridge_name); !ready)
    return ready.error();
  return attachment(pod_uid, netns_path);
}

status_result
kernel_pod_network::open_host_ports(std::string_view pod_uid,
                                    const std::vector<host_port>& ports) {
  std::lock_guard lock{mutex_};
  const auto* addresses = pool_.find(pod_uid);
  if (addresses == nullptr)
    return error{errc::not_found, "open ports of pod " + std::string{pod_uid}
                                      + ": it has no address"};
  return ports_.set(pod_uid, *addresses, ports);
}

result<pod_attachment>
kernel_pod_network::adopt(std::string_view pod_uid,
                          const std::string& netns_path) {
  std::lock_guard lock{mutex_};
  const auto attempt = "adopt the network of pod " + std::string{pod_uid};
  const auto pod = netns::open(netns_path);
  if (!pod)
    return pod.error();
  auto inside = pod->open_netlink();
  if (!inside)
    return inside.error();
  const auto port = own_port(pod_uid);
  if (!port)
    return port.error();
  const auto eth0 = inside->find_link(far_end_name);
  if (!eth0)
    return eth0.error();
  if (!*port || !are_peers(**port, *eth0) || (*port)->master != bridge_)
    return error{errc::not_found,
                 attempt + ": its eth0 does not lead to the bridge"};
  const auto has = inside->addresses(eth0->index);
  if (!has)
    return has.error();
  std::vector<ip_address> addresses;
  for (const auto& range : config_.pod_cidrs)
    for (const auto& one : *has)
      if (range.contains(one.address))
        addresses.push_back(one.address);
  const auto kept = change_pool([&](address_pool& pool) {
    return pool.reserve_exactly(pod_uid, addresses);
  });
  if (!kept && kept.error().code == errc::out_of_range)
    return error{errc::not_found, attempt + ": " + kept.error().message};
  if (!kept)
    return kept.error();
  return attachment(pod_uid, netns_path);
}

status_result kernel_pod_network::detach(std::string_view pod_uid,
                                         const std::string& netns_path) {
  std::lock_guard lock{mutex_};
  const auto port = own_port(pod_uid);
  if (!port)
    return port.error();
  if (auto closed = ports_.remove(pod_uid); !closed)
    return closed;
  // Before the rest the link: nobody else may have the address while it leads
  // here, and a process left behind would keep the namespace.
  if (*port)
    if (auto gone = net_.delete_link((*port)->index); !gone)
      return gone;
  if (auto gone = sys::unpin_netns(netns_path); !gone)
    return gone;
  return change_pool([&](address_pool& pool) -> status_result {
    pool.release(pod_uid);
    return unit{};
  });
}

result<std::set<std::string>> kernel_pod_network::list() const {
  std::lock_guard lock{mutex_};
  const auto links = net_.links();
  if (!links)
    return links.error();
  std::set<std::string> out;
  for (const auto& [uid, addresses] : pool_.pods())
    out.insert(uid);
  for (const auto& link : *links)
    if (link.name == node_link_name(link.alias))
      out.insert(link.alias);
  return out;
}

result<address_pool> load_pool(const pod_network_config& config) {
  const address_file file{config.directory};
  const auto text = file.read();
  if (!text)
    return text.error();
  if (!*text)
    return address_pool{config.pod_cidrs};
  auto out = address_pool::decode(config.pod_cidrs, **text);
  if (!out)
    return error{out.error().code,
                 "read " + file.path() + ": " + out.error().message};
  return out;
}

} // namespace

status_result pod_network_config::validate() const {
  if (auto fine = address_pool::check_ranges(pod_cidrs); !fine)
    return fine;
  const bool v6 =
      std::any_of(pod_cidrs.begin(), pod_cidrs.end(), [](const auto& range) {
        return range.family() == ip_family::v6;
      });
  const auto mtu_min = v6 ? mtu_min_v6 : mtu_min_v4;
  if (mtu < mtu_min || mtu > mtu_max)
    return error{errc::out_of_range, "mtu is from " + std::to_string(mtu_min)
                                         + " to " + std::to_string(mtu_max)
                                         + ", not " + std::to_string(mtu)};
  return unit{};
}

result<std::unique_ptr<pod_network>>
pod_network::open(pod_network_config config) {
  if (auto fine = config.validate(); !fine)
    return fine.error();
  auto node = netns::current();
  if (!node)
    return node.error();
  auto net = netlink::open();
  if (!net)
    return net.error();
  auto pool = load_pool(config);
  if (!pool)
    return pool.error();
  auto out = std::make_unique<kernel_pod_network>(
      std::move(config), std::move(*node), std::move(*net), std::move(*pool));
  if (auto done = out->set_up(); !done)
    return done.error();
  return std::unique_ptr<pod_network>{std::move(out)};
}

} // namespace troupe::network
