#include "tests/sim/simulation.hpp"

#include "tests/sim/checker/history_checks.hpp"
#include "tests/sim/nemesis/nemesis.hpp"
#include "tests/sim/workload/client.hpp"
#include "tests/sim/workload/watcher.hpp"

#include <algorithm>

namespace troupe::sim {

namespace {

/// Answers every client must get after the faults have ended.
constexpr unsigned answers_wanted = 5;
/// In which time, beside what elections take.
constexpr duration calm_max = std::chrono::seconds{20};

class cluster {
public:
  cluster(const options& drawn, planted_bug bug, trace::listener listener)
      : world_(drawn, bug), shared_{world_, servers_, {}, 0},
        random_(drawn.seed ^ 0x636c'7573'7465'72) {
    world_.told.listen(std::move(listener));
    for (unsigned i = 0; i < drawn.servers; ++i) {
      servers_.push_back(std::make_unique<server>(world_, i, random_.next()));
      servers_[i]->send = [this, i](unsigned to, shared_bytes message) {
        world_.net.send(i, to,
                        [&at = *servers_[to], message = std::move(message)] {
                          at.receive(*message);
                        });
      };
    }
    for (unsigned i = 0; i < drawn.clients; ++i)
      clients_.push_back(std::make_unique<client>(shared_, i, random_.next()));
    for (unsigned i = 0; i < drawn.watchers; ++i)
      watchers_.push_back(
          std::make_unique<watcher>(shared_, i, random_.next()));
    nemesis_ = std::make_unique<nemesis>(world_, servers_, random_.next());
  }

  run_result run() {
    const auto begun = world_.time.now();
    for (auto& one : servers_)
      one->start();
    for (auto& one : clients_)
      one->start();
    for (auto& one : watchers_)
      one->start();
    nemesis_->start();
    run_for(world_.drawn.faulty, [] { return false; });
    nemesis_->stop();
    if (world_.found.clean())
      calm_down();
    if (world_.found.clean())
      come_together();
    if (world_.found.clean())
      check_history();
    world_.count.add("events", world_.time.steps());
    world_.count.add("states compared", world_.log.states_compared());
    world_.count.add("revisions", world_.log.last().value());
    return {world_.found, world_.count, world_.told.digest(),
            world_.time.now() - begun};
  }

private:
  template <class Stop>
  void run_for(duration how_long, Stop stop) {
    world_.time.run_until(world_.time.now() + how_long,
                          [&] { return !world_.found.clean() || stop(); });
  }

  duration patience() const {
    return calm_max + world_.drawn.tick * world_.drawn.election_ticks * 20
           + world_.drawn.deadline * 3;
  }

  void calm_down() {
    const auto since = world_.time.now();
    const auto all_answered = [&] {
      return std::all_of(clients_.begin(), clients_.end(), [&](auto& c) {
        return c->answered_since(since) >= answers_wanted;
      });
    };
    run_for(patience(), all_answered);
    if (world_.found.clean() && !all_answered())
      world_.found.fail("liveness", "after the faults ended some client got "
                                    "no answers:"
                                        + state_of_servers());
  }

  void come_together() {
    for (auto& one : clients_)
      one->stop();
    const auto same = [&] {
      const bool quiet = std::all_of(clients_.begin(), clients_.end(),
                                     [](auto& c) { return c->idle(); });
      return quiet
             && std::all_of(servers_.begin(), servers_.end(), [&](auto& s) {
                  return s->up() && s->applied() == servers_[0]->applied()
                         && s->commits_all();
                });
    };
    run_for(patience(), same);
    if (world_.found.clean() && !same())
      world_.found.fail("liveness", "the replicas do not come together:"
                                        + state_of_servers());
    for (auto& one : servers_)
      if (one->up())
        one->compare_state();
    // What watches have under way arrives.
    run_for(std::chrono::seconds{3}, [] { return false; });
    for (auto& one : watchers_)
      one->stop();
  }

  void check_history() {
    check_linearizable(shared_.all, world_.count, world_.found);
    check_outcomes(shared_.all, world_.log, world_.found);
    check_reads(shared_.all, world_.log, world_.found);
    check_fences(shared_.all, world_.log, world_.found);
    check_watches(shared_.all, world_.log, world_.found);
  }

  std::string state_of_servers() const {
    std::string out;
    for (const auto& s : servers_)
      out += "\n      " + s->describe();
    return out;
  }

  environment world_;
  std::vector<std::unique_ptr<server>> servers_;
  workload shared_;
  prng random_;
  std::vector<std::unique_ptr<client>> clients_;
  std::vector<std::unique_ptr<watcher>> watchers_;
  std::unique_ptr<nemesis> nemesis_;
};

} // namespace

run_result simulate(const options& drawn, planted_bug bug,
                    trace::listener listener) {
  return cluster{drawn, bug, std::move(listener)}.run();
}

} // namespace troupe::sim
