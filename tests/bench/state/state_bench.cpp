// Replicas of ours and members of etcd, as many, under the same load in turns;
// see README.md.
//
//     state_bench DIRECTORY [SECONDS [ROUNDS [MEMBERS]]]
#include "tests/bench/state/client.hpp"
#include "tests/bench/state/clients.hpp"
#include "tests/bench/state/etcd.hpp"
#include "tests/bench/state/replica.hpp"
#include "tests/support/nats_cluster.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace {

using namespace troupe;
using namespace troupe::bench;

constexpr std::size_t client_processes = 2;

/// Our side: a bus of as many nats-servers, and the replicas on it.
class our_world {
public:
  our_world(std::size_t members, const std::string& directory)
      : directory_{directory}, bus_{members} {
    std::vector<std::string> voters;
    for (std::size_t i = 0; i < members; ++i)
      voters.push_back("s" + std::to_string(i + 1));
    for (std::size_t i = 0; i < members; ++i) {
      const auto place = directory + "/" + voters[i];
      std::filesystem::create_directories(place);
      const auto config = bus_.config_for({"server", voters[i]}, i);
      replicas_.push_back(
          fork_process([&] { return run_replica(config, voters, place); }));
    }
  }

  const pki::credential& authority() const { return bus_.family().authority; }

  found run(const load& wanted) {
    std::vector<pid_t> servers;
    for (std::size_t i = 0; i < replicas_.size(); ++i) {
      servers.push_back(replicas_[i].pid());
      servers.push_back(bus_.member(i).pid());
    }
    return run_clients(
        wanted, client_processes, servers,
        [this](std::size_t number, const load& share, const std::string& file) {
          const auto config = bus_.config_for(
              {"node", "n" + std::to_string(number)}, number % bus_.size());
          return fork_process(
              [&] { return run_bus_clients(config, share, file); });
        },
        directory_);
  }

private:
  std::string directory_;
  test::nats_cluster bus_;
  std::vector<process> replicas_;
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
    std::fputs("usage: state_bench DIRECTORY [SECONDS [ROUNDS [MEMBERS]]]\n",
               stderr);
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
  const std::size_t members = argc > 4 ? std::strtoul(argv[4], nullptr, 10) : 1;
  {
    our_world ours{members, directory};
    auto etcd = etcd_world::start(ours.authority(), members, directory);
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
