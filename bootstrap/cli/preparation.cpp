#include "bootstrap/cli/preparation.hpp"

#include "bootstrap/cli/choices.hpp"
#include "bootstrap/cli/observe.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/kubeconfig_file.hpp"
#include "bootstrap/cluster/material.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "bootstrap/process/lock_file.hpp"
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
                               const cluster::cluster_record& record) {
  for (const auto& path :
       {files.run(), files.logs(), files.state(), files.pki()})
    if (auto made = cluster::make_directory(path); !made)
      return made.error();
  for (const auto& server : cluster::server_names(record))
    if (auto made = cluster::make_directory(files.state_of(server)); !made)
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
  std::string remark;
  if (auto chosen = choose(options, files, !before, record, remark); !chosen)
    return chosen.error();
  auto socket = open_port(options, record.port);
  if (!socket)
    return socket.error();
  record.port = socket->port;
  auto published = open_published(record);
  if (!published)
    return published.error();
  if (auto made = make_directories(files, record); !made)
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
  return prepared_cluster{std::move(*shared),
                          {},
                          std::move(socket->fd),
                          std::move(*published),
                          std::move(remark)};
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
    return error{made.error().code,
                 "cannot make the cluster's directory: " + made.error().message
                     + " (--dir chooses another place)"};
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
