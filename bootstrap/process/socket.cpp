#include "bootstrap/process/socket.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace troupe::process {

namespace {

error socket_error(std::uint16_t port, int number) {
  auto code = errc::io_error;
  if (number == EADDRINUSE)
    code = errc::conflict;
  else if (number == EACCES)
    code = errc::permission_denied;
  return {code, "127.0.0.1:" + std::to_string(port) + ": "
                    + std::generic_category().message(number)};
}

} // namespace

result<listening_socket> listen_on_loopback(std::uint16_t port) {
  listening_socket out;
  out.fd.reset(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int yes = 1;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* name = reinterpret_cast<sockaddr*>(&address);
  // Without SO_REUSEADDR connections in TIME_WAIT would keep a cluster from
  // coming back on its port.
  if (!out.fd
      || setsockopt(out.fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes)
             != 0
      || bind(out.fd.get(), name, length) != 0
      || listen(out.fd.get(), SOMAXCONN) != 0
      || getsockname(out.fd.get(), name, &length) != 0)
    return socket_error(port, errno);
  out.port = ntohs(address.sin_port);
  return out;
}

} // namespace troupe::process
