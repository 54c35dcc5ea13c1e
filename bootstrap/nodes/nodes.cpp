#include "bootstrap/nodes/nodes.hpp"

#include "bootstrap/bus/identities.hpp"
#include "bootstrap/bus/server_config.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/material.hpp"
#include "node/cgroup/cgroup_manager.hpp"
#include "node/lab/lab.hpp"
#include "node/lab/uplink.hpp"
#include "node/sys/memory_mount.hpp"

#include <algorithm>
#include <filesystem>

namespace troupe::nodes {

namespace {

/// A container's processes are killed, so this is the kernel's time alone.
constexpr duration kill_patience = std::chrono::seconds{20};

constexpr auto clock_slack = std::chrono::minutes{5};
constexpr auto certificate_lifetime = std::chrono::hours{24 * 365};

result<lab::lab_plan> plan_lab(const cluster::cluster_record& about,
                               const cluster::layout& files) {
  lab::lab_config config;
  config.directory = files.run();
  config.servers = about.servers;
  config.nodes = about.nodes;
  config.private_ranges = private_ranges();
  if (about.uplink)
    config.uplink = lab::uplink_link_name(about.uid);
  return lab::make_lab_plan(config);
}

/// The authority of the bus is made once: new keys would shut out everybody.
result<bus::authority> prepare_authority(const cluster::cluster_record& about,
                                         const cluster::layout& files,
                                         wall_time now) {
  const auto path = files.bus() + "/authority.json";
  auto text = cluster::read_file(path);
  if (text)
    return bus::parse_authority(*text);
  if (text.error().code != errc::not_found)
    return text.error();
  auto made = bus::make_authority(about.uid, now);
  if (auto saved = cluster::write_file(path, bus::to_json(made)); !saved)
    return saved.error();
  return made;
}

status_result prepare_credentials(const bus::authority& by,
                                  const cluster::cluster_record& about,
                                  const cluster::layout& files,
                                  const bus_peer& who, wall_time now) {
  auto text = bus::issue_credentials(by, about.uid, who, now);
  if (!text)
    return text.error();
  return cluster::write_file(credentials_file(files, who.role, who.name),
                             *text);
}

/// Its routes to the other servers' parts of the bus are connections in both
/// directions, so it is a client, too.
status_result prepare_certificate(const cluster::layout& files,
                                  const std::string& server,
                                  const ip_address& address, wall_time now) {
  auto authority = cluster::load_authority(files);
  if (!authority)
    return authority.error();
  pki::certificate_request request;
  request.subject.common_name = "troupe-bus";
  request.usage = pki::usage::server_and_client;
  request.ip_addresses = {address.to_string()};
  request.not_before = now - clock_slack;
  request.not_after = now + certificate_lifetime;
  auto made = pki::issue(*authority, request);
  if (!made)
    return made.error();
  if (auto saved =
          cluster::write_file(files.bus_key(server), made->private_key);
      !saved)
    return saved;
  return cluster::write_file(files.bus_certificate(server), made->certificate);
}

result<std::vector<std::string>>
addresses_of_others(const cluster::cluster_record& about,
                    const cluster::layout& files, const std::string& server) {
  std::vector<std::string> out;
  for (const auto& other : cluster::server_names(about)) {
    if (other == server)
      continue;
    auto address = member_address(about, files, other);
    if (!address)
      return address.error();
    out.push_back(address->to_string());
  }
  return out;
}

status_result prepare_config(const bus::authority& by,
                             const cluster::cluster_record& about,
                             const cluster::layout& files,
                             const std::string& server,
                             const ip_address& address) {
  bus::server_config config;
  config.name = server;
  config.address = address.to_string();
  config.port = bus_port;
  config.certificate_file = files.bus_certificate(server);
  config.private_key_file = files.bus_key(server);
  config.authority_file = files.pki() + "/ca.crt";
  config.pid_file = files.run() + "/nats-server-" + server + ".pid";
  config.log_file = files.bus_log(server);
  auto others = addresses_of_others(about, files, server);
  if (!others)
    return others.error();
  config.cluster_name = about.uid;
  config.route_port = bus_route_port;
  for (const auto& other : *others)
    config.routes.push_back({other, bus_route_port});
  auto text = bus::server_config_text(config, by);
  if (!text)
    return text.error();
  return cluster::write_file(files.bus_config(server), *text);
}

/// What the nats-server beside `server` and the server itself need.
status_result prepare_server(const bus::authority& by,
                             const cluster::cluster_record& about,
                             const cluster::layout& files,
                             const std::string& server, wall_time now) {
  auto address = member_address(about, files, server);
  if (!address)
    return address.error();
  if (auto ok = prepare_certificate(files, server, *address, now); !ok)
    return ok;
  if (auto ok = prepare_config(by, about, files, server, *address); !ok)
    return ok;
  return prepare_credentials(by, about, files, {"server", server}, now);
}

status_result prepare_bus(const cluster::cluster_record& about,
                          const cluster::layout& files, wall_time now) {
  if (auto made = cluster::make_directory(files.bus()); !made)
    return made.error();
  auto authority = prepare_authority(about, files, now);
  if (!authority)
    return authority.error();
  for (const auto& server : cluster::server_names(about))
    if (auto ok = prepare_server(*authority, about, files, server, now); !ok)
      return ok;
  for (const auto& node : cluster::node_names(about))
    if (auto ok =
            prepare_credentials(*authority, about, files, {"node", node}, now);
        !ok)
      return ok;
  return unit{};
}

/// Nodes leave nothing outside the cluster's directory without it: it is made
/// first and removed last.
bool were_here(const cluster::layout& files) {
  std::error_code ignored;
  return std::filesystem::exists(files.run() + "/netns", ignored);
}

status_result end_containers(const std::string& base) {
  auto groups = cgroup::open_cgroup_manager({.base = base});
  if (!groups)
    return groups.error();
  if (auto killed = (*groups)->kill("", kill_patience); !killed)
    return killed;
  return (*groups)->remove("", kill_patience);
}

} // namespace

ip_prefix pod_range() {
  return *ip_prefix::parse("10.244.0.0/16");
}

ip_prefix service_range() {
  return *ip_prefix::parse("10.96.0.0/12");
}

ip_address dns_address() {
  constexpr std::uint64_t place = 10;
  return *service_range().at(place);
}

std::vector<ip_prefix> private_ranges() {
  return {pod_range(), service_range()};
}

result<std::vector<std::string>> bus_urls(const cluster::cluster_record& about,
                                          const cluster::layout& files,
                                          const std::string& first) {
  auto names = cluster::server_names(about);
  std::ranges::stable_partition(
      names, [&](const auto& name) { return name == first; });
  std::vector<std::string> out;
  for (const auto& name : names) {
    auto address = member_address(about, files, name);
    if (!address)
      return address.error();
    out.push_back("tls://" + address->to_string() + ":"
                  + std::to_string(bus_port));
  }
  return out;
}

result<std::vector<ip_address>>
api_addresses(const cluster::cluster_record& about,
              const cluster::layout& files) {
  std::vector<ip_address> out;
  if (!cluster::has_lab(about))
    return out;
  for (const auto& name : cluster::server_names(about)) {
    auto address = member_address(about, files, name);
    if (!address)
      return address.error();
    out.push_back(*address);
  }
  return out;
}

result<ip_address> member_address(const cluster::cluster_record& about,
                                  const cluster::layout& files,
                                  const std::string& name) {
  auto plan = plan_lab(about, files);
  if (!plan)
    return plan.error();
  const auto* found = plan->find(name);
  if (found == nullptr)
    return error{errc::not_found, "the lab has no " + name};
  return found->address;
}

std::string credentials_file(const cluster::layout& files,
                             const std::string& role, const std::string& name) {
  return files.bus() + "/" + role + "-" + name + ".creds";
}

std::string cgroup_base(const cluster::cluster_record& about) {
  return "troupe/" + about.uid;
}

std::string cgroup_base(const cluster::cluster_record& about,
                        const std::string& node) {
  return cgroup_base(about) + "/" + node;
}

status_result check_uplink(const cluster::cluster_record& about,
                           const cluster::layout& files) {
  auto wanted = about;
  wanted.uplink = true;
  const auto plan = plan_lab(wanted, files);
  if (!plan)
    return plan.error();
  return lab::check_uplink(*plan->uplink);
}

status_result prepare(const cluster::cluster_record& about,
                      const cluster::layout& files, wall_time now) {
  if (!cluster::has_lab(about))
    return unit{};
  for (const auto& node : cluster::node_names(about))
    if (auto made = cluster::make_directory(files.state_of(node)); !made)
      return made.error();
  if (auto made = cluster::make_directory(files.images()); !made)
    return made.error();
  auto plan = plan_lab(about, files);
  if (!plan)
    return plan.error();
  if (auto built = lab::build_lab(*plan); !built)
    return built;
  return prepare_bus(about, files, now);
}

status_result remove_traces(const cluster::layout& files,
                            const cluster::cluster_record& about) {
  if (!were_here(files))
    return unit{};
  if (auto ended = end_containers(cgroup_base(about)); !ended)
    return ended;
  if (auto gone = sys::unmount_below(files.state()); !gone)
    return gone;
  return lab::destroy_lab(files.run());
}

} // namespace troupe::nodes
