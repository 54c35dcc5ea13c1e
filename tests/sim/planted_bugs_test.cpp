#include "tests/sim/scenario/scenario.hpp"
#include "tests/sim/simulation.hpp"

#include <catch2/catch.hpp>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>

using namespace troupe;
using namespace troupe::sim;

namespace {

enum class verdict { clean, found, aborted };

/// In a process of its own: what is planted may also meet a check of the
/// product, which ends the process.
verdict run(const std::string& scenario, std::uint64_t seed, planted_bug bug) {
  const auto text = read_scenario(scenario);
  REQUIRE(text);
  const auto drawn = draw(scenario, *text, seed);
  REQUIRE(drawn);
  std::fflush(nullptr);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    (void)std::freopen("/dev/null", "w", stderr);
    ::signal(SIGABRT, SIG_DFL);
    ::_exit(simulate(*drawn, bug).found.clean() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  if (WIFSIGNALED(status))
    return verdict::aborted;
  return WEXITSTATUS(status) == 0 ? verdict::clean : verdict::found;
}

struct hunt {
  planted_bug bug;
  const char* scenario;
  std::uint64_t seeds_max;
};

} // namespace

TEST_CASE("each planted bug is found") {
  using enum planted_bug;
  const std::vector<hunt> hunts{
      {lying_disk, "power", 10},
      {late_disk, "power", 20},
      {forgotten_vote, "elections", 150},
      {amnesia, "swarm", 20},
      {swapped_entries, "swarm", 20},
      {stale_read, "partition", 10},
      {wrong_revision, "calm", 5},
      {early_answer, "calm", 5},
      {lost_guard, "calm", 5},
      {lost_fence, "calm", 5},
      {fresh_retry, "calm", 5},
      {dropped_event, "calm", 5},
      {doubled_event, "calm", 5},
      {split_event, "calm", 5},
      {no_healing, "partition", 5},
  };
  REQUIRE(hunts.size() == planted_bugs().size());
  for (const auto& one : hunts) {
#ifdef __SANITIZE_ADDRESS__
    if (one.seeds_max > 20)
      continue; // sanitizers take their time
#endif
    auto found = verdict::clean;
    std::uint64_t seed = 0;
    while (found == verdict::clean && seed < one.seeds_max)
      found = run(one.scenario, ++seed, one.bug);
    INFO(to_string(one.bug) << " in " << seed << " seeds of " << one.scenario);
    CHECK(found != verdict::clean);
  }
}
