#include "node/network/service_rules.hpp"
#include "tests/support/datadriven.hpp"
#include "tests/support/script_words.hpp"

#include <catch2/catch.hpp>

#include <sstream>
#include <stdexcept>

using namespace troupe;
using namespace troupe::network;
using test::must;
using test::read_addresses;
using test::split;

namespace {

traffic_policy read_policy(const std::string& text) {
  return text == "Local" ? traffic_policy::local : traffic_policy::cluster;
}

port_protocol read_protocol(const std::string& text) {
  for (const auto each :
       {port_protocol::tcp, port_protocol::udp, port_protocol::sctp})
    if (text == word_of(each))
      return each;
  throw std::runtime_error{"no protocol: " + text};
}

/// "10.244.1.2|8080|local|ending".
service_endpoint read_endpoint(const std::string& text) {
  const auto parts = split(text, '|');
  service_endpoint out;
  out.address = must(ip_address::parse(parts.at(0)));
  out.port = static_cast<std::uint16_t>(std::stoi(parts.at(1)));
  for (std::size_t i = 2; i < parts.size(); ++i) {
    out.local = out.local || parts[i] == "local";
    out.elsewhere = out.elsewhere || parts[i] == "elsewhere";
    if (parts[i] == "ending" || parts[i] == "broken")
      out.ready = false;
    out.terminating = out.terminating || parts[i] == "ending";
    out.serving = out.serving && parts[i] != "broken";
  }
  return out;
}

/// "default/web tcp 80 cluster=10.96.0.10 node_port=30080 to 10.244.1.2|80 …"
service_port read_service(const std::string& line) {
  std::istringstream in{line};
  service_port out;
  std::string protocol;
  in >> out.service >> protocol >> out.port;
  out.protocol = read_protocol(protocol);
  bool endpoints = false;
  for (std::string word; in >> word;) {
    const auto equals = word.find('=');
    const auto key = word.substr(0, equals);
    const auto value = word.substr(equals + 1);
    if (endpoints)
      out.endpoints.push_back(read_endpoint(word));
    else if (word == "to")
      endpoints = true;
    else if (key == "cluster")
      out.cluster_addresses = read_addresses(value);
    else if (key == "external")
      out.external_addresses = read_addresses(value);
    else if (key == "balancer")
      out.balancer_addresses = read_addresses(value);
    else if (key == "clients")
      out.balancer_clients = {must(ip_prefix::parse(value))};
    else if (key == "node_port")
      out.node_port = static_cast<std::uint16_t>(std::stoi(value));
    else if (key == "affinity")
      out.affinity_seconds = std::stoi(value);
    else if (key == "inside")
      out.internal_policy = read_policy(value);
    else if (key == "outside")
      out.external_policy = read_policy(value);
    else
      throw std::runtime_error{"what is " + word + "?"};
  }
  return out;
}

std::string print(const ruleset& rules) {
  std::string out;
  for (const auto& [name, set] : rules.sets) {
    out += name + ": " + set.declaration + '\n';
    for (const auto& [key, verdict] : set.elements)
      out += "  " + key + (verdict.empty() ? "" : " : " + verdict) + '\n';
  }
  for (const auto& [name, chain] : rules.chains) {
    out += name + (chain.hook.empty() ? "" : ": " + chain.hook) + '\n';
    for (const auto& rule : chain.rules)
      out += "  " + rule + '\n';
  }
  return out;
}

/// What is there beyond a table without services.
ruleset without(ruleset rules, const ruleset& fixed) {
  std::erase_if(rules.chains, [&](const auto& it) {
    return fixed.chains.contains(it.first);
  });
  std::erase_if(rules.sets, [](const auto& it) {
    return it.second.elements.empty()
           && it.second.declaration.find("timeout") == std::string::npos;
  });
  return rules;
}

class script {
public:
  script() {
    config_.bridge = "troupe0";
    config_.pod_cidrs = {must(ip_prefix::parse("10.244.1.0/24"))};
    config_.pod_ranges = {must(ip_prefix::parse("10.244.0.0/16"))};
    config_.service_ranges = {must(ip_prefix::parse("10.96.0.0/12"))};
  }

  std::string run(const test::script_command& command) {
    if (command.name == "config")
      return configure(command);
    std::vector<service_port> services;
    for (const auto& line : split(command.input, '\n'))
      services.push_back(read_service(line));
    const auto before =
        std::exchange(now_, make_service_rules(config_, services));
    if (command.name == "services")
      return print(without(now_, make_service_rules(config_, {})));
    if (command.name == "table")
      return print(now_);
    if (command.name == "rewrite")
      return rewrite(now_, "inet t");
    if (command.name == "change")
      return print(change(before, now_, "inet t"));
    throw std::runtime_error{"what is " + command.name + "?"};
  }

private:
  static std::string print(const ruleset& rules) { return ::print(rules); }

  static std::string print(const ruleset_change& step) {
    auto out = step.commands;
    for (const auto& chain : step.leftovers)
      out += "then: " + chain + '\n';
    return out.empty() ? "nothing" : out;
  }

  std::string configure(const test::script_command& command) {
    for (const auto& part : split(command.option("pods"), ','))
      config_.pod_cidrs.push_back(must(ip_prefix::parse(part)));
    for (const auto& part : split(command.option("services"), ','))
      config_.service_ranges.push_back(must(ip_prefix::parse(part)));
    config_.bridge_is_filtered = command.option("bridge") != "unfiltered";
    return "ok";
  }

  service_rules_config config_;
  ruleset now_;
};

} // namespace

TEST_CASE("services become rules") {
  for (auto& file : test::scripts_in(TROUPE_TEST_DATA "/network/services")) {
    script one;
    for (auto& difference : test::run_script(
             file, [&](const auto& command) { return one.run(command); }))
      FAIL_CHECK(difference);
  }
}

TEST_CASE("what a table declares is read from what the filter prints") {
  const auto read = must(read_declarations(R"({"nftables":[{"metainfo":{}},
    {"table":{"name":"t"}},
    {"map":{"name":"m","type":["ipv4_addr","inet_proto"],"map":"verdict",
            "elem":[[{"concat":["10.0.0.1","tcp"]},{"drop":null}]]}},
    {"set":{"name":"s","type":"ipv4_addr"}},
    {"set":{"name":"a/b","type":"ipv6_addr","size":65535,"timeout":60,
            "flags":["timeout","dynamic"],"elem":["::1"]}},
    {"chain":{"name":"output","type":"nat","hook":"output","prio":-100,
              "policy":"accept"}},
    {"chain":{"name":"other"}},
    {"rule":{"chain":"other","expr":[]}}]})"));
  CHECK(print(read)
        == "a/b: set { type ipv6_addr; flags dynamic,timeout; timeout 60s; }\n"
           "m: map { type ipv4_addr . inet_proto : verdict; }\n"
           "s: set { type ipv4_addr; }\n"
           "other\n"
           "output: type nat hook output priority -100\n");
  CHECK(empty(read, "inet t")
        == "flush table inet t\nflush map inet t m\nflush set inet t s\n");
  for (const auto* text :
       {"", "{}", "[]", R"({"nftables":{}})", R"({"nftables":[{"set":{}}]})",
        R"({"nftables":[{"set":{"name":"s"}}]})",
        R"({"nftables":[{"chain":{}}]})"})
    CHECK(read_declarations(text).error().code == errc::corrupt);
}
