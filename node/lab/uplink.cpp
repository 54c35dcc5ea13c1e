#include "node/lab/uplink.hpp"

#include "node/network/cable.hpp"
#include "node/sys/nftables.hpp"
#include "node/sys/os_error.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>

namespace troupe::lab {

namespace {

using sys::netlink;
using sys::netns;

constexpr std::string_view port_name = "uplink";

std::string note_of(const std::string& directory) {
  return directory + "/uplink";
}

std::string forwarding_of(const std::string& link) {
  return "net/ipv4/conf/" + link + "/forwarding";
}

bool is_default(const sys::route& it) {
  return it.kind == sys::route_kind::unicast && it.destination.length() == 0;
}

/// A range that is on a link of the machine's.
bool is_network(const sys::route& it) {
  return it.kind == sys::route_kind::unicast && it.index && !it.gateway
         && it.destination.length() > 0;
}

bool forwards(const netns& where, const std::string& link) {
  bool out = false;
  // A link that went meanwhile forwards nothing.
  (void)where.run([&]() -> status_result {
    std::ifstream in{"/proc/sys/" + forwarding_of(link)};
    int value = 0;
    out = in >> value && value != 0;
    return unit{};
  });
  return out;
}

/// Links out of the machine: where what a lab sent is answered.
struct ways_out {
  std::vector<ip_prefix> networks;
  std::vector<std::string> links;
};

result<ways_out> find_ways_out(netlink& net, const uplink_plan& plan) {
  const auto routes = net.routes(ip_family::v4);
  if (!routes)
    return routes.error();
  const auto links = net.links();
  if (!links)
    return links.error();
  ways_out out;
  for (const auto& link : *links) {
    if (link.name == plan.link_name || link.name == "lo")
      continue;
    bool used = false;
    for (const auto& route : *routes) {
      if (route.index != link.index)
        continue;
      used = used || is_default(route) || is_network(route);
      if (is_network(route))
        out.networks.push_back(route.destination);
    }
    if (used)
      out.links.push_back(link.name);
  }
  return out;
}

/// A note: the link's name, then the links that forwarded nothing before.
std::vector<std::string> read_note(const std::string& directory) {
  std::vector<std::string> out;
  std::ifstream in{note_of(directory)};
  for (std::string line; std::getline(in, line);)
    out.push_back(line);
  return out;
}

status_result write_note(const std::string& directory,
                         const std::vector<std::string>& lines) {
  const auto path = note_of(directory);
  {
    std::ofstream out{path + ".new"};
    for (const auto& line : lines)
      out << line << "\n";
    if (!out.flush())
      return sys::os_error("write", path);
  }
  if (rename((path + ".new").c_str(), path.c_str()) != 0)
    return sys::os_error("write", path);
  return unit{};
}

class builder {
public:
  builder(std::string directory, const uplink_plan& plan, netns machine,
          netlink net)
      : directory_(std::move(directory)), plan_(plan),
        machine_(std::move(machine)), net_(std::move(net)) {}

  status_result run(const netns& lan, netlink& inside, sys::link_index bridge) {
    auto ways = find_ways_out(net_, plan_);
    if (!ways)
      return ways.error();
    if (auto noted = note(ways->links); !noted)
      return noted;
    if (auto laid = lay(lan, inside, bridge); !laid)
      return laid;
    // The rules come first: nothing is forwarded without them.
    const auto done = sys::run_nftables(
        machine_, uplink_rules(plan_, {ways->networks, opened_}));
    if (!done)
      return done.error();
    for (const auto& link : opened_)
      if (auto set = machine_.set_sysctl(forwarding_of(link), "1");
          !set && set.error().code != errc::not_found)
        return set;
    return machine_.set_sysctl(forwarding_of(plan_.link_name), "1");
  }

private:
  status_result note(const std::vector<std::string>& links) {
    for (const auto& link : links)
      if (!forwards(machine_, link))
        opened_.push_back(link);
    std::vector<std::string> lines{plan_.link_name};
    lines.insert(lines.end(), opened_.begin(), opened_.end());
    return write_note(directory_, lines);
  }

  status_result lay(const netns& lan, netlink& inside, sys::link_index bridge) {
    if (auto gone = network::delete_link_named(inside, port_name); !gone)
      return gone;
    sys::veth_request cable;
    cable.name = plan_.link_name;
    cable.alias = "uplink of a troupe cluster";
    cable.peer_name = port_name;
    cable.peer_netns = lan.fd();
    if (auto added = net_.add_veth(cable); !added)
      return added;
    const auto port = inside.find_link(port_name);
    if (!port)
      return port.error();
    if (auto set =
            inside.change_link(port->index, {.up = true, .master = bridge});
        !set)
      return set;
    const auto end = net_.find_link(plan_.link_name);
    if (!end)
      return end.error();
    if (auto set =
            net_.set_address({end->index, plan_.address, plan_.lan.length()});
        !set)
      return set;
    if (auto up = inside.wait_for_carrier(port_name); !up)
      return up;
    return net_.wait_for_carrier(plan_.link_name);
  }

  std::string directory_;
  const uplink_plan& plan_;
  netns machine_;
  netlink net_;
  std::vector<std::string> opened_;
};

/// Somebody else may have the whole machine forward by now.
status_result close(const netns& machine, const std::string& link) {
  if (forwards(machine, "all"))
    return unit{};
  auto set = machine.set_sysctl(forwarding_of(link), "0");
  if (!set && set.error().code != errc::not_found)
    return set;
  return unit{};
}

} // namespace

status_result check_uplink(const uplink_plan& plan) {
  auto net = netlink::open();
  if (!net)
    return net.error();
  const auto routes = net->routes(ip_family::v4);
  if (!routes)
    return routes.error();
  if (std::ranges::none_of(*routes, is_default))
    return error{errc::not_found, "this machine has no default route"};
  const auto links = net->links();
  if (!links)
    return links.error();
  for (const auto& route : *routes) {
    if (is_default(route) || !route.destination.overlaps(plan.lan))
      continue;
    std::string through = "no link";
    for (const auto& link : *links)
      if (route.index == link.index)
        through = link.name;
    if (through != plan.link_name)
      return error{errc::conflict,
                   "the cluster's network " + plan.lan.to_string()
                       + " overlaps with this machine's route to "
                       + route.destination.to_string() + " through " + through};
  }
  return unit{};
}

status_result build_uplink(const std::string& directory,
                           const uplink_plan& plan, const netns& lan,
                           netlink& inside, sys::link_index bridge) {
  // The machine's networks may be others than the last time.
  if (auto gone = remove_uplink(directory); !gone)
    return gone;
  auto machine = netns::current();
  if (!machine)
    return machine.error();
  auto net = netlink::open();
  if (!net)
    return net.error();
  return builder{directory, plan, std::move(*machine), std::move(*net)}.run(
      lan, inside, bridge);
}

status_result remove_uplink(const std::string& directory) {
  const auto note = read_note(directory);
  if (note.empty())
    return unit{};
  auto machine = netns::current();
  if (!machine)
    return machine.error();
  for (auto link = std::next(note.begin()); link != note.end(); ++link)
    if (auto closed = close(*machine, *link); !closed)
      return closed;
  auto net = netlink::open();
  if (!net)
    return net.error();
  if (auto gone = network::delete_link_named(*net, note.front()); !gone)
    return gone;
  const auto table = "table " + uplink_table(note.front());
  if (const auto gone = sys::run_nftables(*machine, "add " + table + "\ndelete "
                                                        + table + "\n");
      !gone)
    return gone.error();
  if (unlink(note_of(directory).c_str()) != 0 && errno != ENOENT)
    return sys::os_error("remove", note_of(directory));
  return unit{};
}

} // namespace troupe::lab
