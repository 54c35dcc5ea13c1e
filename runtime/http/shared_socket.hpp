#pragma once

#include "messages/base/result.hpp"

#include <mutex>

namespace troupe::http {

class http_server;

/// A server's part in a socket on which several servers accept: it takes
/// connections there while it is open, and leaves them to the others while it
/// is not. Shut at first. Safe from any thread, but not from a handler.
class shared_socket {
public:
  /// Owns the socket, which listens already.
  explicit shared_socket(int listening_fd) : socket_{listening_fd} {}

  ~shared_socket();

  shared_socket(const shared_socket&) = delete;
  shared_socket& operator=(const shared_socket&) = delete;

  /// Who takes the connections; to be detached before it goes.
  status_result attach(http_server& server);

  /// Opens or shuts it; the same again does nothing.
  status_result set_open(bool open);

  /// Nobody takes connections any more, open or not.
  void detach();

private:
  status_result settle();

  std::mutex mutex_;
  int socket_;
  int adopted_ = -1; ///< by the server
  http_server* server_ = nullptr;
  bool open_ = false;
};

} // namespace troupe::http
