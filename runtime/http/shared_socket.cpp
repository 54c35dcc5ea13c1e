#include "runtime/http/shared_socket.hpp"

#include "runtime/http/http_server.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace troupe::http {

shared_socket::~shared_socket() {
  close(socket_);
}

status_result shared_socket::attach(http_server& server) {
  std::lock_guard guard{mutex_};
  server_ = &server;
  return settle();
}

status_result shared_socket::set_open(bool open) {
  std::lock_guard guard{mutex_};
  open_ = open;
  return settle();
}

void shared_socket::detach() {
  std::lock_guard guard{mutex_};
  if (adopted_ >= 0)
    server_->leave(adopted_);
  adopted_ = -1;
  server_ = nullptr;
}

status_result shared_socket::settle() {
  const bool takes = adopted_ >= 0;
  if (server_ == nullptr || takes == open_)
    return unit{};
  if (takes) {
    server_->leave(adopted_);
    adopted_ = -1;
    return unit{};
  }
  const int copy = fcntl(socket_, F_DUPFD_CLOEXEC, 0);
  if (copy < 0)
    return error{errc::unavailable,
                 "the shared socket: "
                     + std::generic_category().message(errno)};
  auto adopted = server_->adopt(copy);
  if (adopted)
    adopted_ = copy;
  else
    close(copy);
  return adopted;
}

} // namespace troupe::http
