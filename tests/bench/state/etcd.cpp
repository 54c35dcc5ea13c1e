#include "tests/bench/state/etcd.hpp"

#include "tests/support/nats_process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

namespace troupe::bench {

namespace {

std::string free_port() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  close(fd);
  return std::to_string(ntohs(address.sin_port));
}

void put(const std::string& path, const std::string& text) {
  std::ofstream{path} << text;
}

/// Debian's etcd and the client, built by Go outside of the tree.
bool build_client(const std::string& directory, const std::string& log) {
  std::filesystem::copy(TROUPE_ETCD_CLIENT, directory + "/source");
  auto build = spawn_program({"sh", "-c",
                              "cd '" + directory
                                  + "/source' && command -v etcd && "
                                    "go build -mod=mod -o ../etcd_client ."},
                             log);
  return build.join();
}

} // namespace

std::optional<etcd_world> etcd_world::start(const pki::credential& authority,
                                            std::size_t members,
                                            const std::string& directory) {
  etcd_world out;
  out.directory_ = directory + "/etcd";
  std::filesystem::create_directories(out.directory_);
  const auto log = out.directory_ + "/log";
  if (!build_client(out.directory_, log)) {
    std::puts("no etcd beside us: that takes Debian's etcd-server, and Go for "
              "its client");
    return std::nullopt;
  }
  const auto own =
      test::loopback_certificate(authority, pki::usage::server_and_client);
  const auto ca = out.directory_ + "/ca.crt", crt = out.directory_ + "/own.crt",
             key = out.directory_ + "/own.key";
  put(ca, authority.certificate);
  put(crt, own.certificate);
  put(key, own.private_key);
  out.client_ = out.directory_ + "/etcd_client";
  std::vector<std::string> clients, peers;
  std::string cluster;
  for (std::size_t i = 0; i < members; ++i) {
    clients.push_back("https://127.0.0.1:" + free_port());
    peers.push_back("http://127.0.0.1:" + free_port());
    const auto comma = i == 0 ? "" : ",";
    out.endpoints_ += comma + clients.back();
    cluster += comma + ("s" + std::to_string(i)) + "=" + peers.back();
  }
  for (std::size_t i = 0; i < members; ++i) {
    const auto name = "s" + std::to_string(i);
    out.servers_.push_back(spawn_program({"etcd",
                                          "--name",
                                          name,
                                          "--data-dir",
                                          out.directory_ + "/data-" + name,
                                          "--listen-client-urls",
                                          clients[i],
                                          "--advertise-client-urls",
                                          clients[i],
                                          "--listen-peer-urls",
                                          peers[i],
                                          "--initial-advertise-peer-urls",
                                          peers[i],
                                          "--initial-cluster",
                                          cluster,
                                          "--client-cert-auth",
                                          "--trusted-ca-file",
                                          ca,
                                          "--cert-file",
                                          crt,
                                          "--key-file",
                                          key,
                                          "--logger",
                                          "zap"},
                                         log));
  }
  return out;
}

std::vector<pid_t> etcd_world::servers() const {
  std::vector<pid_t> out;
  for (const auto& server : servers_)
    out.push_back(server.pid());
  return out;
}

process etcd_world::start_client(std::size_t number, const load& share,
                                 const std::string& file) const {
  return spawn_program(
      {client_, endpoints_, directory_ + "/ca.crt", directory_ + "/own.crt",
       directory_ + "/own.key", share.verb, std::to_string(share.clients),
       std::to_string(share.seconds), std::to_string(share.value_octets),
       std::to_string(share.keys), "bench/n" + std::to_string(number) + "/",
       file},
      directory_ + "/log");
}

} // namespace troupe::bench
