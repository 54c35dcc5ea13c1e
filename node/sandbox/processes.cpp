#include "node/sandbox/capabilities.hpp"
#include "node/sandbox/dev_files.hpp"
#include "node/sandbox/sandbox_impl.hpp"
#include "node/sandbox/seccomp_filter.hpp"
#include "node/sandbox/shim_process.hpp"
#include "node/sys/memory_file.hpp"
#include "node/sys/os_error.hpp"

#include <fcntl.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace troupe::sandbox {

namespace {

error wrong_form() {
  return {errc::corrupt, "the pod's shim answers in a wrong form"};
}

/// The directory of a container's log, made when missing.
result<unique_fd> open_log_directory(const std::string& path) {
  const auto directory = path.substr(0, path.rfind('/') + 1);
  std::error_code failed;
  std::filesystem::create_directories(directory, failed);
  if (failed)
    return error{sys::code_of(failed.value()),
                 "make the directory " + directory + ": " + failed.message()};
  return open_directory(directory);
}

/// A packet's descriptors: some of the caller's, then a plan's.
result<std::vector<int>> join(std::vector<int> own,
                              const std::vector<unique_fd>& plans) {
  if (own.size() + plans.size() > shim::descriptors_max)
    return error{errc::too_large, "a container has too many mounts"};
  for (const auto& each : plans)
    own.push_back(each.get());
  return own;
}

/// A pipe: our end goes into `ours`, the other one is returned.
result<unique_fd> open_pipe(unique_fd& ours, bool we_write) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return sys::os_error("make", "a pipe");
  ours.reset(ends[we_write ? 1 : 0]);
  return unique_fd{ends[we_write ? 0 : 1]};
}

std::uint32_t flags_of(const container_spec& spec) {
  std::uint32_t flags = shim::process_has_devpts;
  flags |= spec.tty ? shim::process_tty : 0;
  flags |= spec.stdin_open ? shim::process_stdin : 0;
  flags |= spec.stdin_open && spec.stdin_once ? shim::process_stdin_once : 0;
  flags |= spec.cgroup.directory ? shim::process_has_cgroup : 0;
  flags |= spec.pids_of ? shim::process_joins_pids : 0;
  return flags;
}

std::uint32_t flags_of(const exec_spec& spec) {
  std::uint32_t flags = spec.cgroup.directory ? shim::process_has_cgroup : 0;
  if (spec.tty)
    return flags | shim::process_tty;
  flags |= spec.stdin_open ? shim::process_stdin : 0;
  flags |= spec.stdout_open ? shim::process_stdout : 0;
  flags |= spec.stderr_open ? shim::process_stderr : 0;
  return flags;
}

/// The shim's ends of the pipes that `flags` ask for, ours in `ours`.
result<std::vector<unique_fd>> open_pipes(std::uint32_t flags,
                                          exec_process& ours) {
  std::vector<unique_fd> theirs;
  const std::pair<std::uint32_t, unique_fd*> wanted[] = {
      {shim::process_stdin, &ours.in},
      {shim::process_stdout, &ours.out},
      {shim::process_stderr, &ours.err}};
  for (const auto& [flag, end] : wanted) {
    if ((flags & flag) == 0)
      continue;
    auto other = open_pipe(*end, flag == shim::process_stdin);
    if (!other)
      return other.error();
    theirs.push_back(std::move(*other));
  }
  return theirs;
}

kernel_version this_kernel() {
  utsname about = {};
  if (uname(&about) != 0)
    return {};
  return parse_kernel_version(about.release).value_or(kernel_version{});
}

} // namespace

result<std::vector<std::uint64_t>>
sandbox_impl::filter_for(const security_spec& security,
                         std::uint64_t capabilities) {
  if (security.privileged || security.seccomp == seccomp_profile::unconfined)
    return std::vector<std::uint64_t>{};
  if (security.seccomp == seccomp_profile::runtime_default)
    return host_.filter(capabilities);
  const auto profile = parse_seccomp_profile(security.seccomp_text);
  auto filter = profile ? profile_filter(*profile, capabilities, this_kernel())
                        : profile.error();
  if (!filter)
    return error{filter.error().code,
                 "seccomp profile: " + filter.error().message};
  return filter;
}

result<container_state> sandbox_impl::start_container(container_spec spec,
                                                      duration timeout) {
  if (auto valid = validate(spec); !valid)
    return valid.error();
  const auto capabilities = capability_mask(spec.security);
  if (!capabilities)
    return capabilities.error();
  const auto filter = filter_for(spec.security, *capabilities);
  if (!filter)
    return filter.error();
  auto log = open_log_directory(spec.log.path);
  if (!log)
    return log.error();
  const auto devpts = make_devpts();
  if (!devpts)
    return devpts.error();
  std::vector<int> own{-1, log->get(), devpts->get()};
  if (spec.cgroup.directory)
    own.push_back(spec.cgroup.directory.get());
  const bool own_shm = (flags_ & shim::sandbox_new_ipc) != 0;
  const plan_context context{host_.cgroups(), *filter, *capabilities,
                             own_shm ? shm_path(path_) : "/dev/shm"};
  auto prepared = prepare_container(spec, context, *devpts, own.size());
  if (!prepared)
    return prepared.error();
  const auto plan = sys::make_memory_file("plan", prepared->plan, false);
  if (!plan)
    return plan.error();
  own[0] = plan->get();
  auto descriptors = join(std::move(own), prepared->descriptors);
  if (!descriptors)
    return descriptors.error();
  if (spec.pids_of)
    descriptors->push_back(spec.pids_of.get());
  shim::start_request request = {};
  put(request.id, spec.id);
  put(request.log_name, spec.log.path.substr(spec.log.path.rfind('/') + 1));
  request.log_size_max = spec.log.size_max;
  request.log_files_max = spec.log.files_max;
  request.flags = flags_of(spec);
  const auto reply =
      ask(shim::message::start, view_of(request), *descriptors, timeout);
  if (!reply) {
    if (reply.error().code == errc::expired)
      static_cast<void>(signal(spec.id, SIGKILL, signal_scope::all, timeout));
    return reply.error();
  }
  const auto started = read_message<shim::start_reply>(reply->body);
  if (!started)
    return wrong_form();
  container_state state;
  state.id = spec.id;
  state.pid = static_cast<pid_t>(started->pid);
  state.started_at = wall_time{duration{started->started_at}};
  state.tty = spec.tty;
  return state;
}

result<exec_process> sandbox_impl::exec(exec_spec spec, duration timeout) {
  if (auto valid = validate(spec); !valid)
    return valid.error();
  const auto capabilities = capability_mask(spec.security);
  if (!capabilities)
    return capabilities.error();
  const auto filter = filter_for(spec.security, *capabilities);
  if (!filter)
    return filter.error();
  shim::exec_request request = {};
  put(request.id, spec.container_id);
  request.flags = flags_of(spec);
  request.columns = spec.columns;
  request.rows = spec.rows;
  exec_process process;
  const auto pipes = open_pipes(request.flags, process);
  if (!pipes)
    return pipes.error();
  std::vector<int> own{-1};
  if (spec.cgroup.directory)
    own.push_back(spec.cgroup.directory.get());
  for (const auto& each : *pipes)
    own.push_back(each.get());
  const plan_context context{host_.cgroups(), *filter, *capabilities, {}};
  const auto prepared = prepare_exec(spec, context, own.size());
  if (!prepared)
    return prepared.error();
  const auto plan = sys::make_memory_file("plan", prepared->plan, false);
  if (!plan)
    return plan.error();
  own[0] = plan->get();
  const auto descriptors = join(std::move(own), prepared->descriptors);
  if (!descriptors)
    return descriptors.error();
  auto reply =
      ask(shim::message::exec, view_of(request), *descriptors, timeout);
  if (!reply)
    return reply.error();
  const auto started = read_message<shim::start_reply>(reply->body);
  if (!started || (spec.tty && reply->descriptors.empty()))
    return wrong_form();
  process.exec_id = started->exec_id;
  process.pid = static_cast<pid_t>(started->pid);
  if (spec.tty)
    process.terminal = std::move(reply->descriptors.front());
  return process;
}

result<attachment> sandbox_impl::attach(const attach_spec& spec,
                                        duration timeout) {
  shim::attach_request request = {};
  if (!put(request.id, spec.container_id))
    return error{errc::not_found, "the container is not running"};
  request.flags = (spec.stdin_open ? shim::process_stdin : 0)
                  | (spec.stdout_open ? shim::process_stdout : 0)
                  | (spec.stderr_open ? shim::process_stderr : 0);
  exec_process ours;
  const auto pipes = open_pipes(request.flags & ~shim::process_stdin, ours);
  if (!pipes)
    return pipes.error();
  std::vector<int> descriptors;
  for (const auto& each : *pipes)
    descriptors.push_back(each.get());
  auto reply =
      ask(shim::message::attach, view_of(request), descriptors, timeout);
  if (!reply)
    return reply.error();
  const auto attached = read_message<shim::attach_reply>(reply->body);
  if (!attached)
    return wrong_form();
  attachment result;
  result.out = std::move(ours.out);
  result.err = std::move(ours.err);
  result.tty = (attached->flags & shim::process_tty) != 0;
  if (!reply->descriptors.empty())
    result.in = std::move(reply->descriptors.front());
  return result;
}

} // namespace troupe::sandbox
