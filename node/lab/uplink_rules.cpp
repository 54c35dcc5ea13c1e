#include "node/lab/uplink_rules.hpp"

#include <algorithm>
#include <string_view>

namespace troupe::lab {

namespace {

constexpr std::string_view link_prefix = "troupe-";
constexpr std::size_t id_length = 8;

/// Nobody's on the Internet (RFC 6890), and groups.
constexpr std::string_view private_ranges =
    "0.0.0.0/8, 10.0.0.0/8, 100.64.0.0/10, 127.0.0.0/8, 169.254.0.0/16, "
    "172.16.0.0/12, 192.0.0.0/24, 192.0.2.0/24, 192.168.0.0/16, "
    "198.18.0.0/15, 198.51.100.0/24, 203.0.113.0/24, 224.0.0.0/3";

std::string quoted(const std::string& name) {
  return "\"" + name + "\"";
}

template <class List, class Text>
std::string join(const List& list, Text text) {
  std::string out;
  for (const auto& each : list)
    out += (out.empty() ? "" : ", ") + text(each);
  return out;
}

} // namespace

std::string uplink_link_name(const std::string& uid) {
  return std::string{link_prefix} + uid.substr(0, id_length);
}

std::string uplink_table(const std::string& link_name) {
  auto out = "ip " + link_name;
  std::ranges::replace(out, '-', '_');
  return out;
}

std::string uplink_rules(const uplink_plan& plan,
                         const uplink_surroundings& around) {
  const auto table = "table " + uplink_table(plan.link_name);
  const auto link = quoted(plan.link_name);
  const auto lan = plan.lan.to_string();
  const auto from = "    iifname " + link;
  auto out = "add " + table + "\ndelete " + table + "\n" + table + " {\n"
             + "  chain forward {\n"
               "    type filter hook forward priority 0; policy accept;\n"
             + "    oifname " + link + " ct state established,related accept\n"
             + "    oifname " + link
             + " reject with icmp type net-prohibited\n";
  if (!around.opened.empty())
    out += "    iifname { " + join(around.opened, quoted)
           + " } oifname != " + link + " drop\n";
  out += from + " ip saddr != " + lan + " drop\n";
  if (!around.networks.empty())
    out += from + " ip daddr { "
           + join(around.networks, [](auto& it) { return it.to_string(); })
           + " } accept\n";
  return out + from + " ip daddr { " + std::string{private_ranges}
         + " } reject with icmp type net-unreachable\n"
           "  }\n"
           "  chain postrouting {\n"
           "    type nat hook postrouting priority 100; policy accept;\n"
           "    ip saddr "
         + lan + " oifname != " + link
         + " masquerade fully-random\n"
           "  }\n"
           "}\n";
}

} // namespace troupe::lab
