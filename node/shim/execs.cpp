#include "node/shim/execs.hpp"

#include "node/shim/containers.hpp"
#include "node/shim/spawn.hpp"

#include <fcntl.h>
#include <sys/epoll.h>

namespace troupe::shim {

namespace {

exec_slot* find_slot() {
  for (auto& each : execs)
    if (!each.used)
      return &each;
  return execs.grow();
}

long use_terminal(const container& of, const exec_request& wanted,
                  exec_slot& value, child_context& context) {
  terminal_pair ends;
  const auto result = open_terminal(of.devpts, ends);
  if (result < 0)
    return result;
  set_window(ends.slave, wanted.columns, wanted.rows);
  value.master = ends.master;
  value.terminal = ends.slave;
  for (auto& fd : context.stdio)
    fd = ends.slave;
  context.own_stdio[0] = true;
  context.tty = true;
  return 0;
}

/// The agent's pipes; what it did not give is the null device.
long use_pipes(const packet& from, std::size_t next, std::uint32_t flags,
               int null, child_context& context) {
  const std::uint32_t wanted[3] = {process_stdin, process_stdout,
                                   process_stderr};
  for (int i = 0; i < 3; ++i) {
    context.own_stdio[i] = (flags & wanted[i]) != 0;
    context.stdio[i] = null;
    if (!context.own_stdio[i])
      continue;
    if (next >= from.descriptor_count)
      return -EBADF;
    context.stdio[i] = from.descriptors[next++];
  }
  return 0;
}

long launch(packet& from, const exec_request& wanted, const container& of,
            exec_slot& value) {
  birthplace where;
  child_context context;
  std::size_t next = 1;
  if ((wanted.flags & process_has_cgroup) != 0)
    where.cgroup = next < from.descriptor_count ? from.descriptors[next] : -1;
  next += (wanted.flags & process_has_cgroup) != 0 ? 1 : 0;
  if ((self.flags & (sandbox_host_pid | sandbox_share_pid)) == 0)
    where.pids_of = of.main.pidfd;
  context.container = of.main.pidfd;
  auto null = static_cast<int>(
      kernel(__NR_openat, AT_FDCWD, "/dev/null", O_RDWR | O_CLOEXEC, 0));
  auto result = (wanted.flags & process_tty) != 0
                    ? use_terminal(of, wanted, value, context)
                    : use_pipes(from, next, wanted.flags, null, context);
  if (result == 0)
    result = spawn(from, context, where, value.main);
  close_descriptor(null);
  return result;
}

void release(exec_slot& value) {
  close_descriptor(value.terminal);
  close_descriptor(value.master);
  value.used = false;
}

void answer_exec(exec_slot& value, const outcome& how) {
  answer_start(value.main, how, value.id, how.error == 0 ? value.master : -1);
  close_descriptor(value.master);
}

} // namespace

void start_exec(packet& from) {
  const auto* wanted = from.as<exec_request>();
  const auto* of = wanted != nullptr && is_ended(wanted->id)
                       ? find_container(wanted->id)
                       : nullptr;
  if (of == nullptr || of->now != phase::running || self.ends) {
    answer(from.head.request, failure(-ESRCH, 0, ""));
    return;
  }
  auto* slot = find_slot();
  if (slot == nullptr) {
    answer(from.head.request, failure(-EMFILE, 0, "execs"));
    return;
  }
  *slot = {};
  slot->used = true;
  slot->id = ++self.exec_count;
  slot->of = containers.index_of(*of);
  slot->main.request = from.head.request;
  slot->main.connection = self.connection;
  const auto result = launch(from, *wanted, *of, *slot);
  if (result < 0) {
    answer_exec(*slot, failure(result, 0, ""));
    release(*slot);
    return;
  }
  watch(slot->main.report, source::exec_report, execs.index_of(*slot), EPOLLIN);
  watch(slot->main.pidfd, source::exec_exit, execs.index_of(*slot), EPOLLIN);
}

void on_exec_report(exec_slot& value) {
  outcome how;
  if (!value.used || value.main.report < 0 || read_report(value.main, how) != 0)
    return;
  close_watched(value.main.report);
  value.main.started_at = wall_now();
  answer_exec(value, how);
  if (how.error == 0)
    return;
  reap(value.main);
  release(value);
}

void on_exec_exit(exec_slot& value) {
  on_exec_report(value);
  if (!value.used)
    return;
  exec_record record = {};
  record.exec_id = value.id;
  record.started_at = value.main.started_at;
  record.finished_at = wall_now();
  record.pid = static_cast<std::uint32_t>(value.main.pid);
  record.status = reap(value.main);
  release(value);
  send(message::exec_exited, 0, &record, sizeof(record));
}

} // namespace troupe::shim
