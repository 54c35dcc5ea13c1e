#include "node/sandbox/sandbox_impl.hpp"

#include "node/sandbox/describe.hpp"
#include "node/sandbox/shim_process.hpp"
#include "node/sys/process_handle.hpp"

#include <unistd.h>

#include <csignal>
#include <cstring>

namespace troupe::sandbox {

sandbox_impl::sandbox_impl(host_impl& host, unique_fd directory,
                           std::string path, event_callback on_event)
    : host_(host), directory_(std::move(directory)), path_(std::move(path)),
      on_event_(std::move(on_event)) {}

sandbox_impl::~sandbox_impl() {
  stop_listening();
}

void sandbox_impl::stop_listening() {
  host_.unwatch(std::exchange(socket_ticket_, 0));
  host_.unwatch(std::exchange(process_ticket_, 0));
}

result<shim_reply> sandbox_impl::ask(shim::message kind, bytes_view body,
                                     const std::vector<int>& descriptors,
                                     duration timeout) {
  if (!client_)
    return error{errc::unavailable, "the pod's shim is gone"};
  auto reply = client_->call(kind, body, descriptors, timeout);
  if (!reply)
    return reply;
  if (reply->body.size() < sizeof(shim::outcome))
    return error{errc::corrupt, "the pod's shim answers in a wrong form"};
  shim::outcome how;
  std::memcpy(&how, reply->body.data(), sizeof(how));
  if (how.error != 0)
    return describe(how);
  return reply;
}

status_result sandbox_impl::tell(shim::message kind, bytes_view body,
                                 duration timeout) {
  const auto reply = ask(kind, body, {}, timeout);
  if (!reply)
    return reply.error();
  return unit{};
}

void sandbox_impl::on_event(shim::message kind, bytes_view body) {
  // What happened before the greeting is in the state.
  if (pod_uid_.empty())
    return;
  if (kind == shim::message::container_exited) {
    if (const auto record = read_message<shim::container_record>(body)) {
      auto state = to_state(*record);
      on_event_(pod_uid_, container_exited{std::move(state.id),
                                           state.exit.value_or(exit_status{})});
    }
  } else if (kind == shim::message::exec_exited) {
    if (const auto record = read_message<shim::exec_record>(body))
      on_event_(pod_uid_,
                exec_exited{record->exec_id,
                            to_exit_status(record->status, record->started_at,
                                           record->finished_at)});
  }
}

status_result sandbox_impl::connect(unique_fd socket, duration timeout) {
  client_ = std::make_unique<shim_client>(
      std::move(socket),
      [this](shim::message kind, bytes_view body) { on_event(kind, body); });
  socket_ticket_ = host_.watch(client_->socket(), [this] {
    if (client_->on_readable())
      return true;
    client_->close();
    return false;
  });
  const auto reply = client_->call(shim::message::hello, {}, {}, timeout,
                                   [this](bytes_view body) { on_hello(body); });
  if (!reply)
    return reply.error();
  if (shim_pid_ <= 1)
    return error{errc::corrupt, "the pod's shim answers in a wrong form"};
  auto process = sys::open_process(shim_pid_);
  if (!process)
    return process.error();
  process_ = std::move(*process);
  return unit{};
}

void sandbox_impl::on_hello(bytes_view body) {
  const auto hello = read_message<shim::hello_reply>(body);
  if (!hello || hello->how.error != 0)
    return;
  shim_pid_ = static_cast<pid_t>(hello->pid);
  flags_ = hello->flags;
  pod_uid_.assign(hello->pod_uid,
                  strnlen(hello->pod_uid, sizeof(hello->pod_uid)));
}

void sandbox_impl::watch_process() {
  process_ticket_ = host_.watch(process_.get(), [this] {
    client_->close();
    on_event_(pod_uid_, shim_lost{});
    return false;
  });
}

void sandbox_impl::abandon() {
  stop_listening();
  if (client_)
    client_->close();
  if (process_) {
    static_cast<void>(sys::signal_process(process_, SIGKILL));
    wait_for_end(process_, std::chrono::seconds{1});
  }
  if (const auto entries = read_journal(directory_))
    kill_leftovers(*entries, std::chrono::seconds{1});
  remove_sandbox(directory_, path_);
}

status_result sandbox_impl::forsake() {
  stop_listening();
  client_.reset();
  process_.reset();
  const auto entries = read_journal(directory_);
  if (!entries)
    return entries.error();
  kill_leftovers(*entries, std::chrono::seconds{1});
  return unit{};
}

status_result sandbox_impl::send_signal(const shim::signal_request& request,
                                        duration timeout) {
  return tell(shim::message::signal, view_of(request), timeout);
}

status_result sandbox_impl::signal(std::string_view container_id, int number,
                                   signal_scope scope, duration timeout) {
  shim::signal_request request = {};
  if (!put(request.to.id, container_id))
    return error{errc::not_found, "the container is not running"};
  request.number = number;
  request.all = scope == signal_scope::all ? 1 : 0;
  return send_signal(request, timeout);
}

status_result sandbox_impl::kill_exec(std::uint64_t exec_id, duration timeout) {
  shim::signal_request request = {};
  request.to.exec_id = exec_id;
  request.number = SIGKILL;
  return send_signal(request, timeout);
}

status_result sandbox_impl::set_size(const shim::resize_request& request,
                                     duration timeout) {
  return tell(shim::message::resize, view_of(request), timeout);
}

status_result sandbox_impl::resize(std::string_view container_id,
                                   std::uint16_t columns, std::uint16_t rows,
                                   duration timeout) {
  shim::resize_request request = {};
  if (!put(request.of.id, container_id))
    return error{errc::not_found, "the container is not running"};
  request.columns = columns;
  request.rows = rows;
  return set_size(request, timeout);
}

status_result sandbox_impl::resize_exec(std::uint64_t exec_id,
                                        std::uint16_t columns,
                                        std::uint16_t rows, duration timeout) {
  shim::resize_request request = {};
  request.of.exec_id = exec_id;
  request.columns = columns;
  request.rows = rows;
  return set_size(request, timeout);
}

status_result sandbox_impl::reopen_log(std::string_view container_id,
                                       duration timeout) {
  shim::target request = {};
  if (!put(request.id, container_id))
    return error{errc::not_found, "the container is not running"};
  return tell(shim::message::reopen_log, view_of(request), timeout);
}

result<sandbox_state> sandbox_impl::state(duration timeout) {
  sandbox_state state;
  const auto reply = ask(shim::message::state, {}, {}, timeout);
  if (!reply && reply.error().code != errc::unavailable)
    return reply.error();
  if (!reply) {
    const auto entries = read_journal(directory_);
    if (!entries)
      return entries.error();
    for (const auto& entry : *entries)
      state.containers.push_back(entry.state);
    return state;
  }
  state.pod_uid = pod_uid_;
  state.alive = true;
  state.shim_pid = shim_pid_;
  auto rest = bytes_view{reply->body};
  rest.remove_prefix(std::min(rest.size(), sizeof(shim::state_reply)));
  constexpr auto size = sizeof(shim::container_record);
  for (; rest.size() >= size; rest.remove_prefix(size))
    state.containers.push_back(
        to_state(*read_message<shim::container_record>(rest.substr(0, size))));
  return state;
}

status_result sandbox_impl::destroy(duration timeout) {
  std::lock_guard one{destroy_mutex_};
  host_.unwatch(std::exchange(process_ticket_, 0));
  // Half of the time for an end in good order, the rest for the other one.
  if (client_ && process_ && tell(shim::message::shutdown, {}, timeout / 2))
    wait_for_end(process_, timeout / 4);
  abandon();
  return unit{};
}

} // namespace troupe::sandbox
