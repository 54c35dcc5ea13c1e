#include "node/agent/command_pump.hpp"

#include "messages/codec/json.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace troupe::agent {

namespace {

using node_io::channel;

constexpr std::size_t read_max = 32 * 1024;
/// How long output may still come after the command's end: what it left
/// running in the background may hold it open for ever.
constexpr int drain_milliseconds = 500;
constexpr std::int64_t column_max = 4096;

void unblock(const unique_fd& fd) {
  if (fd)
    fcntl(fd.get(), F_SETFL, fcntl(fd.get(), F_GETFL) | O_NONBLOCK);
}

/// One number of a resize message.
std::uint16_t dimension(const codec::document& doc, std::string_view name) {
  const auto* found = doc.root().find(name);
  return static_cast<std::uint16_t>(
      found == nullptr
          ? 0
          : std::clamp<std::int64_t>(found->integer_or(0), 0, column_max));
}

} // namespace

command_pump::command_pump(io_stream& to, command_pipes ends,
                           std::shared_ptr<const command_ending> how,
                           resize_function resize)
    : to_(to), ends_(std::move(ends)), how_(std::move(how)),
      resize_(std::move(resize)), has_output_(ends_.out || ends_.err) {
  unblock(ends_.in);
  unblock(ends_.out);
  unblock(ends_.err);
}

void command_pump::run() {
  while (!to_.over()) {
    const bool ended = how_ && how_->get();
    if (!ends_.out && !ends_.err && (how_ ? ended : has_output_ || !ends_.in))
      return;
    if (!wait(ended) && ended)
      return;
    take_input();
    write_input();
    copy(ends_.out, channel::out);
    copy(ends_.err, channel::err);
  }
}

/// False when nothing happened.
bool command_pump::wait(bool ended) {
  const bool room = to_.has_room();
  pollfd what[] = {
      {to_.wake_descriptor(), POLLIN, 0},
      {room ? ends_.out.get() : -1, POLLIN, 0},
      {room ? ends_.err.get() : -1, POLLIN, 0},
      {pending_.empty() && has_output_ ? -1 : ends_.in.get(),
       static_cast<short>(pending_.empty() ? 0 : POLLOUT), 0},
  };
  const int count = poll(what, 4, ended && room ? drain_milliseconds : -1);
  to_.calm();
  if (pending_.empty() && (what[3].revents & (POLLERR | POLLHUP)) != 0)
    ends_.in.reset(); // nobody reads it
  return count != 0;
}

void command_pump::take_input() {
  while (pending_.empty()) {
    auto message = to_.next();
    if (!message)
      return;
    if (message->from == channel::in && !closing_ && !message->data.empty()) {
      pending_ = std::move(message->data);
      return;
    }
    if (message->from == channel::resize)
      resize(message->data);
    else if (message->from == channel::in)
      closing_ = true;
    to_.consumed(message->data.size() + 1);
  }
}

void command_pump::resize(const bytes& text) {
  auto size = codec::decode_json(text, nullptr);
  if (!size || !size->doc.root().is(codec::node_kind::map))
    return;
  const auto columns = dimension(size->doc, "Width");
  const auto rows = dimension(size->doc, "Height");
  if (columns > 0 && rows > 0)
    resize_(columns, rows);
}

void command_pump::write_input() {
  while (!pending_.empty()) {
    const auto n = ends_.in ? write(ends_.in.get(), pending_.data() + written_,
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

void command_pump::copy(unique_fd& from, channel as) {
  if (!from || !to_.has_room())
    return;
  char buffer[read_max];
  const auto n = read(from.get(), buffer, sizeof buffer);
  if (n > 0)
    to_.send(as, {buffer, static_cast<std::size_t>(n)});
  else if (n == 0 || (errno != EAGAIN && errno != EINTR))
    from.reset(); // a terminal fails with EIO at its end
}

} // namespace troupe::agent
