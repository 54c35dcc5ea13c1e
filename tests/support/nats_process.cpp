#include "tests/support/nats_process.hpp"

#include "runtime/base/clock.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace troupe::test {

namespace {

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

int bind_any() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  constexpr int on = 1;
  auto address = loopback(0);
  // Both allow it, so another may listen where this one does not.
  if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0
      || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error{"no free port"};
  return fd;
}

std::uint16_t port_of(int fd) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0)
    throw std::runtime_error{"a bound socket has no port"};
  return ntohs(address.sin_port);
}

std::string new_directory() {
  auto text =
      (std::filesystem::temp_directory_path() / "troupe-nats-XXXXXX").string();
  if (mkdtemp(text.data()) == nullptr)
    throw std::runtime_error{"no temporary directory"};
  return text;
}

pki::credential new_authority() {
  const auto now = wall_now();
  return *pki::make_authority("test", now - std::chrono::hours{1},
                              now + std::chrono::hours{24});
}

} // namespace

pki::credential loopback_certificate(const pki::credential& authority,
                                     pki::usage usage) {
  const auto now = wall_now();
  pki::certificate_request request;
  request.subject.common_name = "nats";
  request.usage = usage;
  request.dns_names = {"localhost"};
  request.ip_addresses = {"127.0.0.1"};
  request.not_before = now - std::chrono::hours{1};
  request.not_after = now + std::chrono::hours{24};
  return *pki::issue(authority, request);
}

reserved_port::reserved_port()
    : socket_{bind_any()}, number_{port_of(socket_)} {
  // nop
}

reserved_port::~reserved_port() {
  close(socket_);
}

nats_family nats_family::make() {
  return {new_authority(),
          bus::make_authority(nats_process::cluster_uid, wall_now())};
}

nats_process::nats_process(bool verify_clients)
    : nats_process{nats_family::make(), {.verify_clients = verify_clients}} {
  // nop
}

nats_process::nats_process(nats_family family, const nats_place& place)
    : directory_{new_directory()}, family_{std::move(family)},
      signer_{place.stranger ? new_authority() : family_.authority} {
  const auto own = loopback_certificate(
      signer_, place.routes.empty() ? pki::usage::server
                                    : pki::usage::server_and_client);
  config_.name = place.name;
  config_.address = "127.0.0.1";
  config_.port = port_.number();
  config_.certificate_file = put("cert.pem", own.certificate);
  config_.private_key_file = put("key.pem", own.private_key);
  config_.authority_file = put("ca.pem", family_.authority.certificate);
  config_.verify_clients = place.verify_clients;
  config_.pid_file = directory_ + "/nats.pid";
  config_.log_file = directory_ + "/nats.log";
  config_.cluster_name = cluster_uid;
  config_.route_port = place.route_port;
  for (const auto port : place.routes)
    config_.routes.push_back({config_.address, port});
  put("nats.conf", *bus::server_config_text(config_, family_.identities));
  start();
}

nats_process::~nats_process() {
  kill();
  std::filesystem::remove_all(directory_);
}

void nats_process::start() {
  const auto file = directory_ + "/nats.conf";
  pid_ = fork();
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execlp("nats-server", "nats-server", "-c", file.c_str(), nullptr);
    _exit(127);
  }
  const auto deadline = mono_now() + std::chrono::seconds{60};
  while (!listens()) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0)
      pid_ = -1;
    if (pid_ < 0 || mono_now() > deadline)
      throw std::runtime_error{"nats-server does not listen: " + log()};
    poll(nullptr, 0, 10);
  }
}

void nats_process::kill() {
  if (pid_ <= 0)
    return;
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

nats_config nats_process::config_for(const bus_peer& self) const {
  static std::atomic<std::uint64_t> lives{0};
  nats_config out;
  out.urls = {url()};
  out.ca_pem = signer_.certificate;
  out.credentials = *bus::issue_credentials(family_.identities, cluster_uid,
                                            self, wall_now());
  out.cluster_uid = cluster_uid;
  out.self = self;
  out.incarnation = ++lives;
  return out;
}

std::string nats_process::url() const {
  return "tls://127.0.0.1:" + std::to_string(config_.port);
}

std::string nats_process::log() const {
  std::ostringstream out;
  out << std::ifstream{config_.log_file}.rdbuf();
  return out.str();
}

std::string nats_process::put(const std::string& name,
                              const std::string& text) const {
  auto path = directory_ + "/" + name;
  std::ofstream{path} << text;
  return path;
}

bool nats_process::listens() const {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  auto address = loopback(config_.port);
  const bool out =
      connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return out;
}

} // namespace troupe::test
