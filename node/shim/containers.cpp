#include "node/shim/containers.hpp"

#include "node/shim/journal.hpp"
#include "node/shim/outputs.hpp"
#include "node/shim/spawn.hpp"

#include <fcntl.h>
#include <sys/epoll.h>

namespace troupe::shim {

namespace {

/// A slot for a new container: an unused one, else that of the container that
/// exited first.
container* find_slot() {
  container* oldest = nullptr;
  for (auto& each : containers) {
    if (each.now == phase::unused)
      return &each;
    if (each.now == phase::exited
        && (oldest == nullptr || each.order < oldest->order))
      oldest = &each;
  }
  auto* fresh = containers.grow();
  return fresh != nullptr ? fresh : oldest;
}

void close_all(container& value) {
  for (auto& each : value.outputs)
    close_watched(each.fd);
  close_descriptor(value.input);
  close_descriptor(value.devpts);
  value.log.close();
}

/// The process's ends go into `context`, the shim's into the container.
long make_terminal(container& value, child_context& context) {
  terminal_pair ends;
  const auto result = open_terminal(value.devpts, ends);
  if (result < 0)
    return result;
  value.outputs[0].fd = ends.master;
  for (int i = 0; i < 3; ++i) {
    context.stdio[i] = ends.slave;
    context.own_stdio[i] = i == 0;
  }
  context.tty = true;
  return 0;
}

long make_pipe(int& reads, int& writes) {
  int ends[2];
  const auto result = kernel(__NR_pipe2, ends, O_CLOEXEC);
  if (result == 0) {
    reads = ends[0];
    writes = ends[1];
  }
  return result;
}

long make_pipes(container& value, child_context& context) {
  long result = 0;
  for (int i = 0; i < 2 && result == 0; ++i) {
    result = make_pipe(value.outputs[i].fd, context.stdio[i + 1]);
    context.own_stdio[i + 1] = true;
  }
  if (result == 0 && (value.flags & process_stdin) != 0) {
    result = make_pipe(context.stdio[0], value.input);
    context.own_stdio[0] = true;
  } else if (result == 0) {
    const auto null =
        kernel(__NR_openat, AT_FDCWD, "/dev/null", O_RDONLY | O_CLOEXEC, 0);
    result = null < 0 ? null : 0;
    context.stdio[0] = static_cast<int>(null);
  }
  return result;
}

void close_stdio(child_context& context) {
  if (context.tty)
    close_descriptor(context.stdio[0]);
  else
    for (auto& fd : context.stdio)
      close_descriptor(fd);
}

/// Takes what the shim keeps out of the packet.
long take_over(packet& from, const start_request& wanted, container& value,
               birthplace& where) {
  std::size_t next = 1;
  const auto directory = take_descriptor(from, next++);
  if ((wanted.flags & process_has_devpts) != 0)
    value.devpts = take_descriptor(from, next++);
  if ((wanted.flags & process_has_cgroup) != 0)
    where.cgroup = next < from.descriptor_count ? from.descriptors[next] : -1;
  const bool own = (self.flags & (sandbox_host_pid | sandbox_share_pid)) == 0;
  where.new_pids = own;
  if (own && (wanted.flags & process_joins_pids) != 0
      && from.descriptor_count > 0) {
    where.new_pids = false;
    where.pids_of = from.descriptors[from.descriptor_count - 1];
  }
  return value.log.open(directory, wanted.log_name, wanted.log_size_max,
                        wanted.log_files_max);
}

long launch(packet& from, const start_request& wanted, container& value) {
  birthplace where;
  child_context context;
  auto result = take_over(from, wanted, value, where);
  if (result == 0)
    result = (value.flags & process_tty) != 0 ? make_terminal(value, context)
                                              : make_pipes(value, context);
  if (result == 0)
    result = spawn(from, context, where, value.main);
  close_stdio(context);
  return result;
}

outcome check(const start_request& wanted) {
  if (!is_ended(wanted.id) || wanted.id[0] == '\0' || !is_ended(wanted.log_name)
      || wanted.log_name[0] == '\0')
    return failure(-EINVAL, 0, "");
  const auto* present = find_container(wanted.id);
  if (present != nullptr)
    return failure(-EEXIST, 0, wanted.id);
  if ((self.flags & sandbox_ready) == 0 || self.ends)
    return failure(-EBUSY, 0, "");
  return {};
}

void tell_exit(container& value) {
  value.now = phase::exited;
  journal_exit(value);
  container_record record;
  fill_record(value, record);
  close_all(value);
  send(message::container_exited, 0, &record, sizeof(record));
}

void start_failed(container& value, const outcome& how) {
  answer_start(value.main, how, 0, -1);
  close_all(value);
  value.now = phase::unused;
}

} // namespace

void answer(std::uint32_t request, const outcome& how) {
  send(message::reply, request, &how, sizeof(how));
}

void answer_start(const process& started, const outcome& how,
                  std::uint64_t exec_id, int descriptor) {
  if (started.connection != self.connection)
    return;
  start_reply reply = {};
  reply.how = how;
  reply.started_at = started.started_at;
  reply.exec_id = exec_id;
  reply.pid = static_cast<std::uint32_t>(started.pid);
  send(message::reply, started.request, &reply, sizeof(reply), descriptor);
}

void start_container(packet& from) {
  const auto* wanted = from.as<start_request>();
  const auto how = wanted != nullptr ? check(*wanted) : failure(-EINVAL, 0, "");
  auto* slot = find_slot();
  if (how.error != 0 || slot == nullptr) {
    answer(from.head.request,
           how.error != 0 ? how : failure(-EMFILE, 0, "containers"));
    return;
  }
  *slot = {};
  slot->now = phase::starting;
  slot->flags = wanted->flags;
  slot->order = ++self.starts;
  slot->main.request = from.head.request;
  slot->main.connection = self.connection;
  text_writer{slot->id}.add(wanted->id);
  const auto result = launch(from, *wanted, *slot);
  if (result < 0) {
    start_failed(*slot, failure(result, 0, ""));
    return;
  }
  const auto index = containers.index_of(*slot);
  watch(slot->main.report, source::container_report, index, EPOLLIN);
  watch(slot->main.pidfd, source::container_exit, index, EPOLLIN);
}

void on_container_report(container& value) {
  outcome how;
  if (value.now != phase::starting || read_report(value.main, how) != 0)
    return;
  if (how.error != 0) {
    reap(value.main);
    start_failed(value, how);
    return;
  }
  close_watched(value.main.report);
  value.now = phase::running;
  value.main.started_at = wall_now();
  value.main.start_ticks = read_start_ticks(value.main.pid);
  journal_start(value);
  open_outputs(value);
  answer_start(value.main, how, 0, -1);
}

void on_container_exit(container& value) {
  on_container_report(value);
  if (value.now != phase::running)
    return;
  value.status = reap(value.main);
  value.finished_at = wall_now();
  value.now = phase::ending;
  pump_outputs(value);
  finish_if_drained(value);
}

void finish_if_drained(container& value) {
  if (value.now != phase::ending || value.outputs[0].waits
      || value.outputs[1].waits)
    return;
  end_outputs(value);
  tell_exit(value);
}

void fill_record(const container& value, container_record& record) {
  record = {};
  text_writer{record.id}.add(value.id);
  record.phase = value.now == phase::exited ? phase_exited : phase_running;
  record.flags = value.flags & process_tty;
  record.pid = static_cast<std::uint32_t>(value.main.pid);
  record.status = value.status;
  record.started_at = value.main.started_at;
  record.finished_at = value.finished_at;
  record.log_dropped = value.log.dropped();
}

} // namespace troupe::shim
