#include "tests/unit/node/image/loopback_server.hpp"

#include "tests/unit/node/image/image_fixture.hpp"

#include <arpa/inet.h>
#include <catch2/catch.hpp>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace troupe::image::test {

namespace {

sockaddr_in loopback(int port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(static_cast<std::uint16_t>(port));
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

/// A bound socket and its port.
std::pair<int, int> bind_any() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto where = loopback(0);
  socklen_t size = sizeof where;
  REQUIRE(bind(fd, reinterpret_cast<sockaddr*>(&where), size) == 0);
  REQUIRE(getsockname(fd, reinterpret_cast<sockaddr*>(&where), &size) == 0);
  return {fd, ntohs(where.sin_port)};
}

} // namespace

loopback_server::loopback_server(handler serve) : serve_{std::move(serve)} {
  std::tie(listener_, port_) = bind_any();
  REQUIRE(listen(listener_, 16) == 0);
  acceptor_ = std::jthread{[this] { accept_all(); }};
}

loopback_server::~loopback_server() {
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock{mutex_};
    for (const int fd : open_)
      shutdown(fd, SHUT_RDWR);
  }
  threads_.clear();
  close(listener_);
}

void loopback_server::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    const std::lock_guard lock{mutex_};
    open_.insert(fd);
    threads_.emplace_back([this, fd] {
      serve_(fd);
      const std::lock_guard own{mutex_};
      open_.erase(fd);
      close(fd);
    });
  }
}

int connect_to(const std::string& address) {
  const auto where = loopback(std::stoi(address.substr(address.find(':') + 1)));
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&where), sizeof where) == 0)
    return fd;
  close(fd);
  return -1;
}

std::string read_head(int connection) {
  std::string out;
  char c = 0;
  while (!out.ends_with("\r\n\r\n") && recv(connection, &c, 1, 0) == 1)
    out += c;
  return out.ends_with("\r\n\r\n") ? out : "";
}

void send_text(int connection, const std::string& text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto done = send(connection, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (done <= 0)
      return;
    rest.remove_prefix(static_cast<std::size_t>(done));
  }
}

deaf_port::deaf_port() {
  std::tie(socket_, port_) = bind_any();
}

deaf_port::~deaf_port() {
  close(socket_);
}

registry::registry(const std::string& directory, const std::string& accounts,
                   const std::string& certificate) {
  REQUIRE(run("mkdir -p " + directory) == 0);
  auto config = "version: 0.1\nlog: {level: info}\nstorage:\n  filesystem: "
                "{rootdirectory: "
                + directory + "}\nhttp: {addr: \"127.0.0.1:0\"";
  if (!certificate.empty())
    config += ", tls: {certificate: " + certificate
              + ".crt, key: " + certificate + ".key}";
  config += "}\n";
  if (!accounts.empty()) {
    write_text(directory + "/accounts", accounts);
    config +=
        "auth: {htpasswd: {realm: test, path: " + directory + "/accounts}}\n";
  }
  const auto file = directory + "/config.yml";
  const auto log = directory + "/log";
  write_text(file, config);
  pid_ = fork();
  if (pid_ == 0) {
    const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    dup2(out, 1);
    dup2(out, 2);
    execlp("docker-registry", "docker-registry", "serve", file.c_str(),
           nullptr);
    _exit(127);
  }
  REQUIRE(eventually([&] { return has_begun(log); }));
}

/// It says where it listens once it does.
bool registry::has_begun(const std::string& log) {
  const auto text = read_text(log);
  const std::string said = "listening on ";
  const auto begin = text.find(said);
  const auto end = text.find_first_of(",\"", begin);
  if (begin == text.npos || end == text.npos)
    return false;
  address_ = text.substr(begin + said.size(), end - begin - said.size());
  return true;
}

registry::~registry() {
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

} // namespace troupe::image::test
