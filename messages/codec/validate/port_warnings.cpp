#include "messages/codec/validate/pod_warnings.hpp"

namespace troupe::codec {

namespace {

struct known_port {
  std::string path;
  std::string host_ip;
  std::int64_t host_port;
};

/// As Go prints the struct.
std::string shown(core::container_port port) {
  return "{Name:" + std::string{port.name()}
         + " HostPort:" + std::to_string(port.host_port())
         + " ContainerPort:" + std::to_string(port.container_port_())
         + " Protocol:" + std::string{port.protocol()}
         + " HostIP:" + std::string{port.host_ip()} + "}";
}

/// What is wrong with two ports of one number and protocol; "" if nothing.
std::string_view clash(core::container_port port, const known_port& other) {
  const bool same_host = port.host_port() == other.host_port;
  if (same_host && port.host_ip() == other.host_ip)
    return "duplicate port definition with ";
  if (port.host_port() == 0 || other.host_port == 0)
    return "overlapping port definition with ";
  if (same_host && port.host_ip().empty() != other.host_ip.empty())
    return "dangerously ambiguous port definition with ";
  return {};
}

} // namespace

void warn_ports(core::pod_spec spec, const spot& here, warning_list& out) {
  std::map<std::string, std::vector<known_port>> ports;
  std::map<std::string, std::string, std::less<>> names;
  std::vector<std::string> about_names;
  each_container(spec, here, [&](core::container container, const spot& owner) {
    each_item(
        owner.child("ports"), container.ports(),
        [&](core::container_port port, const spot& at) {
          if (!port.host_ip().empty() && port.host_port() == 0)
            out.at(at, "hostIP set without hostPort: " + shown(port));
          auto& others = ports[std::to_string(port.container_port_()) + "/"
                               + std::string{port.protocol()}];
          for (const auto& other : others)
            if (const auto what = clash(port, other); !what.empty())
              out.at(at, std::string{what} + other.path);
          others.push_back(
              {at.path(), std::string{port.host_ip()}, port.host_port()});
          if (port.name().empty())
            return;
          const auto [known, is_new] = names.emplace(port.name(), at.path());
          if (!is_new)
            about_names.push_back(
                at.path() + ": duplicate port name " + meta::quoted(port.name())
                + " with " + known->second
                + ", services and probes that select ports by name will use "
                + known->second);
        });
  });
  for (auto& text : about_names)
    out.add(std::move(text));
}

} // namespace troupe::codec
