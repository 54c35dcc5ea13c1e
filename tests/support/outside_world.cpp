#include "tests/support/outside_world.hpp"

#include "messages/base/check.hpp"

namespace troupe::support {

namespace {

template <class T>
T must(result<T> outcome) {
  TROUPE_CHECK(outcome.has_value(), "the outside world can be made");
  return std::move(*outcome);
}

void give(sys::netlink& net, const char* link, const char* address,
          unsigned length) {
  const auto found = must(net.find_link(link));
  must(
      net.set_address({found.index, must(ip_address::parse(address)), length}));
  must(net.change_link(found.index, {.up = true}));
}

} // namespace

outside_world::outside_world(const net_world& world)
    : far_(must(sys::netns::open_or_create(world / "far"))) {
  auto here = must(sys::netlink::open());
  auto there = must(far_.open_netlink());
  must(here.change_link(must(here.find_link("lo")).index, {.up = true}));
  must(there.change_link(must(there.find_link("lo")).index, {.up = true}));
  for (const auto* name : {"eth0", "lan0"}) {
    sys::veth_request cable;
    cable.name = name;
    cable.peer_name = name;
    cable.peer_netns = far_.fd();
    must(here.add_veth(cable));
  }
  give(here, "eth0", "198.51.100.2", 24);
  give(here, "lan0", "192.168.77.2", 24);
  give(there, "eth0", "198.51.100.1", 24);
  give(there, "lan0", "192.168.77.1", 24);
  give(there, "lo", "20.0.0.1", 32);
  give(there, "lo", "10.1.2.3", 32);
  sys::route out;
  out.gateway = must(ip_address::parse("198.51.100.1"));
  out.index = must(here.find_link("eth0")).index;
  must(here.set_route(out));
  must(here.wait_for_carrier("eth0"));
  must(here.wait_for_carrier("lan0"));
}

} // namespace troupe::support
