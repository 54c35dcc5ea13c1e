#include "node/network/host_ports.hpp"

#include "messages/codec/json.hpp"

namespace troupe::network {

namespace {

constexpr std::string_view table = "inet troupe_host_ports";
constexpr std::string_view localhost = "127.0.0.0/8";
/// Tells connections that came by such a port from those to services.
constexpr std::string_view set_mark = " ct mark set ct mark or 0x4000";
constexpr std::string_view has_mark = " ct mark and 0x4000 != 0";

std::string chain(std::string_view name) {
  return std::string{table} + " " + std::string{name};
}

std::string_view word_of(ip_family family) {
  return family == ip_family::v4 ? "ip" : "ip6";
}

bool is_unspecified(const ip_address& address) {
  return address.octets().find_first_not_of('\0') == bytes_view::npos;
}

/// "10.244.1.2:80", "[fd00::2]:80".
std::string target(const ip_address& address, std::uint16_t port) {
  auto out = address.to_string();
  if (address.family() == ip_family::v6)
    out = '[' + out + ']';
  return out + ':' + std::to_string(port);
}

std::string rule(std::string_view pod_uid, const ip_address& address,
                 const host_port& port) {
  const auto family = address.family();
  const std::string ip{word_of(family)};
  auto out = "add rule " + chain("ports") + " meta nfproto ipv"
             + (family == ip_family::v4 ? '4' : '6');
  if (port.host_address && !is_unspecified(*port.host_address))
    out += ' ' + ip + " daddr " + port.host_address->to_string();
  out += " meta l4proto ";
  out += word_of(port.protocol);
  out.append(" th dport ").append(std::to_string(port.port)).append(set_mark);
  out += " dnat " + ip + " to " + target(address, port.pod_port);
  return out.append(" comment \"").append(pod_uid).append("\"\n");
}

} // namespace

std::string make_port_table(const std::vector<ip_prefix>& pod_cidrs,
                            std::string_view bridge) {
  std::string out = "add table " + std::string{table} + '\n';
  const auto add_chain = [&](std::string_view name, std::string_view hook) {
    out += "add chain " + chain(name);
    if (!hook.empty())
      out.append(" { type ").append(hook).append("; }");
    out += '\n';
  };
  const auto add_rule = [&](std::string_view name, const std::string& text) {
    out += "add rule " + chain(name) + ' ' + text + '\n';
  };
  add_chain("ports", {});
  add_chain("prerouting", "nat hook prerouting priority -100");
  add_chain("output", "nat hook output priority -100");
  add_chain("postrouting", "nat hook postrouting priority 100");
  add_chain("guard", "filter hook prerouting priority -300");
  for (const auto* name : {"prerouting", "output", "postrouting", "guard"})
    out += "flush chain " + chain(name) + '\n';
  for (const auto* name : {"prerouting", "output"})
    add_rule(name, "fib daddr type local jump ports");
  for (const auto& range : pod_cidrs) {
    const auto ip = std::string{word_of(range.family())};
    const auto to_pods =
        ip + " daddr " + range.to_string() + std::string{has_mark};
    add_rule("postrouting", ip + " saddr " + range.to_string() + ' ' + to_pods
                                + " masquerade");
    if (range.family() == ip_family::v4)
      add_rule("postrouting", "ip saddr " + std::string{localhost} + ' '
                                  + to_pods + " masquerade");
  }
  add_rule("guard", "iifname \"" + std::string{bridge} + "\" ip daddr "
                        + std::string{localhost} + " drop");
  return out;
}

std::string add_ports(std::string_view pod_uid,
                      const std::vector<ip_address>& addresses,
                      const std::vector<host_port>& ports) {
  std::string out;
  for (const auto& port : ports)
    for (const auto& address : addresses)
      if (!port.host_address || port.host_address->family() == address.family())
        out += rule(pod_uid, address, port);
  return out;
}

std::string remove_rules(const std::vector<std::int64_t>& handles) {
  std::string out;
  for (const auto handle : handles)
    out += "delete rule " + chain("ports") + " handle " + std::to_string(handle)
           + '\n';
  return out;
}

std::string remove_port_table() {
  return "delete table " + std::string{table} + '\n';
}

std::string list_port_rules() {
  return "list chain " + chain("ports") + '\n';
}

result<port_rules> read_port_rules(bytes_view printed) {
  const auto read = codec::decode_json(printed, nullptr);
  const auto* all = read ? read->doc.root().find("nftables") : nullptr;
  if (all == nullptr || !all->is(codec::node_kind::list))
    return error{errc::corrupt, "nftables: it printed no list"};
  port_rules out;
  for (const auto* item : all->items()) {
    const auto* rule = item->find("rule");
    if (rule == nullptr)
      continue;
    const auto* uid = rule->find("comment");
    const auto* handle = rule->find("handle");
    if (uid == nullptr || handle == nullptr)
      return error{errc::corrupt, "nftables: it printed a rule of nobody"};
    out[std::string{uid->string_or({})}].push_back(handle->integer_or(0));
  }
  return out;
}

} // namespace troupe::network
