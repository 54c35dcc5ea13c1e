#include "bootstrap/cli/ready.hpp"

#include "bootstrap/cli/foreground.hpp"
#include "bootstrap/cli/observe.hpp"
#include "bootstrap/client/readiness.hpp"
#include "bootstrap/cluster/files.hpp"
#include "bootstrap/cluster/material.hpp"
#include "bootstrap/config/duration_text.hpp"
#include "bootstrap/inspect/inspection_client.hpp"
#include "runtime/base/clock.hpp"

#include <algorithm>

namespace troupe::cli {

namespace {

constexpr duration attempt_max = std::chrono::seconds{1};
constexpr duration progress_every = std::chrono::seconds{3};

/// How long `up` waits for the servers that a cluster can do without.
constexpr duration others_patience = std::chrono::seconds{5};

result<client::api_access> find_access(const cluster::layout& files,
                                       const cluster::cluster_record& record) {
  auto found = cluster::load_admin_material(files);
  if (!found)
    return found.error();
  return client::api_access{record.port, found->authority.certificate,
                            found->admin.certificate, found->admin.private_key};
}

std::string last_lines(const std::string& path) {
  auto text = cluster::read_tail(path, 1500);
  if (const auto cut = text.find('\n'); text.size() >= 1500)
    text.erase(0, cut + 1);
  return text.empty() ? std::string{} : "\nIts last lines:\n" + text;
}

/// What is missing, and the log of whom it is missing from.
struct lack {
  std::string what;
  std::string log;
};

error describe(const lack& it) {
  return {errc::unavailable,
          it.what + "\nSee " + it.log + "." + last_lines(it.log)};
}

/// Why a node is not ready, as far as its agent's process tells, else since
/// when that runs.
result<wall_time> find_agent_start(const process::run_record& run,
                                   const std::string& node) {
  const auto* agent = run.find(node);
  const auto up = agent != nullptr && agent->running
                      ? process::uptime(*agent->running)
                      : std::nullopt;
  if (up)
    return wall_now() - *up;
  const auto ended = agent != nullptr && !agent->last_end.empty();
  return error{errc::unavailable,
               ended ? "its agent does not run (" + agent->last_end + ")"
                     : "its agent has not been started"};
}

/// What keeps one of all the nodes there are to be from being ready. What the
/// state knows of an earlier agent, the cluster's last run included, does not
/// count.
std::optional<lack> find_missing_node(const client::api_access& access,
                                      const cluster::layout& files,
                                      const cluster::cluster_record& record,
                                      duration timeout) {
  const auto seen = observe(files);
  if (!seen || !seen->run)
    return lack{seen ? "the cluster's supervisor has not begun"
                     : seen.error().message,
                files.log_of("supervisor")};
  const auto reports = client::read_node_reports(access, timeout);
  if (!reports)
    return lack{reports.error().message,
                files.log_of(cluster::server_names(record).front())};
  for (const auto& name : cluster::node_names(record)) {
    const auto since = find_agent_start(*seen->run, name);
    const auto problem = since
                             ? client::find_node_problem(*reports, name, *since)
                             : since.error().message;
    if (!problem.empty())
      return lack{"node " + name + " is not ready: " + problem,
                  files.log_of(name)};
  }
  return std::nullopt;
}

/// A server that ends again and again says why in its log only.
lack describe_server(const cluster::layout& files,
                     const cluster::cluster_record& record,
                     const error& unready) {
  const auto seen = observe(files);
  const auto names = cluster::server_names(record);
  for (const auto& name : names) {
    const auto* server = seen && seen->run ? seen->run->find(name) : nullptr;
    if (server != nullptr && !server->running && !server->last_end.empty())
      return {"server " + name + " does not run (" + server->last_end + ")",
              files.log_of(name)};
  }
  return {unready.message, files.log_of(names.front())};
}

/// A server that ended a moment ago may do so again.
constexpr duration steady_after = std::chrono::seconds{1};

/// What keeps one of several servers from taking part. The others may well be
/// ready without it.
std::optional<lack> find_missing_server(const cluster::layout& files,
                                        const cluster::cluster_record& record) {
  const auto seen = observe(files);
  for (const auto& name : cluster::server_names(record)) {
    const auto* server = seen && seen->run ? seen->run->find(name) : nullptr;
    const auto up = server != nullptr && server->running
                        ? process::uptime(*server->running)
                        : std::nullopt;
    const bool ended = server != nullptr && !server->last_end.empty();
    if (!up || (ended && *up < steady_after))
      return lack{"server " + name + " does not run"
                      + (ended ? " (" + server->last_end + ")" : ""),
                  files.log_of(name)};
    if (auto actors = inspect::list_actors(files.run(), name, attempt_max);
        !actors)
      return lack{actors.error().message, files.log_of(name)};
  }
  return std::nullopt;
}

/// The cluster is ready; gives those servers that are not a moment, and says so
/// when one needs longer.
void await_servers(const cluster::layout& files,
                   const cluster::cluster_record& record, std::ostream& err) {
  if (record.servers == 1)
    return;
  const auto deadline = mono_now() + others_patience;
  auto missing = find_missing_server(files, record);
  while (missing && mono_now() < deadline && !interrupted()) {
    pause();
    missing = find_missing_server(files, record);
  }
  if (missing)
    err << "troupe: the cluster is ready, but not all of it: "
        << describe(*missing).message << std::endl;
}

/// What keeps the API, or one of the nodes, from being ready.
std::optional<lack> find_lack(const client::api_access& access,
                              const cluster::layout& files,
                              const cluster::cluster_record& record,
                              duration timeout) {
  if (auto ready = client::check_ready(access, timeout); !ready)
    return describe_server(files, record, ready.error());
  if (record.nodes == 0)
    return std::nullopt;
  return find_missing_node(access, files, record, timeout);
}

} // namespace

status_result ask_ready(const cluster::layout& files,
                        const cluster::cluster_record& record,
                        duration timeout) {
  auto access = find_access(files, record);
  if (!access)
    return access.error();
  return client::check_ready(*access, timeout);
}

status_result wait_ready(const cluster::layout& files,
                         const cluster::cluster_record& record,
                         const process::identity& supervisor, duration timeout,
                         std::ostream& err) {
  auto access = find_access(files, record);
  if (!access)
    return access.error();
  const auto start = mono_now();
  auto progress_due = start + progress_every;
  for (;;) {
    const auto left = start + timeout - mono_now();
    auto missing =
        find_lack(*access, files, record,
                  std::clamp<duration>(left, std::chrono::milliseconds{100},
                                       attempt_max));
    if (!missing) {
      await_servers(files, record, err);
      return unit{};
    }
    if (interrupted())
      return error{errc::unavailable, "interrupted"};
    if (!process::is_alive(supervisor))
      return describe(
          {"the cluster's supervisor has ended", files.log_of("supervisor")});
    const auto now = mono_now();
    if (now - start >= timeout)
      return describe({"the cluster is not ready after "
                           + describe_duration(timeout) + ": " + missing->what,
                       missing->log});
    if (now >= progress_due) {
      progress_due += progress_every;
      err << "waiting for the cluster (" << describe_duration(now - start)
          << "): " << missing->what << std::endl;
    }
    pause();
  }
}

} // namespace troupe::cli
