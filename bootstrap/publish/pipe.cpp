#include "bootstrap/publish/pipe.hpp"

#include <sys/socket.h>

#include <cerrno>

namespace troupe::publish {

namespace {

bool is_only_later(int number) {
  return number == EAGAIN || number == EINTR;
}

} // namespace

bool pipe::move() {
  return (!wants_to_read() || fill()) && (!wants_to_write() || drain());
}

bool pipe::fill() {
  const auto got = recv(from_, octets_.data(), octets_.size(), 0);
  if (got < 0)
    return is_only_later(errno);
  begin_ = 0;
  end_ = static_cast<std::size_t>(got);
  if (got > 0)
    return true;
  ended_ = true;
  return shutdown(to_, SHUT_WR) == 0;
}

bool pipe::drain() {
  const auto put =
      send(to_, octets_.data() + begin_, end_ - begin_, MSG_NOSIGNAL);
  if (put < 0)
    return is_only_later(errno);
  begin_ += static_cast<std::size_t>(put);
  if (begin_ == end_)
    begin_ = end_ = 0;
  return true;
}

} // namespace troupe::publish
