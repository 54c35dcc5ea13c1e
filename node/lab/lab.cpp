#include "node/lab/lab.hpp"

#include "node/lab/uplink.hpp"
#include "node/network/cable.hpp"
#include "node/network/pod_link.hpp"
#include "node/network/private_ranges.hpp"
#include "node/sys/netns.hpp"
#include "node/sys/os_error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <vector>

namespace troupe::lab {

namespace {

using sys::netlink;
using sys::netns;

constexpr std::string_view bridge_name = "br0";

/// The names in a directory, sorted; none when it is not there.
result<std::vector<std::string>> names_in(const std::string& directory) {
  std::error_code failed;
  std::vector<std::string> out;
  for (std::filesystem::directory_iterator one{directory, failed}, end;
       !failed && one != end; one.increment(failed))
    out.push_back(one->path().filename());
  if (failed == std::errc::no_such_file_or_directory)
    return out;
  if (failed)
    return error{errc::io_error, "list " + directory + ": " + failed.message()};
  std::sort(out.begin(), out.end());
  return out;
}

class builder {
public:
  builder(const lab_plan& plan, const netns& space, netlink lan)
      : plan_(plan), space_(space), lan_(std::move(lan)) {}

  status_result run() {
    if (auto set = set_up_lan(); !set)
      return set;
    if (auto gone = remove_others(); !gone)
      return gone;
    if (auto led = lead_out(); !led)
      return error{led.error().code, "uplink: " + led.error().message};
    for (const auto& member : plan_.members)
      if (auto built = build(member); !built)
        return error{built.error().code, "lab member " + member.name + ": "
                                             + built.error().message};
    return unit{};
  }

private:
  status_result set_up_lan() {
    const auto bridge = network::find_or_add_bridge(lan_, bridge_name);
    if (!bridge)
      return bridge.error();
    bridge_ = bridge->index;
    return lan_.change_link(bridge_, {.up = true});
  }

  /// Members of an earlier plan.
  status_result remove_others() {
    const auto names = names_in(plan_.pin_directory);
    if (!names)
      return names.error();
    for (const auto& name : *names) {
      const auto path = plan_.pin_directory + "/" + name;
      if (plan_.find(name) != nullptr || path == plan_.lan_netns_path)
        continue;
      // Its processes may hold the namespace: take the cable away too.
      if (auto cut = network::delete_link_named(lan_, name); !cut)
        return cut;
      if (auto gone = sys::unpin_netns(path); !gone)
        return gone;
    }
    return unit{};
  }

  status_result lead_out() {
    const auto directory =
        std::filesystem::path{plan_.pin_directory}.parent_path().string();
    if (!plan_.uplink)
      return remove_uplink(directory);
    return build_uplink(directory, *plan_.uplink, space_, lan_, bridge_);
  }

  /// Nodes alone go out: servers have no business there.
  status_result set_way_out(netlink& inside, sys::link_index eth0,
                            const lab_member& member) {
    if (member.role != member_role::node)
      return unit{};
    sys::route out;
    out.index = eth0;
    out.gateway = plan_.lan.at(uplink_place);
    return plan_.uplink ? inside.set_route(out) : inside.delete_route(out);
  }

  status_result build(const lab_member& member) {
    const auto space = netns::open_or_create(member.netns_path);
    if (!space)
      return space.error();
    auto inside = space->open_netlink();
    if (!inside)
      return inside.error();
    network::cable cable;
    cable.port_name = member.name;
    cable.bridge = bridge_;
    cable.far_mac = network::mac_of(member.address);
    if (auto laid = network::lay_cable(lan_, *space, *inside, cable); !laid)
      return laid;
    const auto eth0 =
        network::set_up_far_end(*inside, cable, {{member.address, plan_.lan}});
    if (!eth0)
      return eth0.error();
    if (auto held = network::hold_private_ranges(*inside, plan_.private_ranges);
        !held)
      return held;
    if (auto set = set_way_out(*inside, eth0->index, member); !set)
      return set;
    return network::wait_for_cable(lan_, *inside, cable);
  }

  const lab_plan& plan_;
  const netns& space_;
  netlink lan_;
  sys::link_index bridge_;
};

/// Unpins every namespace, the LAN's first: all cables end there.
status_result unpin_all(const std::string& pins,
                        std::vector<std::string> names) {
  std::stable_partition(names.begin(), names.end(),
                        [](const auto& name) { return name == "lan"; });
  status_result out{unit{}};
  for (const auto& name : names)
    if (auto gone = sys::unpin_netns(pins + "/" + name); !gone && out)
      out = gone;
  return out;
}

} // namespace

status_result build_lab(const lab_plan& plan) {
  if (mkdir(plan.pin_directory.c_str(), 0700) != 0 && errno != EEXIST)
    return sys::os_error("create", plan.pin_directory);
  const auto lan = netns::open_or_create(plan.lan_netns_path);
  if (!lan)
    return lan.error();
  auto net = lan->open_netlink();
  if (!net)
    return net.error();
  return builder{plan, *lan, std::move(*net)}.run();
}

status_result destroy_lab(const std::string& directory) {
  const auto pins = directory + "/netns";
  auto names = names_in(pins);
  if (!names)
    return names.error();
  if (auto gone = remove_uplink(directory); !gone)
    return gone;
  if (auto gone = unpin_all(pins, std::move(*names)); !gone)
    return gone;
  if (rmdir(pins.c_str()) != 0 && errno != ENOENT)
    return sys::os_error("remove", pins);
  return unit{};
}

} // namespace troupe::lab
