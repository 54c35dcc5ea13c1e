#include "bootstrap/process/process_plan.hpp"

#include "node/lab/lab_plan.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdlib>

namespace troupe::process {

namespace {

constexpr const char* system_path = ":/usr/local/sbin:/usr/sbin:/sbin:/usr/bin";

/// Each ends with the supervisor, whatever ends that.
child_spec describe(const cluster::layout& files, const std::string& name) {
  child_spec out;
  out.program = this_program;
  out.log_file = files.log_of(name);
  out.parent_death_signal = SIGKILL;
  return out;
}

kept_process plan_bus(const cluster::cluster_record& about,
                      const cluster::layout& files, const std::string& server) {
  const auto name = cluster::bus_name(about, server);
  auto child = describe(files, name);
  child.program = find_program(bus_program);
  child.arguments = {bus_program, "-c", files.bus_config(server)};
  child.network_namespace = lab::member_netns_path(files.run(), server);
  // It has a log of its own beside what it says while it starts.
  return {name, "bus", std::move(child), {files.bus_log(server), SIGUSR1}};
}

/// Each gets the one socket of the API: a connection is served by whoever takes
/// it first.
kept_process plan_server(const cluster::cluster_record& about,
                         const cluster::layout& files,
                         const std::string& server,
                         const shared_descriptors& with) {
  auto child = describe(files, server);
  child.arguments = {"troupe",      "server",     "--cluster-dir",
                     files.root(),  "--member",   server,
                     "--listen-fd", "3",          "--lifeline-fd",
                     "4",           "--log-file", child.log_file};
  child.descriptors = {{with.listen, 3}, {with.lifeline, 4}};
  if (cluster::has_lab(about))
    child.network_namespace = lab::member_netns_path(files.run(), server);
  return {server, "server", child, {child.log_file, SIGHUP}};
}

kept_process plan_agent(const std::string& node, const cluster::layout& files,
                        const shared_descriptors& with) {
  auto child = describe(files, node);
  child.arguments = {"troupe",     "agent",       "--cluster-dir", files.root(),
                     "--node",     node,          "--lifeline-fd", "3",
                     "--log-file", child.log_file};
  child.descriptors = {{with.lifeline, 3}};
  child.network_namespace = lab::member_netns_path(files.run(), node);
  return {node, "agent", child, {child.log_file, SIGHUP}};
}

/// It lives where the nodes can be reached, which is so whether the server
/// there runs or not.
kept_process plan_publisher(const cluster::layout& files,
                            const std::string& server,
                            const shared_descriptors& with) {
  auto child = describe(files, "publisher");
  child.arguments = {
      "troupe",        "publisher",   "--cluster-dir", files.root(),
      "--lifeline-fd", "3",           "--first-fd",    "4",
      "--log-file",    child.log_file};
  child.descriptors = {{with.lifeline, 3}};
  for (int place = 4; int socket : with.published)
    child.descriptors.emplace_back(socket, place++);
  child.network_namespace = lab::member_netns_path(files.run(), server);
  return {"publisher", "publisher", child, {child.log_file, SIGHUP}};
}

} // namespace

std::string find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  const auto directories = (path ? std::string{path} : "") + system_path + ":";
  for (std::size_t from = 0; from < directories.size();) {
    const auto to = directories.find(':', from);
    const auto file = directories.substr(from, to - from) + "/" + name;
    if (file.front() == '/' && access(file.c_str(), X_OK) == 0)
      return file;
    from = to + 1;
  }
  return {};
}

std::vector<kept_process> plan_processes(const cluster::cluster_record& about,
                                         const cluster::layout& files,
                                         const shared_descriptors& with) {
  std::vector<kept_process> out;
  const auto servers = cluster::server_names(about);
  if (cluster::has_lab(about))
    for (const auto& server : servers)
      out.push_back(plan_bus(about, files, server));
  for (const auto& server : servers)
    out.push_back(plan_server(about, files, server, with));
  if (!about.published.empty())
    out.push_back(plan_publisher(files, servers.front(), with));
  for (const auto& node : cluster::node_names(about))
    out.push_back(plan_agent(node, files, with));
  return out;
}

} // namespace troupe::process
