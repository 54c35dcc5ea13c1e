// One replica of ours and one etcd member under the same load in turns; see
// README.md.
//
//     state_bench DIRECTORY [SECONDS [ROUNDS]]
#include "tests/bench/state/client.hpp"
#include "tests/bench/state/clients.hpp"
#include "tests/bench/state/etcd.hpp"
#include "tests/bench/state/replica.hpp"
#include "tests/support/nats_process.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace troupe;
using namespace troupe::bench;

constexpr std::size_t client_processes = 2;

/// Our side: a bus and a replica on it.
class our_world {
public:
  explicit our_world(const std::string& directory) : directory_{directory} {
    std::filesystem::create_directories(directory + "/ours");
    replica_ = fork_process([&] {
      return run_replica(bus_.config_for({"server", "s1"}),
                         directory + "/ours");
    });
  }

  const pki::credential& authority() const { return bus_.authority(); }

  found run(const load& wanted) {
    return run_clients(
        wanted, client_processes, {replica_.pid(), bus_.pid()},
        [this](std::size_t number, const load& share, const std::string& file) {
          const auto config =
              bus_.config_for({"node", "n" + std::to_string(number)});
          return fork_process(
              [&] { return run_bus_clients(config, share, file); });
        },
        directory_);
  }

private:
  std::string directory_;
  test::nats_process bus_;
  process replica_;
};

void print(const char* who, const load& wanted, const found& what) {
  std::printf("%-5s %-4s %5zu %9.0f/s  p50 %8.2f ms  p99 %8.2f ms  "
              "processor %6.1f us, clients' %6.1f us%s\n",
              who, wanted.verb.c_str(), wanted.clients, what.per_second,
              what.p50_ms, what.p99_ms, what.server_us, what.client_us,
              what.failed > 0 ? "  FAILED" : "");
}

void compare(const load& wanted, int rounds, our_world& ours,
             std::optional<etcd_world>& etcd, const std::string& directory) {
  std::vector<found> mine, theirs;
  for (int i = 0; i < rounds; ++i) {
    mine.push_back(ours.run(wanted));
    if (etcd)
      theirs.push_back(run_clients(
          wanted, client_processes, etcd->servers(),
          [&](std::size_t number, const load& share, const std::string& file) {
            return etcd->start_client(number, share, file);
          },
          directory));
  }
  const auto own = median(mine);
  print("ours", wanted, own);
  if (!etcd)
    return;
  const auto peer = median(theirs);
  print("etcd", wanted, peer);
  std::printf("ours / etcd: %.2f of the rate, %.2f of p50, %.2f of p99, "
              "%.2f of the processor\n",
              own.per_second / peer.per_second, own.p50_ms / peer.p50_ms,
              own.p99_ms / peer.p99_ms, own.server_us / peer.server_us);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: state_bench DIRECTORY [SECONDS [ROUNDS]]\n", stderr);
    return 2;
  }
  const std::string directory = std::filesystem::absolute(argv[1]);
  if (std::filesystem::exists(directory)) {
    std::fputs("state_bench: the directory is there already\n", stderr);
    return 2;
  }
  std::filesystem::create_directories(directory);
  load wanted;
  if (argc > 2)
    wanted.seconds = std::atof(argv[2]);
  const int rounds = argc > 3 ? std::atoi(argv[3]) : 3;
  {
    our_world ours{directory};
    auto etcd = etcd_world::start(ours.authority(), directory);
    for (const auto* verb : {"put", "get"})
      for (const std::size_t clients : {1, 10, 100, 1000}) {
        wanted.verb = verb;
        wanted.clients = clients;
        compare(wanted, rounds, ours, etcd, directory);
      }
  }
  std::filesystem::remove_all(directory);
  return 0;
}
