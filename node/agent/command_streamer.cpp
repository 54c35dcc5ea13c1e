#include "node/agent/command_streamer.hpp"

#include "messages/codec/json.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <memory>

namespace troupe::agent {

namespace {

using node_io::channel;

constexpr duration call_patience = std::chrono::seconds{10};
constexpr std::size_t read_max = 32 * 1024;
/// How long output may still come after the command's end: what it left
/// running in the background may hold it open for ever.
constexpr int drain_milliseconds = 500;
constexpr int column_max = 4096;

void unblock(const unique_fd& fd) {
  if (fd)
    fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

/// How the command ended, told from another thread.
struct ending {
  std::mutex mutex;
  std::optional<int> code;

  std::optional<int> get() {
    std::lock_guard lock{mutex};
    return code;
  }
};

/// The ends of one command's streams.
struct pipes {
  unique_fd in;
  unique_fd out;
  unique_fd err;
};

/// One number of a resize message.
std::uint16_t dimension(const codec::document& doc, std::string_view name) {
  const auto* found = doc.root().find(name);
  return static_cast<std::uint16_t>(
      found == nullptr
          ? 0
          : std::clamp<std::int64_t>(found->integer_or(0), 0, column_max));
}

class pump {
public:
  using resize_function = std::function<void(std::uint16_t, std::uint16_t)>;

  pump(io_stream& to, pipes ends, std::shared_ptr<ending> how,
       resize_function resize)
      : to_(to), ends_(std::move(ends)), how_(std::move(how)),
        resize_(std::move(resize)) {
    unblock(ends_.in);
    unblock(ends_.out);
    unblock(ends_.err);
  }

  /// Until the command (if it is one) and its output are over, or the client.
  void run(bool has_end) {
    while (!to_.over()) {
      const bool ended = has_end && how_->get();
      if (!ends_.out && !ends_.err && (ended || !has_end))
        return;
      if (!wait(ended) && ended)
        return;
      take_input();
      write_input();
      copy(ends_.out, channel::out);
      copy(ends_.err, channel::err);
    }
  }

private:
  /// False when nothing happened.
  bool wait(bool ended) {
    const bool room = to_.has_room();
    pollfd what[] = {
        {to_.wake_descriptor(), POLLIN, 0},
        {room ? ends_.out.get() : -1, POLLIN, 0},
        {room ? ends_.err.get() : -1, POLLIN, 0},
        {pending_.empty() ? -1 : ends_.in.get(), POLLOUT, 0},
    };
    const int count = poll(what, 4, ended && room ? drain_milliseconds : -1);
    to_.calm();
    return count != 0;
  }

  void take_input() {
    while (pending_.empty() && !closing_) {
      auto message = to_.next();
      if (!message)
        return;
      if (message->from == channel::resize) {
        resize(message->data);
        to_.consumed(message->data.size() + 1);
      } else if (message->from == channel::in) {
        closing_ = message->data.empty();
        pending_ = std::move(message->data);
        if (closing_)
          to_.consumed(1);
      }
    }
  }

  void resize(const bytes& text) {
    auto size = codec::decode_json(text, nullptr);
    if (!size || !size->doc.root().is(codec::node_kind::map))
      return;
    const auto columns = dimension(size->doc, "Width");
    const auto rows = dimension(size->doc, "Height");
    if (columns > 0 && rows > 0)
      resize_(columns, rows);
  }

  void write_input() {
    while (!pending_.empty()) {
      const auto n = ends_.in
                         ? write(ends_.in.get(), pending_.data() + written_,
                                 pending_.size() - written_)
                         : static_cast<ssize_t>(pending_.size() - written_);
      if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return;
      if (n < 0)
        ends_.in.reset(); // nobody reads it: the rest is dropped
      else
        written_ += static_cast<std::size_t>(n);
      if (n < 0 || written_ == pending_.size()) {
        to_.consumed(pending_.size() + 1);
        pending_.clear();
        written_ = 0;
        take_input();
      }
    }
    if (closing_)
      ends_.in.reset();
  }

  void copy(unique_fd& from, channel as) {
    if (!from || !to_.has_room())
      return;
    char buffer[read_max];
    const auto n = read(from.get(), buffer, sizeof buffer);
    if (n > 0)
      to_.send(as, {buffer, static_cast<std::size_t>(n)});
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
      from.reset(); // a terminal fails with EIO at its end
  }

  io_stream& to_;
  pipes ends_;
  std::shared_ptr<ending> how_;
  resize_function resize_;
  bytes pending_;
  std::size_t written_ = 0;
  bool closing_ = false;
};

unique_fd duplicate(const unique_fd& from) {
  return unique_fd{fcntl(from.get(), F_DUPFD_CLOEXEC, 0)};
}

api::status not_running(const std::string& container) {
  auto out = api::internal_error("");
  out.message = "unable to upgrade connection: container not found (\""
                + container + "\")";
  return out;
}

api::status cannot_run(const std::string& why) {
  return api::internal_error("error executing command in container: " + why);
}

struct running {
  std::shared_ptr<pod_executor> executor;
  std::shared_ptr<sandbox::pod_sandbox> box;
  std::string id;
};

std::optional<running> find_running(const pod_registry& registry,
                                    const node_io::container_ref& where) {
  const auto pod = registry.find(where.pod_uid);
  if (!pod || !pod->observed || !pod->executor)
    return std::nullopt;
  const auto* found = pod::find(*pod->observed, where.container);
  auto box = pod->executor->box();
  if (found == nullptr || found->phase != pod::container_phase::running || !box)
    return std::nullopt;
  return running{pod->executor, std::move(box), found->id};
}

api::status run_exec(const running& in, const node_io::command_request& request,
                     io_stream& to, std::shared_ptr<ending> how) {
  auto spec = in.executor->make_exec(in.id, request.command);
  if (!spec)
    return cannot_run(spec.error().message);
  spec->stdin_open = request.stdin_;
  spec->stdout_open = request.stdout_;
  spec->stderr_open = request.stderr_;
  spec->tty = request.tty;
  auto process = in.box->exec(std::move(*spec), call_patience);
  if (!process)
    return cannot_run(process.error().message);
  in.executor->on_exec_end(process->exec_id,
                           [how, wake = to.waker()](const auto& exit) {
                             {
                               std::lock_guard lock{how->mutex};
                               how->code = exit.code;
                             }
                             wake();
                           });
  pipes ends{std::move(process->in), std::move(process->out),
             std::move(process->err)};
  if (process->terminal) {
    ends.in = duplicate(process->terminal);
    ends.out = std::move(process->terminal);
  }
  pump{to, std::move(ends), how,
       [box = in.box, id = process->exec_id](auto columns, auto rows) {
         box->resize_exec(id, columns, rows, call_patience).has_value();
       }}
      .run(true);
  return describe_command_end(how->get().value_or(0));
}

api::status run_attach(const running& in,
                       const node_io::command_request& request, io_stream& to) {
  sandbox::attach_spec spec;
  spec.container_id = in.id;
  spec.stdin_open = request.stdin_;
  spec.stdout_open = request.stdout_;
  spec.stderr_open = request.stderr_;
  auto process = in.box->attach(spec, call_patience);
  if (!process)
    return api::internal_error("error attaching to container: "
                               + process.error().message);
  pump{to,
       {std::move(process->in), std::move(process->out),
        std::move(process->err)},
       nullptr,
       [box = in.box, id = in.id](auto columns, auto rows) {
         box->resize(id, columns, rows, call_patience).has_value();
       }}
      .run(false);
  return describe_command_end(0);
}

} // namespace

api::status describe_command_end(int code) {
  if (code == 0)
    return api::ok("", {}, "");
  const auto text = std::to_string(code);
  api::status out;
  out.code = 500;
  out.reason = "NonZeroExitCode";
  out.message =
      "command terminated with non-zero exit code: exit status " + text;
  out.details.emplace();
  out.details->causes.push_back({"ExitCode", text, ""});
  return out;
}

void stream_command(const pod_registry& registry,
                    const node_io::command_request& request, io_stream& to) {
  const auto in = find_running(registry, request.in);
  if (!in)
    return to.finish(not_running(request.in.container));
  to.finish(request.command.empty()
                ? run_attach(*in, request, to)
                : run_exec(*in, request, to, std::make_shared<ending>()));
}

} // namespace troupe::agent
