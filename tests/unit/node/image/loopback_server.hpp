#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace troupe::image::test {

/// Accepts connections on a free port of 127.0.0.1 and gives each to `serve`
/// on a thread of its own, which closes nothing. Ends them all with itself.
class loopback_server {
public:
  using handler = std::function<void(int connection)>;

  explicit loopback_server(handler serve);
  ~loopback_server();

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  void accept_all();

  handler serve_;
  int listener_;
  int port_ = 0;
  std::mutex mutex_;
  std::set<int> open_;
  std::vector<std::jthread> threads_;
  std::jthread acceptor_;
};

/// Connects to "127.0.0.1:<port>"; -1 when nobody listens.
int connect_to(const std::string& address);

/// A request's head up to the blank line; empty at the end.
std::string read_head(int connection);

void send_text(int connection, const std::string& text);

/// A port of 127.0.0.1 that is taken, so that nobody listens on it.
class deaf_port {
public:
  deaf_port();
  ~deaf_port();
  deaf_port(const deaf_port&) = delete;
  deaf_port& operator=(const deaf_port&) = delete;

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

private:
  int socket_;
  int port_;
};

/// docker-registry on a port that it chooses, with its files in `directory`.
class registry {
public:
  /// `accounts`: a text for htpasswd, or "" for none. `certificate`: to speak
  /// TLS by, a path without its endings .crt and .key, or "" for plain http.
  registry(const std::string& directory, const std::string& accounts = "",
           const std::string& certificate = "");
  ~registry();

  const std::string& address() const { return address_; }

private:
  bool has_begun(const std::string& log);

  std::string address_;
  int pid_ = -1;
};

} // namespace troupe::image::test
