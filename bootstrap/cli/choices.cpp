#include "bootstrap/cli/choices.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/kubeconfig_file.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/process/process_plan.hpp"
#include "node/image/image_service.hpp"

namespace troupe::cli {

namespace {

/// What leads to a port of the nodes; a published port that was any free one
/// the last time is tried first.
std::vector<cluster::published_port>
wanted_ports(const up_options& options, const cluster::cluster_record& record) {
  if (options.publish.empty())
    return record.published;
  std::vector<cluster::published_port> out;
  for (const auto& each : options.publish)
    if (const auto pair = parse_publish(each); pair)
      out.push_back({pair->port, pair->node_port});
  for (auto& each : out)
    for (const auto& before : record.published)
      if (each.port == 0 && each.node_port == before.node_port)
        each.port = before.port;
  return out;
}

/// The file must be there, for a mistake shows at the first pull only. Its path
/// becomes absolute, for agents run elsewhere.
result<std::string> open_authority(const std::string& option) {
  const auto equals = option.find('=');
  auto path = cluster::resolve_path(option.substr(equals + 1));
  if (!path)
    return path.error();
  const auto text = cluster::read_file(*path);
  if (!text)
    return error{text.error().code, "--registry-ca " + text.error().message};
  if (text->find("-----BEGIN CERTIFICATE-----") == text->npos)
    return error{errc::invalid_argument,
                 "--registry-ca " + *path + " holds no certificate (PEM)"};
  return option.substr(0, equals + 1) + *path;
}

/// What the agents would stumble over at their start is told here.
status_result check_registries(const cluster::cluster_record& record) {
  image::mirror_map mirrors;
  for (const auto& each : record.registry_mirrors)
    if (auto good = image::add_mirror(mirrors, each); !good)
      return good;
  image::authority_map authorities;
  for (const auto& each : record.registry_authorities)
    if (auto good = image::add_authority(authorities, each); !good)
      return good;
  return unit{};
}

status_result choose_images(const up_options& options,
                            cluster::cluster_record& record) {
  if (!options.registry_mirrors.empty())
    record.registry_mirrors = options.registry_mirrors;
  std::vector<std::string> authorities;
  for (const auto& option : options.registry_authorities) {
    auto opened = open_authority(option);
    if (!opened)
      return opened.error();
    authorities.push_back(std::move(*opened));
  }
  if (!authorities.empty())
    record.registry_authorities = std::move(authorities);
  if (auto good = check_registries(record); !good)
    return good;
  record.image_gc_high = options.image_gc_high.value_or(record.image_gc_high);
  record.image_gc_low = options.image_gc_low.value_or(record.image_gc_low);
  if (record.image_gc_low > record.image_gc_high)
    return error{errc::invalid_argument,
                 "--image-gc-low-threshold "
                     + std::to_string(record.image_gc_low)
                     + " must not be above --image-gc-high-threshold "
                     + std::to_string(record.image_gc_high)};
  return unit{};
}

unsigned seconds_of(std::optional<duration> chosen, unsigned before) {
  if (!chosen)
    return before;
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(*chosen);
  return static_cast<unsigned>(seconds.count());
}

/// A node that renews in time must not be given up.
status_result choose_times(const node_time_options& options,
                           cluster::node_times& times) {
  times.monitor_grace = seconds_of(options.monitor_grace, times.monitor_grace);
  times.lease = seconds_of(options.lease, times.lease);
  times.not_ready_toleration =
      options.not_ready_toleration.value_or(times.not_ready_toleration);
  times.unreachable_toleration =
      options.unreachable_toleration.value_or(times.unreachable_toleration);
  if (times.monitor_grace > times.lease / 2)
    return unit{};
  return error{errc::invalid_argument,
               "--node-monitor-grace-period "
                   + std::to_string(times.monitor_grace)
                   + "s must be longer than half of --node-lease-duration "
                   + std::to_string(times.lease)
                   + "s: a node renews its lease four times within that"};
}

/// The members of a state are chosen with it.
status_result choose_servers(const up_options& options, bool first,
                             cluster::cluster_record& record) {
  const auto wanted = options.servers.value_or(record.servers);
  if (first || wanted == record.servers) {
    record.servers = wanted;
    return unit{};
  }
  const auto count = std::to_string(record.servers)
                     + (record.servers == 1 ? " server" : " servers");
  return error{errc::conflict,
               "--servers " + std::to_string(wanted) + ": the cluster has "
                   + count
                   + ", and that cannot be changed yet: make another "
                     "one with --name, or remove this one with 'troupe down"
                   + choice_flags(options.cluster) + "'"};
}

/// What was asked for, else what was remembered, goes into the record.
status_result choose_nodes(const up_options& options, bool first,
                           cluster::cluster_record& record) {
  const bool root = cluster::this_user().root;
  record.nodes = options.nodes.value_or(first ? (root ? 1 : 0) : record.nodes);
  if (auto chosen = choose_images(options, record); !chosen)
    return chosen;
  record.published = wanted_ports(options, record);
  if (record.nodes == 0 && !record.published.empty())
    return error{errc::invalid_argument,
                 "--publish needs nodes: give --nodes 1 or more, or --publish "
                 "none"};
  if (auto chosen = choose_times(options.node_times, record.node_times);
      !chosen)
    return chosen;
  if (!cluster::has_lab(record))
    return unit{};
  if (!root)
    return error{errc::invalid_argument,
                 record.servers > 1
                     ? "only root can run several servers: try again with "
                       "--servers 1 --nodes 0"
                     : "only root can run nodes: try again with --nodes 0"};
  if (process::find_program(process::bus_program).empty())
    return error{errc::unavailable,
                 "nodes and several servers need the program nats-server "
                 "(Debian's package of that name), which is nowhere on the "
                 "PATH"};
  return unit{};
}

/// Asked for, it must be possible; else it is there where it is. Why there is
/// none, where somebody may wonder, goes into `remark`.
status_result choose_uplink(const up_options& options, bool first,
                            const cluster::layout& files,
                            cluster::cluster_record& record,
                            std::string& remark) {
  record.uplink = options.uplink.value_or(first || record.uplink);
  const bool asked = options.uplink.has_value() || !first;
  if (!record.uplink || record.nodes == 0) {
    if (record.uplink && options.uplink)
      return error{errc::invalid_argument,
                   "--uplink auto needs nodes: give --nodes 1 or more, or "
                   "--uplink none"};
    record.uplink = false;
    return unit{};
  }
  auto possible = nodes::check_uplink(record, files);
  if (possible)
    return unit{};
  if (asked)
    return error{possible.error().code,
                 "--uplink auto: " + possible.error().message
                     + ": mend that, or give --uplink none (nodes then reach "
                       "nothing outside)"};
  record.uplink = false;
  if (possible.error().code != errc::not_found)
    remark = "nodes reach nothing outside, as with --uplink none: "
             + possible.error().message;
  return unit{};
}

} // namespace

status_result choose(const up_options& options, const cluster::layout& files,
                     bool first, cluster::cluster_record& record,
                     std::string& remark) {
  if (auto chosen = choose_servers(options, first, record); !chosen)
    return chosen;
  if (auto chosen = choose_nodes(options, first, record); !chosen)
    return chosen;
  return choose_uplink(options, first, files, record, remark);
}

status_result check_running(const up_options& options,
                            const cluster::cluster_record& record) {
  auto wanted = record;
  if (auto chosen = choose_servers(options, false, wanted); !chosen)
    return chosen;
  if (auto chosen = choose_images(options, wanted); !chosen)
    return chosen;
  if (auto chosen = choose_times(options.node_times, wanted.node_times);
      !chosen)
    return chosen;
  wanted.nodes = options.nodes.value_or(record.nodes);
  if (options.port.value_or(0) != 0)
    wanted.port = *options.port;
  wanted.published = wanted_ports(options, record);
  wanted.uplink = options.uplink.value_or(record.uplink);
  const std::pair<const char*, bool> flags[] = {
      {"--uplink", wanted.uplink != record.uplink},
      {"--publish", wanted.published != record.published},
      {"--port", wanted.port != record.port},
      {"--nodes", wanted.nodes != record.nodes},
      {"--registry-mirror", wanted.registry_mirrors != record.registry_mirrors},
      {"--registry-ca",
       wanted.registry_authorities != record.registry_authorities},
      {"--image-gc-high-threshold",
       wanted.image_gc_high != record.image_gc_high},
      {"--image-gc-low-threshold", wanted.image_gc_low != record.image_gc_low},
      {"--node-monitor-grace-period",
       wanted.node_times.monitor_grace != record.node_times.monitor_grace},
      {"--node-lease-duration",
       wanted.node_times.lease != record.node_times.lease},
      {"--default-not-ready-toleration-seconds",
       wanted.node_times.not_ready_toleration
           != record.node_times.not_ready_toleration},
      {"--default-unreachable-toleration-seconds",
       wanted.node_times.unreachable_toleration
           != record.node_times.unreachable_toleration},
  };
  for (const auto& [flag, differs] : flags)
    if (differs)
      return error{errc::conflict,
                   "the cluster runs with another " + std::string{flag}
                       + ": to change that, stop it first with 'troupe down "
                         "--keep-state"
                       + choice_flags(options.cluster) + "'"};
  return unit{};
}

} // namespace troupe::cli
