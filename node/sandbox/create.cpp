#include "node/sandbox/plan_writer.hpp"
#include "node/sandbox/sandbox_impl.hpp"
#include "node/sandbox/shim_process.hpp"
#include "node/sys/memory_file.hpp"
#include "node/sys/memory_mount.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/packet_socket.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>

namespace troupe::sandbox {

namespace {

constexpr std::size_t hostname_size_max = 64;
constexpr std::size_t sysctls_max = 64;

/// A sysctl's place below /proc/sys; empty when it is none of a namespace's.
std::string sysctl_path(std::string_view name) {
  constexpr std::string_view fronts[] = {"net.", "kernel.shm", "kernel.msg",
                                         "kernel.sem", "fs.mqueue."};
  const bool known =
      std::any_of(std::begin(fronts), std::end(fronts),
                  [&](auto front) { return name.starts_with(front); });
  constexpr std::string_view allowed =
      "abcdefghijklmnopqrstuvwxyz0123456789_-./";
  if (!known || name.size() > 128 || name.find("..") != std::string_view::npos
      || name.find_first_not_of(allowed) != std::string_view::npos)
    return {};
  // "net.ipv4.conf.eth0/1.x": a dot separates, a slash stands for a dot.
  std::string path{name};
  for (auto& c : path)
    c = c == '.' ? '/' : c == '/' ? '.' : c;
  return path.find("..") == std::string::npos ? path : std::string{};
}

status_result validate(const sandbox_spec& spec) {
  if (spec.pod_uid.empty() || spec.pod_uid.size() > 63)
    return error{errc::invalid_argument, "a pod's uid has 1 to 63 octets"};
  if (spec.hostname.size() > hostname_size_max
      || spec.hostname.find('\0') != std::string::npos)
    return error{errc::invalid_argument,
                 "the hostname \"" + spec.hostname + "\" is too long"};
  if (spec.sysctls.size() > sysctls_max)
    return error{errc::too_large, "a pod has more than "
                                      + std::to_string(sysctls_max)
                                      + " sysctls"};
  for (const auto& [name, value] : spec.sysctls)
    if (sysctl_path(name).empty() || value.find('\0') != std::string::npos)
      return error{errc::invalid_argument,
                   "the sysctl \"" + name + "\" is not one of a pod's own"};
  return unit{};
}

bytes setup_plan(const sandbox_spec& spec) {
  plan_writer plan;
  if (!spec.host_network && !spec.hostname.empty())
    plan.add(shim::op::hostname, {}, {spec.hostname});
  for (const auto& [name, value] : spec.sysctls)
    plan.add(shim::op::sysctl, {}, {sysctl_path(name), value});
  return std::move(plan).finish();
}

/// The pod's own /dev/shm, over what an agent left that died on its way.
status_result mount_shm(const sandbox_spec& spec) {
  const auto path = shm_path(spec.directory);
  if (auto gone = sys::unmount_over(path); !gone)
    return gone;
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return sys::os_error("make the directory", path);
  return sys::mount_memory(
      path, {.size = spec.shm_size, .no_exec = true, .name = "shm"});
}

std::uint32_t flags_of(const sandbox_spec& spec) {
  std::uint32_t flags = 0;
  if (spec.host_pid)
    flags |= shim::sandbox_host_pid;
  else if (spec.share_pid)
    flags |= shim::sandbox_share_pid;
  if (!spec.host_ipc)
    flags |= shim::sandbox_new_ipc;
  if (!spec.host_network)
    flags |= shim::sandbox_new_uts | shim::sandbox_has_netns;
  return flags;
}

/// Opens `path`, from `directory` if it is relative, and writes `pid` there.
status_result write_pid(int directory, const std::string& path, pid_t pid) {
  unique_fd file{openat(directory, path.c_str(), O_WRONLY | O_CLOEXEC)};
  char text[16];
  const auto end = std::to_chars(text, text + sizeof(text), pid).ptr;
  if (!file
      || write(file.get(), text, static_cast<std::size_t>(end - text)) < 0)
    return sys::os_error("move the pod's shim into", path);
  return unit{};
}

status_result move_process(const cgroup_spec& group, pid_t pid) {
  for (const auto& path : group.procs_files)
    if (auto moved = write_pid(AT_FDCWD, path, pid); !moved)
      return moved;
  if (!group.directory)
    return unit{};
  return write_pid(group.directory.get(), "cgroup.procs", pid);
}

/// Makes the sandbox's directory, for root alone.
result<unique_fd> make_directory(const std::string& path) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
    return sys::os_error("make the directory", path);
  auto directory = open_directory(path);
  if (directory && fchmod(directory->get(), 0700) != 0)
    return sys::os_error("protect the directory", path);
  return directory;
}

} // namespace

status_result sandbox_impl::set_up(const sandbox_spec& spec, duration timeout) {
  if (auto moved = move_process(spec.shim_cgroup, shim_pid_); !moved)
    return moved;
  const auto plan = sys::make_memory_file("plan", setup_plan(spec), false);
  if (!plan)
    return plan.error();
  std::vector<int> descriptors{plan->get()};
  unique_fd netns;
  if (!spec.host_network) {
    netns.reset(open(spec.netns_path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!netns)
      return sys::os_error("open the network namespace", spec.netns_path);
    descriptors.push_back(netns.get());
  }
  if (!spec.host_ipc)
    if (auto mounted = mount_shm(spec); !mounted)
      return mounted;
  shim::setup_request request = {};
  put(request.pod_uid, spec.pod_uid);
  request.flags = flags_of(spec);
  const auto reply =
      ask(shim::message::setup, view_of(request), descriptors, timeout);
  if (!reply)
    return reply.error();
  pod_uid_ = spec.pod_uid;
  flags_ = request.flags | shim::sandbox_ready;
  return unit{};
}

result<std::unique_ptr<pod_sandbox>>
pod_sandbox::create(sandbox_host& host, const sandbox_spec& spec,
                    event_callback on_event, duration timeout) {
  if (auto valid = validate(spec); !valid)
    return valid.error();
  auto directory = make_directory(spec.directory);
  if (!directory)
    return directory.error();
  auto& own = static_cast<host_impl&>(host);
  auto socket =
      start_shim(own.program(), *directory, spec.ns + "/" + spec.name);
  if (!socket)
    return socket.error();
  auto made = std::make_unique<sandbox_impl>(
      own, std::move(*directory), spec.directory, std::move(on_event));
  auto done = made->connect(std::move(*socket), timeout);
  if (done)
    done = made->set_up(spec, timeout);
  if (!done) {
    made->abandon();
    return error{done.error().code,
                 "failed to create pod sandbox: " + done.error().message};
  }
  made->watch_process();
  return std::unique_ptr<pod_sandbox>{std::move(made)};
}

result<std::unique_ptr<pod_sandbox>>
pod_sandbox::reopen(sandbox_host& host, const std::string& path,
                    event_callback on_event, duration timeout) {
  auto directory = open_directory(path);
  if (!directory)
    return directory.error();
  auto socket = sys::connect_packets(*directory, shim::socket_name);
  auto made = std::make_unique<sandbox_impl>(static_cast<host_impl&>(host),
                                             std::move(*directory), path,
                                             std::move(on_event));
  if (socket) {
    auto done = made->connect(std::move(*socket), timeout);
    if (done && made->is_ready()) {
      made->watch_process();
      return std::unique_ptr<pod_sandbox>{std::move(made)};
    }
    if (!done && done.error().code != errc::unavailable)
      return done.error();
  } else if (socket.error().code != errc::unavailable
             && socket.error().code != errc::not_found) {
    return socket.error();
  }
  if (auto known = made->forsake(); !known)
    return known.error();
  return std::unique_ptr<pod_sandbox>{std::move(made)};
}

} // namespace troupe::sandbox
