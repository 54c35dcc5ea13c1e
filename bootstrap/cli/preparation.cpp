#include "bootstrap/cli/preparation.hpp"

#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/kubeconfig_file.hpp"
#include "bootstrap/cluster/material.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/process/lock_file.hpp"
#include "bootstrap/process/process_plan.hpp"
#include "node/image/image_service.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"

#include <algorithm>
#include <filesystem>

namespace troupe::cli {

namespace {

constexpr duration leftover_patience = std::chrono::seconds{10};

/// A directory of somebody else's is not touched, not even its mode.
status_result check_directory(const cluster::layout& files) {
  std::error_code failed;
  const bool empty = std::filesystem::is_empty(files.root(), failed);
  if (failed == std::errc::no_such_file_or_directory || (!failed && empty))
    return unit{};
  auto seen = observe(files);
  if (!seen)
    return seen.error();
  if (seen->exists)
    return unit{};
  return error{errc::already_exists,
               files.root()
                   + " holds something that is no cluster: choose another "
                     "--name or --dir"};
}

status_result end_leftovers(const cluster::layout& files) {
  auto seen = observe(files);
  if (!seen)
    return seen.error();
  if (auto ended = end_kept_processes(*seen, leftover_patience); !ended)
    return ended.error();
  return cluster::remove_tree(files.run_file());
}

result<std::optional<cluster::cluster_record>>
find_record(const cluster::layout& files) {
  auto found = cluster::load_cluster(files.cluster_file());
  if (found)
    return std::optional{std::move(*found)};
  if (found.error().code != errc::not_found)
    return found.error();
  return std::optional<cluster::cluster_record>{};
}

cluster::cluster_record fresh_record() {
  cluster::cluster_record fresh;
  fresh.uid = cluster::make_uuid(random_id());
  return fresh;
}

error explain(const error& failed, std::uint16_t port) {
  if (failed.code == errc::conflict)
    return {errc::conflict,
            "port " + std::to_string(port)
                + " on 127.0.0.1 is taken by another program: choose another "
                  "with --port (0 picks a free one)"};
  return {failed.code, "cannot listen on " + failed.message
                           + " (the port is chosen with --port)"};
}

/// The port asked for, else the remembered one, else the default. Asked for
/// any, the remembered one is tried first, so that kubeconfigs stay true.
result<process::listening_socket> open_port(const up_options& options,
                                            std::uint16_t remembered) {
  if (options.port == 0) {
    if (remembered != 0)
      if (auto again = process::listen_on_loopback(remembered); again)
        return again;
    return process::listen_on_loopback(0);
  }
  const auto last = remembered != 0 ? remembered : up_options::port_default;
  const auto port = options.port.value_or(last);
  auto opened = process::listen_on_loopback(port);
  if (!opened)
    return explain(opened.error(), port);
  return opened;
}

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

result<std::vector<unique_fd>> open_published(cluster::cluster_record& record) {
  std::vector<unique_fd> out;
  for (auto& each : record.published) {
    auto opened = process::listen_on_loopback(each.port);
    if (!opened)
      return error{opened.error().code,
                   "cannot publish port " + std::to_string(each.port) + ": "
                       + opened.error().message
                       + " (choose another with --publish PORT:"
                       + std::to_string(each.node_port) + ", 0 picks one)"};
    each.port = opened->port;
    out.push_back(std::move(opened->fd));
  }
  return out;
}

status_result make_directories(const cluster::layout& files,
                               const std::string& member) {
  for (const auto& path : {files.run(), files.logs(), files.state(),
                           files.state_of(member), files.pki()})
    if (auto made = cluster::make_directory(path); !made)
      return made.error();
  return unit{};
}

cluster::access describe_access(const std::string& name,
                                const cluster::cluster_record& record,
                                const cluster::material& from) {
  return {cluster::access_name(name), endpoint(record),
          from.authority.certificate, from.admin.certificate,
          from.admin.private_key};
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
  if (record.nodes == 0)
    return unit{};
  if (!root)
    return error{errc::invalid_argument,
                 "only root can run nodes: try again with --nodes 0"};
  if (process::find_program(process::bus_program).empty())
    return error{errc::unavailable,
                 "nodes need the program nats-server (Debian's package of "
                 "that name), which is nowhere on the PATH"};
  return unit{};
}

result<std::vector<std::string>> wanted_files(const up_options& options) {
  std::vector<std::string> out;
  if (!options.kubeconfig.empty()) {
    auto path = cluster::resolve_path(options.kubeconfig);
    if (!path)
      return path.error();
    out.push_back(std::move(*path));
  }
  if (options.merge_kubeconfig) {
    auto path = cluster::user_kubeconfig();
    if (!path)
      return path.error();
    out.push_back(std::move(*path));
  }
  return out;
}

/// Where even logs find no room, nobody could say why nothing starts.
status_result check_space(const cluster::layout& files) {
  constexpr std::uintmax_t mebibyte = 1024 * 1024;
  constexpr std::uintmax_t needed = 32;
  std::error_code failed;
  const auto space = std::filesystem::space(files.root(), failed);
  // A ramfs knows no capacity.
  if (failed || space.capacity == 0 || space.available >= needed * mebibyte)
    return unit{};
  return error{errc::no_space,
               files.root() + ": " + std::to_string(space.available / mebibyte)
                   + " MiB are free on this disk, and a cluster needs "
                   + std::to_string(needed) + " to start"};
}

/// A file that cannot be added to is told before anything is done.
status_result check_files(const up_options& options) {
  auto wanted = wanted_files(options);
  if (!wanted)
    return wanted.error();
  for (const auto& path : *wanted)
    if (auto fit = cluster::check_file(path); !fit)
      return fit;
  return unit{};
}

/// Containers of nodes that are no more would run on; those of others stay.
status_result leave_nodes(const cluster::layout& files,
                          const cluster::cluster_record& before,
                          const cluster::cluster_record& now) {
  if (now.nodes >= before.nodes)
    return unit{};
  return nodes::remove_traces(files, before);
}

/// Everything behind the lock. The record is written before anything outside
/// of the directory is made: whoever comes after an end at any point, `up` or
/// `down`, knows of it.
result<prepared_cluster>
fill(const up_options& options, const cluster::layout& files,
     const std::optional<cluster::cluster_record>& before) {
  if (auto readable = check_files(options); !readable)
    return readable.error();
  if (auto enough = check_space(files); !enough)
    return enough.error();
  if (auto ended = end_leftovers(files); !ended)
    return ended.error();
  auto record = before ? *before : fresh_record();
  if (auto chosen = choose_nodes(options, !before, record); !chosen)
    return chosen.error();
  auto socket = open_port(options, record.port);
  if (!socket)
    return socket.error();
  record.port = socket->port;
  auto published = open_published(record);
  if (!published)
    return published.error();
  if (auto made = make_directories(files, record.member); !made)
    return made.error();
  if (before)
    if (auto left = leave_nodes(files, *before, record); !left)
      return left.error();
  if (auto saved = cluster::save_cluster(files.cluster_file(), record); !saved)
    return saved.error();
  const auto reached = nodes::api_addresses(record, files);
  if (!reached)
    return reached.error();
  auto material = cluster::prepare_material(files, wall_now(), *reached);
  if (!material)
    return material.error();
  if (auto ready = nodes::prepare(record, files, wall_now()); !ready)
    return ready.error();
  const auto access = describe_access(options.cluster.name, record, *material);
  if (auto saved = cluster::write_file(files.kubeconfig(),
                                       cluster::make_kubeconfig(access));
      !saved)
    return saved.error();
  for (const auto& path : record.kubeconfigs)
    if (auto told = cluster::refresh_in_file(path, access); !told)
      return told.error();
  auto shared = share_access(options, files, std::move(record));
  if (!shared)
    return shared.error();
  return prepared_cluster{
      std::move(*shared), {}, std::move(socket->fd), std::move(*published)};
}

/// After a failure: a cluster that was there before is described as it was,
/// of a new one nothing is left.
status_result undo(const cluster::layout& files,
                   const std::optional<cluster::cluster_record>& before) {
  if (before)
    return cluster::save_cluster(files.cluster_file(), *before);
  auto begun = find_record(files);
  if (!begun)
    return begun.error();
  if (*begun)
    if (auto gone = nodes::remove_traces(files, **begun); !gone)
      return gone;
  return cluster::remove_tree(files.root());
}

} // namespace

result<prepared_cluster> prepare_cluster(const up_options& options,
                                         const cluster::layout& files) {
  if (auto ours = check_directory(files); !ours)
    return ours.error();
  const auto base = std::filesystem::path{files.root()}.parent_path();
  std::error_code ignored;
  const bool base_is_new = !std::filesystem::exists(base, ignored);
  if (auto made = cluster::make_directory(files.root()); !made)
    return made.error();
  auto lock = process::take_lock(files.lock_file());
  if (!lock) {
    if (lock.error().code == errc::conflict)
      return error{errc::conflict, ""};
    std::filesystem::remove(files.root(), ignored); // if it is empty
    return lock.error();
  }
  const auto before = find_record(files);
  if (!before)
    return before.error();
  auto filled = fill(options, files, *before);
  if (filled) {
    filled->lock = std::move(*lock);
    return filled;
  }
  if (auto undone = undo(files, *before); !undone)
    return error{filled.error().code,
                 filled.error().message + "\n" + undone.error().message};
  if (base_is_new)
    std::filesystem::remove(base, ignored); // if it is empty
  return filled;
}

status_result check_running(const up_options& options,
                            const cluster::cluster_record& record) {
  auto wanted = record;
  if (auto chosen = choose_images(options, wanted); !chosen)
    return chosen;
  if (auto chosen = choose_times(options.node_times, wanted.node_times);
      !chosen)
    return chosen;
  wanted.nodes = options.nodes.value_or(record.nodes);
  if (options.port.value_or(0) != 0)
    wanted.port = *options.port;
  wanted.published = wanted_ports(options, record);
  const std::pair<const char*, bool> flags[] = {
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

result<cluster::cluster_record> share_access(const up_options& options,
                                             const cluster::layout& files,
                                             cluster::cluster_record record) {
  auto wanted = wanted_files(options);
  if (!wanted)
    return wanted.error();
  if (wanted->empty())
    return record;
  auto material = cluster::load_admin_material(files);
  if (!material)
    return material.error();
  const auto access = describe_access(options.cluster.name, record, *material);
  for (const auto& path : *wanted) {
    if (auto added = cluster::add_to_file(path, access); !added)
      return added.error();
    if (std::ranges::find(record.kubeconfigs, path) == record.kubeconfigs.end()
        && record.kubeconfigs.size() < cluster::kubeconfigs_max)
      record.kubeconfigs.push_back(path);
  }
  if (auto saved = cluster::save_cluster(files.cluster_file(), record); !saved)
    return saved.error();
  return record;
}

} // namespace troupe::cli
