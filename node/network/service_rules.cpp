#include "node/network/service_rules.hpp"

#include <algorithm>
#include <functional>
#include <tuple>

namespace troupe::network {

namespace {

/// kube-proxy's: others that look at marks know it.
constexpr std::string_view mark = "meta mark set meta mark or 0x4000";

/// The words for one of the families.
struct family_words {
  ip_family family;
  std::string_view ip;       ///< of its header
  std::string_view number;   ///< in the names of sets
  std::string_view type;     ///< of an address in a set
  std::string_view loopback; ///< nobody's node port
  std::string_view unreachable;
};

constexpr family_words families[] = {
    {ip_family::v4, "ip", "4", "ipv4_addr", "127.0.0.0/8",
     "reject with icmp type host-unreachable"},
    {ip_family::v6, "ip6", "6", "ipv6_addr", "::1",
     "reject with icmpv6 type addr-unreachable"},
};

std::string join(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const auto part : parts)
    out += part;
  return out;
}

/// "10.244.1.2:80", "[fd00::2]:80".
std::string target(const service_endpoint& to) {
  const auto address = to.address.to_string();
  const auto port = ":" + std::to_string(to.port);
  return to.address.family() == ip_family::v6 ? "[" + address + "]" + port
                                              : address + port;
}

/// Names hold no colon.
std::string name_of(const ip_address& address) {
  auto out = address.to_string();
  std::replace(out.begin(), out.end(), ':', '_');
  return out;
}

std::vector<service_endpoint>
those(const std::vector<service_endpoint>& from,
      const std::function<bool(const service_endpoint&)>& wanted) {
  std::vector<service_endpoint> out;
  std::copy_if(from.begin(), from.end(), std::back_inserter(out), wanted);
  return out;
}

bool ends_but_serves(const service_endpoint& it) {
  return it.serving && it.terminating;
}

/// Ready ones, else those that end but still serve.
std::vector<service_endpoint>
usable(const std::vector<service_endpoint>& from) {
  auto out = those(from, [](const auto& it) { return it.ready; });
  return out.empty() ? those(from, ends_but_serves) : out;
}

bool is_external(const service_port& port) {
  return port.node_port != 0 || !port.external_addresses.empty()
         || !port.balancer_addresses.empty();
}

/// What all services share.
class fixed_maker {
public:
  fixed_maker(const service_rules_config& config, ruleset& out)
      : config_(config), out_(out) {}

  void run();

private:
  std::vector<std::string>& rules(const char* chain) {
    return out_.chains[chain].rules;
  }

  void add_chains();
  void add_sets(const family_words& words);
  void add_dispatch(const family_words& words);
  void add_refusal(const family_words& words);
  void add_masquerade(const family_words& words);

  const service_rules_config& config_;
  ruleset& out_;
};

void fixed_maker::run() {
  add_chains();
  rules("postrouting") = {"meta mark and 0x4000 != 0 jump masqueraded"};
  for (const auto& words : families) {
    add_sets(words);
    add_dispatch(words);
    add_refusal(words);
    add_masquerade(words);
  }
  rules("services").emplace_back("fib daddr type local jump node_ports");
  rules("refuse").emplace_back("fib daddr type local jump refuse_node_ports");
}

void fixed_maker::add_chains() {
  const auto add = [&](const char* name, const char* hook,
                       std::vector<std::string> rules) {
    out_.chains[name] = {hook, std::move(rules)};
  };
  add("prerouting", "type nat hook prerouting priority -100",
      {"jump services"});
  add("output", "type nat hook output priority -100", {"jump services"});
  add("postrouting", "type nat hook postrouting priority 100", {});
  // After nat: what is still for a service has nowhere to go.
  add("screen", "type filter hook prerouting priority -90",
      {"ct state new jump refuse"});
  add("screen_output", "type filter hook output priority -90",
      {"ct state new jump refuse"});
  add("rejected", "", {"meta l4proto tcp reject with tcp reset", "reject"});
  add("masqueraded", "",
      {"meta mark set meta mark and 0xffffbfff", "masquerade fully-random"});
}

void fixed_maker::add_sets(const family_words& words) {
  const auto declare = [&](const char* name, const std::string& declaration) {
    out_.sets[name + std::string{words.number}].declaration = declaration;
  };
  const auto by_address =
      join({"map { type ", words.type,
            " . inet_proto . inet_service : ", "verdict; }"});
  const std::string by_port =
      "map { type inet_proto . inet_service : verdict; }";
  declare("services", by_address);
  declare("refused", by_address);
  declare("node_ports", by_port);
  declare("refused_node_ports", by_port);
  declare("cluster_addresses", join({"set { type ", words.type, "; }"}));
  declare("to_itself",
          join({"set { type ", words.type, " . ", words.type, "; }"}));
}

void fixed_maker::add_dispatch(const family_words& words) {
  rules("services")
      .push_back(join({words.ip,
                       " daddr . meta l4proto . th dport vmap "
                       "@services",
                       words.number}));
  rules("node_ports")
      .push_back(
          join({words.ip, " daddr != ", words.loopback,
                " meta l4proto . th dport vmap @node_ports", words.number}));
}

void fixed_maker::add_refusal(const family_words& words) {
  rules("refuse").push_back(
      join({words.ip, " daddr . meta l4proto . th dport vmap @refused",
            words.number}));
  rules("refuse").push_back(join(
      {words.ip, " daddr @cluster_addresses", words.number, " goto rejected"}));
  for (const auto& range : config_.service_ranges)
    if (range.family() == words.family)
      rules("refuse").push_back(join(
          {words.ip, " daddr ", range.to_string(), " ", words.unreachable}));
  rules("refuse_node_ports")
      .push_back(join({words.ip, " daddr != ", words.loopback,
                       " meta l4proto . th dport vmap @refused_node_ports",
                       words.number}));
}

void fixed_maker::add_masquerade(const family_words& words) {
  auto& out = rules("postrouting");
  out.push_back(
      join({words.ip, " saddr . ", words.ip, " daddr @to_itself", words.number,
            " ct status dnat masquerade fully-random"}));
  for (const auto& own : config_.pod_cidrs) {
    if (own.family() != words.family)
      continue;
    const auto from = join({words.ip, " saddr ", own.to_string()});
    if (!config_.bridge_is_filtered)
      out.push_back(join({from, " ", words.ip, " daddr ", own.to_string(),
                          " ct status dnat masquerade fully-random"}));
    auto leaving = join({from, " oifname != \"", config_.bridge, "\""});
    for (const auto& all : config_.pod_ranges)
      if (all.family() == words.family)
        leaving += join({" ", words.ip, " daddr != ", all.to_string()});
    out.push_back(leaving + " masquerade fully-random");
  }
}

/// One port of a service in one family.
class port_maker {
public:
  port_maker(const service_rules_config& config, const service_port& port,
             const family_words& words, ruleset& out);

  void run();

private:
  std::vector<std::string>& rules(const std::string& chain) {
    return out_.chains[chain].rules;
  }

  std::vector<ip_address> of_family(const std::vector<ip_address>& from) const;
  std::string from_pods(std::string_view not_) const;
  std::string dnat() const;
  void lead(const std::string& map, const std::string& key,
            const std::string& verdict);

  void add_policy(const std::string& chain,
                  const std::vector<service_endpoint>& to);
  void remember_itself(const service_endpoint& to);
  std::string add_affinity(const service_endpoint& to);
  void add_inside();
  void add_outside();
  bool add_clients(const std::string& key);
  void add_external_chain();

  const service_rules_config& config_;
  const service_port& port_;
  const family_words& words_;
  ruleset& out_;
  const std::vector<ip_address> inside_;
  const std::vector<ip_address> outside_;
  const std::vector<ip_address> balancers_;
  const std::string protocol_;
  const std::string ports_; ///< how protocol and port end a key
  const std::string base_;  ///< how the names of its chains end
  const usable_endpoints to_;
  /// Of what no endpoint takes; where others have some it is just dropped.
  const std::string refusal_;
};

port_maker::port_maker(const service_rules_config& config,
                       const service_port& port, const family_words& words,
                       ruleset& out)
    : config_(config), port_(port), words_(words), out_(out),
      inside_(of_family(port.cluster_addresses)),
      outside_(of_family(port.external_addresses)),
      balancers_(of_family(port.balancer_addresses)),
      protocol_(word_of(port.protocol)),
      ports_(join({" . ", protocol_, " . ", std::to_string(port.port)})),
      base_(join({port.service, "/", protocol_, "/", std::to_string(port.port),
                  "/v", words.number})),
      to_(choose_endpoints(port, words.family)),
      refusal_(to_.anywhere ? "drop" : "goto rejected") {
  // nop
}

void port_maker::run() {
  if (inside_.empty() && outside_.empty() && balancers_.empty())
    return;
  add_policy("cluster/" + base_, to_.cluster);
  add_policy("local/" + base_, to_.local);
  add_inside();
  add_outside();
}

std::vector<ip_address>
port_maker::of_family(const std::vector<ip_address>& from) const {
  std::vector<ip_address> out;
  std::copy_if(from.begin(), from.end(), std::back_inserter(out),
               [&](const auto& it) { return it.family() == words_.family; });
  return out;
}

/// Matches packets of this node's pods; empty where they have no address of the
/// family.
std::string port_maker::from_pods(std::string_view not_) const {
  for (const auto& own : config_.pod_cidrs)
    if (own.family() == words_.family)
      return join({words_.ip, " saddr ", not_, own.to_string(), " "});
  return {};
}

std::string port_maker::dnat() const {
  return join({"meta l4proto ", protocol_, " dnat ", words_.ip, " to "});
}

void port_maker::lead(const std::string& map, const std::string& key,
                      const std::string& verdict) {
  out_.sets[join({map, words_.number})].elements.emplace(key, verdict);
}

/// The chain that picks one of the endpoints.
void port_maker::add_policy(const std::string& chain,
                            const std::vector<service_endpoint>& to) {
  if (to.empty())
    return;
  auto& out = rules(chain);
  // Who is no pod may not be known where the endpoint is.
  for (const auto& address : inside_)
    out.push_back(join({words_.ip, " daddr ", address.to_string(), " ",
                        from_pods("!= "), mark}));
  std::string choice;
  for (std::size_t i = 0; i < to.size(); ++i) {
    remember_itself(to[i]);
    choice += (i == 0 ? "" : ", ") + std::to_string(i) + " : ";
    if (port_.affinity_seconds) {
      const auto own = add_affinity(to[i]);
      out.push_back(
          join({words_.ip, " saddr @affinity/", own, " goto endpoint/", own}));
      choice += "goto endpoint/" + own;
    } else {
      choice += to[i].address.to_string() + " . " + std::to_string(to[i].port);
    }
  }
  const auto random = "numgen random mod " + std::to_string(to.size());
  if (port_.affinity_seconds)
    out.push_back(random + " vmap { " + choice + " }");
  else if (to.size() == 1)
    out.push_back(dnat() + target(to[0]));
  else
    out.push_back(dnat() + random + " map { " + choice + " }");
}

/// A pod that is led to itself must see another's address.
void port_maker::remember_itself(const service_endpoint& to) {
  const auto address = to.address.to_string();
  for (const auto& own : config_.pod_cidrs)
    if (own.contains(to.address))
      lead("to_itself", address + " . " + address, {});
}

/// The endpoint's chain and the clients that stay with it, by the name of both.
std::string port_maker::add_affinity(const service_endpoint& to) {
  // What the set is declared with is in its name: it never changes.
  const auto own =
      join({base_, "/", name_of(to.address), "/", std::to_string(to.port), "/",
            std::to_string(*port_.affinity_seconds), "s"});
  out_.sets["affinity/" + own].declaration =
      timed_set(words_.type, *port_.affinity_seconds);
  rules("endpoint/" + own) = {
      join({"update @affinity/", own, " { ", words_.ip, " saddr }"}),
      dnat() + target(to)};
  return own;
}

void port_maker::add_inside() {
  const bool local = port_.internal_policy == traffic_policy::local;
  const bool served = !(local ? to_.local : to_.cluster).empty();
  for (const auto& address : inside_) {
    const auto key = address.to_string();
    lead("cluster_addresses", key, {});
    if (served)
      lead("services", key + ports_,
           (local ? "goto local/" : "goto cluster/") + base_);
    else
      lead("refused", key + ports_, refusal_);
  }
}

void port_maker::add_outside() {
  if (!is_external(port_))
    return;
  const bool local = port_.external_policy == traffic_policy::local;
  const bool served = !(local ? to_.local : to_.cluster).empty();
  const auto lead_in = [&](const std::string& map, const std::string& refused,
                           const std::string& key) {
    if (to_.anywhere)
      lead(map, key, "goto external/" + base_);
    if (!served)
      lead(refused, key, refusal_);
  };
  if (to_.anywhere)
    add_external_chain();
  for (const auto& address : outside_)
    lead_in("services", "refused", address.to_string() + ports_);
  for (const auto& address : balancers_)
    if (!add_clients(address.to_string() + ports_))
      lead_in("services", "refused", address.to_string() + ports_);
  if (port_.node_port != 0)
    lead_in("node_ports", "refused_node_ports",
            protocol_ + " . " + std::to_string(port_.node_port));
}

/// Leads to those clients alone who may come; false when all may.
bool port_maker::add_clients(const std::string& key) {
  if (port_.balancer_clients.empty() || !to_.anywhere)
    return false;
  auto& out = rules("clients/" + base_);
  out.clear();
  for (const auto& range : port_.balancer_clients)
    if (range.family() == words_.family)
      out.push_back(join(
          {words_.ip, " saddr ", range.to_string(), " goto external/", base_}));
  lead("services", key, "goto clients/" + base_);
  lead("refused", key, "drop");
  return true;
}

void port_maker::add_external_chain() {
  auto& out = rules("external/" + base_);
  const auto cluster = "goto cluster/" + base_;
  if (port_.external_policy == traffic_policy::cluster) {
    out = {std::string{mark}, cluster};
    return;
  }
  // Pods and the node itself are not outside: any endpoint will do for them.
  if (const auto pods = from_pods(""); !pods.empty())
    out.push_back(pods + cluster);
  out.push_back(join({"fib saddr type local ", mark}));
  out.push_back("fib saddr type local " + cluster);
  if (!to_.local.empty())
    out.push_back("goto local/" + base_);
}

} // namespace

usable_endpoints choose_endpoints(const service_port& port, ip_family family) {
  auto all = those(port.endpoints, [&](const auto& it) {
    return it.address.family() == family;
  });
  // One that is told of twice counts as ready where it is once.
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tuple{a.address, a.port, !a.ready}
           < std::tuple{b.address, b.port, !b.ready};
  });
  all.erase(std::unique(all.begin(), all.end(),
                        [](const auto& a, const auto& b) {
                          return a.address == b.address && a.port == b.port;
                        }),
            all.end());
  const auto ready_here =
      those(all, [](const auto& it) { return it.ready && !it.elsewhere; });
  usable_endpoints out;
  out.anywhere = !usable(all).empty();
  const bool inside_local = port.internal_policy == traffic_policy::local;
  // With policy Local outside, pods and the node itself still reach all.
  if (!inside_local || is_external(port))
    out.cluster = ready_here.empty() ? usable(all) : ready_here;
  if (inside_local
      || (is_external(port) && port.external_policy == traffic_policy::local))
    out.local = usable(those(all, [](const auto& it) { return it.local; }));
  return out;
}

ruleset make_service_rules(const service_rules_config& config,
                           const std::vector<service_port>& services) {
  ruleset out;
  fixed_maker{config, out}.run();
  for (const auto& port : services)
    for (const auto& words : families)
      port_maker{config, port, words, out}.run();
  return out;
}

} // namespace troupe::network
