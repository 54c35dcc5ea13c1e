#include "node/sys/netlink_socket.hpp"

#include "node/sys/os_error.hpp"

#include <linux/netlink.h>
#include <sys/socket.h>

#include <cerrno>
#include <system_error>

namespace troupe::sys {

namespace {

/// The kernel fills datagrams of a dump up to 32 KiB when there is room.
constexpr std::size_t datagram_max = 65536;

/// As everywhere, but for what netlink says in its own way.
errc netlink_code_of(int number) {
  switch (number) {
    case EADDRNOTAVAIL:
      return errc::not_found;
    case ERANGE:
      return errc::invalid_argument;
    case EAFNOSUPPORT:
      return errc::unsupported;
    default:
      return code_of(number);
  }
}

} // namespace

error netlink_failure(const std::string& attempt, int number,
                      std::string_view words) {
  auto message = attempt + ": " + std::generic_category().message(number);
  if (!words.empty())
    message += " (" + std::string{words} + ")";
  return {netlink_code_of(number), std::move(message)};
}

result<netlink_socket> netlink_socket::open(int family) {
  const std::string attempt = "open a netlink socket";
  unique_fd fd{socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family)};
  if (!fd)
    return netlink_failure(attempt, errno);
  sockaddr_nl self{};
  self.nl_family = AF_NETLINK;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&self), sizeof self)
      != 0)
    return netlink_failure(attempt, errno);
  const int on = 1;
  for (const int option :
       {NETLINK_EXT_ACK, NETLINK_CAP_ACK, NETLINK_GET_STRICT_CHK})
    if (setsockopt(fd.get(), SOL_NETLINK, option, &on, sizeof on) != 0)
      return netlink_failure(attempt, errno);
  return netlink_socket{std::move(fd)};
}

result<bool> netlink_socket::receive(const std::string& attempt,
                                     const message_reader& read,
                                     bool& interrupted) {
  buffer_.resize(datagram_max);
  const auto length =
      recv(socket_.get(), buffer_.data(), buffer_.size(), MSG_TRUNC);
  if (length < 0)
    return errno == EINTR ? result<bool>{false}
                          : result<bool>{netlink_failure(attempt, errno)};
  if (static_cast<std::size_t>(length) > buffer_.size())
    return error{errc::too_large, attempt + ": the reply is too long"};
  const auto messages = split_datagram(
      bytes_view{buffer_}.substr(0, static_cast<std::size_t>(length)));
  if (!messages)
    return error{messages.error().code,
                 attempt + ": " + messages.error().message};
  for (const auto& message : *messages) {
    if (message.sequence != sequence_)
      continue; // what is left of a request that failed half-way
    interrupted = interrupted || (message.flags & NLM_F_DUMP_INTR) != 0;
    if (message.type == NLMSG_ERROR || message.type == NLMSG_DONE) {
      // Both begin with an error number; a dump ends with the latter.
      const auto ack = parse_ack(message);
      if (!ack)
        return error{ack.error().code, attempt + ": " + ack.error().message};
      if (ack->error_number != 0)
        return netlink_failure(attempt, ack->error_number, ack->text);
      return true;
    }
    if (read)
      if (auto done = read(message); !done)
        return error{done.error().code, attempt + ": " + done.error().message};
  }
  return false;
}

status_result netlink_socket::execute(const netlink_request& request,
                                      const std::string& attempt,
                                      const message_reader& read) {
  const auto data = request.finish(++sequence_);
  if (send(socket_.get(), data.data(), data.size(), 0) < 0)
    return netlink_failure(attempt, errno);
  bool interrupted = false;
  for (;;) {
    const auto ended = receive(attempt, read, interrupted);
    if (!ended)
      return ended.error();
    if (*ended)
      break;
  }
  if (interrupted)
    return error{errc::conflict, attempt + ": it changed meanwhile"};
  return unit{};
}

} // namespace troupe::sys
