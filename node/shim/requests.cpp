#include "node/shim/requests.hpp"

#include "node/shim/containers.hpp"
#include "node/shim/execs.hpp"
#include "node/shim/outputs.hpp"
#include "node/shim/spawn.hpp"

#include <linux/sched.h>

#include <csignal>

namespace troupe::shim {

namespace {

outcome result_of(long result) {
  return result < 0 ? failure(result, 0, "") : outcome{};
}

void hello(const packet& from) {
  hello_reply reply = {};
  memcpy(reply.pod_uid, self.uid, sizeof(reply.pod_uid));
  reply.pid = static_cast<std::uint32_t>(kernel(__NR_getpid));
  reply.flags = self.flags;
  memcpy(reply.boot_id, self.boot_id, sizeof(reply.boot_id));
  send(message::reply, from.head.request, &reply, sizeof(reply));
}

outcome make_sandbox(packet& from, const setup_request& wanted) {
  if ((wanted.flags & sandbox_has_netns) != 0) {
    const auto netns = from.descriptor_count > 1 ? from.descriptors[1] : -1;
    const auto joined = kernel(__NR_setns, netns, CLONE_NEWNET);
    if (joined < 0)
      return failure(joined, 0, "network namespace");
  }
  long spaces = 0;
  if ((wanted.flags & sandbox_new_ipc) != 0)
    spaces |= CLONE_NEWIPC;
  if ((wanted.flags & sandbox_new_uts) != 0)
    spaces |= CLONE_NEWUTS;
  auto result = kernel(__NR_unshare, spaces);
  if (result == 0 && (wanted.flags & sandbox_share_pid) != 0)
    result = spawn_reaper();
  if (result < 0)
    return failure(result, 0, "namespaces");
  mapped_plan plan;
  result = plan.open(from.descriptors[0]);
  if (result < 0)
    return failure(result, 0, "plan");
  child_context context;
  context.plan = plan.data;
  context.plan_size = plan.size;
  const auto how = run_plan(context);
  plan.close();
  return how;
}

void setup(packet& from) {
  const auto* wanted = from.as<setup_request>();
  if (wanted == nullptr || !is_ended(wanted->pod_uid)
      || from.descriptor_count < 1) {
    answer(from.head.request, failure(-EINVAL, 0, ""));
    return;
  }
  if (self.uid[0] != '\0') {
    answer(from.head.request, failure(-EBUSY, 0, ""));
    return;
  }
  text_writer{self.uid}.add(wanted->pod_uid);
  self.flags = wanted->flags & ~sandbox_ready;
  const auto how = make_sandbox(from, *wanted);
  if (how.error == 0)
    self.flags |= sandbox_ready;
  answer(from.head.request, how);
}

long send_signal(const process& to, int number) {
  return kernel(__NR_pidfd_send_signal, to.pidfd, number, nullptr, 0);
}

void signal_execs(const container& of, int number) {
  for (const auto& each : execs)
    if (each.used && each.of == containers.index_of(of))
      send_signal(each.main, number);
}

/// The living container that a message is about.
container* find_target(const target& to) {
  auto* found = is_ended(to.id) ? find_container(to.id) : nullptr;
  return found != nullptr && is_alive(*found) ? found : nullptr;
}

long deliver(const signal_request& wanted) {
  if (wanted.to.exec_id != 0) {
    const auto* exec = find_exec(wanted.to.exec_id);
    return exec != nullptr ? send_signal(exec->main, wanted.number) : -ESRCH;
  }
  const auto* found = find_target(wanted.to);
  if (found == nullptr)
    return -ESRCH;
  if (wanted.all != 0)
    signal_execs(*found, wanted.number);
  return send_signal(found->main, wanted.number);
}

void signal(const packet& from) {
  const auto* wanted = from.as<signal_request>();
  answer(from.head.request,
         result_of(wanted != nullptr ? deliver(*wanted) : -EINVAL));
}

void attach(packet& from) {
  const auto* wanted = from.as<attach_request>();
  auto* found = wanted != nullptr && is_ended(wanted->id)
                    ? find_container(wanted->id)
                    : nullptr;
  if (found == nullptr || found->now != phase::running) {
    answer(from.head.request, failure(-ESRCH, 0, ""));
    return;
  }
  std::size_t next = 0;
  const std::uint32_t streams[2] = {process_stdout, process_stderr};
  bool added = true;
  for (std::uint32_t i = 0; i < 2; ++i)
    if ((wanted->flags & streams[i]) != 0) {
      auto fd = take_descriptor(from, next++);
      if (fd >= 0 && !add_reader(*found, i, fd)) {
        close_descriptor(fd);
        added = false;
      }
    }
  if (!added) {
    answer(from.head.request, failure(-EMFILE, 0, "readers"));
    return;
  }
  attach_reply reply = {};
  reply.flags = found->flags & process_tty;
  const bool tty = reply.flags != 0;
  const bool input = (wanted->flags & found->flags & process_stdin) != 0;
  const auto fd = !input ? -1 : tty ? found->outputs[0].fd : found->input;
  send(message::reply, from.head.request, &reply, sizeof(reply), fd);
  if (input && (found->flags & process_stdin_once) != 0)
    close_descriptor(found->input);
}

long set_size(const resize_request& wanted) {
  if (wanted.of.exec_id != 0) {
    const auto* exec = find_exec(wanted.of.exec_id);
    return exec == nullptr || exec->terminal < 0
               ? -ESRCH
               : set_window(exec->terminal, wanted.columns, wanted.rows);
  }
  const auto* found = find_target(wanted.of);
  return found == nullptr || (found->flags & process_tty) == 0
             ? -ESRCH
             : set_window(found->outputs[0].fd, wanted.columns, wanted.rows);
}

void resize(const packet& from) {
  const auto* wanted = from.as<resize_request>();
  answer(from.head.request,
         result_of(wanted != nullptr ? set_size(*wanted) : -EINVAL));
}

void reopen_log(const packet& from) {
  const auto* wanted = from.as<target>();
  auto* found = wanted != nullptr ? find_target(*wanted) : nullptr;
  if (found != nullptr)
    found->log.reopen();
  answer(from.head.request, result_of(found != nullptr ? 0 : -ESRCH));
}

void tell_state(const packet& from) {
  static struct {
    state_reply head;
    container_record records[containers_max];
  } reply;
  reply.head = {};
  const container* each = next_started(0);
  for (; each != nullptr; each = next_started(each->order))
    fill_record(*each, reply.records[reply.head.count++]);
  send(message::reply, from.head.request, &reply,
       sizeof(reply.head) + reply.head.count * sizeof(container_record));
}

void shut_down(const packet& from) {
  self.ends = true;
  self.shutdown_request = from.head.request;
  for (const auto& each : execs)
    if (each.used)
      send_signal(each.main, SIGKILL);
  for (const auto& each : containers)
    if (is_alive(each))
      send_signal(each.main, SIGKILL);
  if (self.reaper_pid > 0)
    kernel(__NR_kill, self.reaper_pid, SIGKILL);
}

} // namespace

void dispatch(packet& from) {
  switch (static_cast<message>(from.head.kind)) {
    case message::hello:
      return hello(from);
    case message::setup:
      return setup(from);
    case message::start:
      return start_container(from);
    case message::exec:
      return start_exec(from);
    case message::signal:
      return signal(from);
    case message::attach:
      return attach(from);
    case message::resize:
      return resize(from);
    case message::reopen_log:
      return reopen_log(from);
    case message::state:
      return tell_state(from);
    case message::shutdown:
      return shut_down(from);
    default:
      answer(from.head.request, failure(-ENOSYS, 0, ""));
  }
}

void leave_if_done() {
  if (!self.ends)
    return;
  for (const auto& each : containers)
    if (is_alive(each) || each.now == phase::ending)
      return;
  for (const auto& each : execs)
    if (each.used)
      return;
  answer(self.shutdown_request, {});
  leave(0);
}

} // namespace troupe::shim
