#pragma once

#include "node/sys/netlink_message.hpp"
#include "node/sys/unique_fd.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace troupe::sys {

/// A socket of netlink(7) of one family, in the namespace of the thread that
/// opened it. One request at a time. Errors begin with what was attempted.
class netlink_socket {
public:
  /// Objects of one dump at most; more are `too_large`.
  static constexpr std::size_t dump_max = 65536;

  using message_reader = std::function<status_result(const netlink_message&)>;

  /// Of NETLINK_ROUTE, NETLINK_NETFILTER, …
  static result<netlink_socket> open(int family);

  /// Sends the request and reads until its acknowledgement. `attempt` begins
  /// the text of an error.
  status_result execute(const netlink_request& request,
                        const std::string& attempt,
                        const message_reader& read = {});

  /// What a dump tells of, as far as `parse` makes something of it; begun anew
  /// where it changed meanwhile.
  template <class T>
  result<std::vector<T>> dump(const netlink_request& request,
                              const std::string& attempt,
                              result<std::optional<T>> (*parse)(bytes_view));

private:
  /// Times a dump is begun anew.
  static constexpr int dump_attempts_max = 8;

  explicit netlink_socket(unique_fd socket) : socket_(std::move(socket)) {}

  /// Reads one datagram; whether the request is at its end.
  result<bool> receive(const std::string& attempt, const message_reader& read,
                       bool& interrupted);

  unique_fd socket_;
  std::uint32_t sequence_ = 0;
  bytes buffer_;
};

/// "<attempt>: <what the number means> (<words>)".
error netlink_failure(const std::string& attempt, int number,
                      std::string_view words = {});

template <class T>
result<std::vector<T>>
netlink_socket::dump(const netlink_request& request, const std::string& attempt,
                     result<std::optional<T>> (*parse)(bytes_view)) {
  std::vector<T> out;
  const auto read = [&](const netlink_message& message) -> status_result {
    auto one = parse(message.payload);
    if (!one)
      return one.error();
    if (out.size() == dump_max)
      return error{errc::too_large,
                   "there are more than " + std::to_string(dump_max)};
    if (*one)
      out.push_back(std::move(**one));
    return unit{};
  };
  for (int i = 0;; ++i) {
    out.clear();
    const auto done = execute(request, attempt, read);
    if (done)
      return out;
    if (done.error().code != errc::conflict || i == dump_attempts_max)
      return done.error();
  }
}

} // namespace troupe::sys
