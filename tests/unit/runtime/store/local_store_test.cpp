#include "tests/support/local_store.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::store;
using troupe::test::local_store;

namespace {

proposal write_of(std::uint8_t id, const key& k) {
  proposal p;
  p.id = proposal_id{{id}};
  p.deadline = wall_time{duration{100}};
  p.ops = {put{k, make_shared_bytes("v"), {}}};
  return p;
}

} // namespace

TEST_CASE("batches are heard in order, also when a listener writes",
          "[store]") {
  local_store local;
  std::vector<std::string> heard;
  auto echo = local.subscribe([&](const applied_batch& batch) {
    heard.push_back("1:" + batch.events.front().key);
    if (batch.events.front().key == "a")
      local.propose(write_of(2, "b"),
                    [&](propose_outcome) { heard.push_back("b done"); });
  });
  auto second = local.subscribe([&](const applied_batch& batch) {
    heard.push_back("2:" + batch.events.front().key);
    CHECK(local.current()->applied() == batch.snapshot->applied());
  });
  local.propose_now(write_of(1, "a"));
  CHECK(heard
        == std::vector<std::string>{"1:a", "2:a", "1:b", "2:b", "b done"});
  CHECK(second.first->applied() == revision{0});
  second.second.reset();
  local.propose_now(write_of(3, "c"));
  CHECK(heard.back() == "1:c");
}

TEST_CASE("waits end when the revision is applied or time is up", "[store]") {
  local_store local;
  std::vector<barrier_outcome> heard;
  auto hear = [&](barrier_outcome x) { heard.push_back(x); };
  local.wait_applied(revision{1}, mono_time{duration{10}}, hear);
  local.wait_applied(revision{2}, mono_time{duration{10}}, hear);
  local.read_index({}, hear);
  CHECK(heard == std::vector{barrier_outcome::reached});
  local.propose_now(write_of(1, "a"));
  local.set_mono_time(mono_time{duration{11}});
  CHECK(heard
        == std::vector{barrier_outcome::reached, barrier_outcome::reached,
                       barrier_outcome::timed_out});
}

TEST_CASE("a proposal past its deadline expires", "[store]") {
  local_store local;
  local.set_wall_time(wall_time{duration{101}});
  CHECK(std::holds_alternative<proposal_expired>(
      local.propose_now(write_of(1, "a"))));
  CHECK(local.current()->size() == 0);
}
