// Questions answered each second by node/dns and by dnsmasq; see README.md.
//
//     dns_bench [SECONDS [ROUNDS [SERVICES]]]
#include "node/dns/message.hpp"
#include "node/dns/server.hpp"
#include "tests/bench/support/figures.hpp"
#include "tests/bench/support/process.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

namespace {

using namespace troupe;
using namespace troupe::bench;
using steady = std::chrono::steady_clock;

constexpr int patience_ms = 1000;

std::string service_name(int number) {
  return "web-" + std::to_string(number);
}

std::string address_of(int number) {
  return "10.96." + std::to_string(number / 250) + "."
         + std::to_string(number % 250 + 1);
}

std::string whole_name(int number) {
  return service_name(number) + ".default.svc.cluster.local";
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return out;
}

std::uint16_t free_port() {
  const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  auto address = loopback(0);
  socklen_t length = sizeof address;
  bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  close(fd);
  return ntohs(address.sin_port);
}

int serve(std::uint16_t port, int services) {
  std::vector<dns::named_service> all;
  for (int i = 0; i < services; ++i)
    all.push_back({service_name(i),
                   "default",
                   {*ip_address::parse(address_of(i))},
                   {{"http", "tcp", 80}},
                   {},
                   {}});
  dns::server_config config;
  config.address = *ip_address::parse("127.0.0.1");
  config.port = port;
  const auto names =
      std::make_shared<const dns::name_table>("cluster.local", std::move(all));
  auto server = dns::server::open(config, [names] { return names; });
  return server && (*server)->run() ? 0 : 1;
}

process start_dnsmasq(std::uint16_t port, int services,
                      const std::string& directory) {
  const auto hosts = directory + "/hosts";
  std::ofstream file{hosts};
  for (int i = 0; i < services; ++i)
    file << address_of(i) << ' ' << whole_name(i) << '\n';
  file.close();
  return spawn_program(
      {"dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
       "--port=" + std::to_string(port), "--user=root",
       "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv",
       "--no-hosts", "--pid-file=", "--addn-hosts=" + hosts},
      directory + "/log");
}

/// One socket with so many questions under way.
class asker {
public:
  asker(std::uint16_t port, int services) : services_{services} {
    const auto to = loopback(port);
    connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to);
  }

  ~asker() { close(fd_); }

  bool wait_until_served() {
    for (int i = 0; i < 100; ++i) {
      ask();
      if (hear(50))
        return true;
      poll(nullptr, 0, 20);
    }
    return false;
  }

  found run(std::size_t window, double seconds, pid_t server) {
    std::vector<float> times;
    std::uint64_t lost = 0;
    const auto used = processor_time(server);
    const auto begin = steady::now();
    const auto end = begin + std::chrono::duration<double>{seconds};
    for (std::size_t i = 0; i < window; ++i)
      ask();
    while (steady::now() < end) {
      const auto took = hear(patience_ms);
      if (took)
        times.push_back(*took);
      else
        ++lost;
      ask();
    }
    while (hear(100)) {
      // What is under way belongs to nobody.
    }
    const auto count = static_cast<double>(times.size());
    auto out = summarize(std::move(times), seconds);
    out.failed = lost;
    out.server_us = (processor_time(server) - used) * 1e6 / count;
    return out;
  }

private:
  void ask() {
    dns::query query;
    query.id = ++last_;
    query.recursion_desired = true;
    // In no order: a prime.
    query.asked = dns::make_question(
        whole_name(static_cast<int>(last_ * 7919u) % services_),
        dns::record_type::a);
    const auto octets = dns::encode_query(query);
    asked_[last_] = steady::now();
    static_cast<void>(send(fd_, octets.data(), octets.size(), 0));
  }

  /// Microseconds that one answer took; none: nothing came, or no address.
  std::optional<float> hear(int wait_ms) {
    pollfd waiting{fd_, POLLIN, 0};
    std::uint8_t octets[dns::datagram_octets_max];
    auto size = recv(fd_, octets, sizeof octets, MSG_DONTWAIT);
    if (size < 0 && poll(&waiting, 1, wait_ms) == 1)
      size = recv(fd_, octets, sizeof octets, MSG_DONTWAIT);
    constexpr int header_octets = 12;
    if (size < header_octets || octets[7] == 0)
      return std::nullopt;
    const auto id = static_cast<std::uint16_t>(octets[0] << 8 | octets[1]);
    return std::chrono::duration<float, std::micro>(steady::now() - asked_[id])
        .count();
  }

  int fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  int services_;
  std::uint16_t last_ = 0;
  std::vector<steady::time_point> asked_{65536};
};

void print(const char* who, std::size_t window, const found& what) {
  std::printf("%-8s %3zu under way %8.0f/s  p50 %6.3f ms  p99 %6.3f ms  "
              "processor %5.1f us  lost %llu\n",
              who, window, what.per_second, what.p50_ms, what.p99_ms,
              what.server_us, static_cast<unsigned long long>(what.failed));
}

} // namespace

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  const int services = argc > 3 ? std::atoi(argv[3]) : 1000;
  char directory[] = "/tmp/troupe-dns-bench-XXXXXX";
  if (services < 1 || rounds < 1 || mkdtemp(directory) == nullptr)
    return 1;
  const auto our_port = free_port(), their_port = free_port();
  const auto ours = fork_process([&] { return serve(our_port, services); });
  const auto theirs = start_dnsmasq(their_port, services, directory);
  asker ask_ours{our_port, services}, ask_theirs{their_port, services};
  if (!ask_ours.wait_until_served())
    return 1;
  const bool peer = ask_theirs.wait_until_served();
  if (!peer)
    std::puts("no dnsmasq beside us: that takes Debian's dnsmasq-base");
  for (const std::size_t window : {1, 16, 64}) {
    std::vector<found> mine, others;
    for (int i = 0; i < rounds; ++i) {
      mine.push_back(ask_ours.run(window, seconds, ours.pid()));
      if (peer)
        others.push_back(ask_theirs.run(window, seconds, theirs.pid()));
    }
    const auto own = median(mine);
    print("node/dns", window, own);
    if (!peer)
      continue;
    const auto other = median(others);
    print("dnsmasq", window, other);
    std::printf("ours / dnsmasq: %.2f of the rate, %.2f of p99, %.2f of the "
                "processor\n",
                own.per_second / other.per_second, own.p99_ms / other.p99_ms,
                own.server_us / other.server_us);
  }
  unlink((std::string{directory} + "/hosts").c_str());
  unlink((std::string{directory} + "/log").c_str());
  rmdir(directory);
  return 0;
}
