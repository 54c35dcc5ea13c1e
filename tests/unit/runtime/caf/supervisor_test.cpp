#include "runtime/base/reply.hpp"
#include "runtime/caf/input_actor.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <future>

using namespace troupe;
using namespace troupe::actors;

namespace {

constexpr auto patience = std::chrono::seconds{30};

struct ping {
  reply<int> answer;
  bool die = false;
};

/// Answers with the number of pings this incarnation has seen.
class counter_actor : public input_actor<ping> {
public:
  using input_actor::input_actor;

protected:
  void handle(ping& input) override {
    ++seen_;
    if (input.die)
      throw std::runtime_error("told to die");
    input.answer(seen_);
  }

private:
  int seen_ = 0;
};

struct fixture {
  system_config config;
  caf::actor_system system{config};
  std::shared_ptr<door<ping>> entrance =
      std::make_shared<door<ping>>("/test/counter", "counter", 16);
  std::promise<std::string> given_up;
  caf::actor root;

  explicit fixture(restart_policy policy = {}) {
    supervisor_config children;
    children.policy = policy;
    children.children.push_back(
        {entrance, [this](caf::event_based_actor& parent) -> caf::actor {
           return parent.system().spawn<counter_actor>(entrance);
         }});
    children.give_up = [this](const std::string& address) {
      given_up.set_value(address);
    };
    root = system.spawn(supervisor, std::move(children));
  }

  ~fixture() { caf::anon_send_exit(root, caf::exit_reason::user_shutdown); }

  /// One ping; -1 stands for "no reply".
  int ask(bool die = false) {
    auto promise = std::make_shared<std::promise<int>>();
    auto answer = promise->get_future();
    entrance->post(
        {reply<int>{[promise](int n) { promise->set_value(n); }, -1}, die});
    promise.reset();
    return answer.wait_for(patience) == std::future_status::ready ? answer.get()
                                                                  : -2;
  }

  /// Asks until an incarnation answers.
  int ask_until_answered() {
    const auto deadline = std::chrono::steady_clock::now() + patience;
    int n = -1;
    while (n < 0 && std::chrono::steady_clock::now() < deadline)
      n = ask();
    return n;
  }
};

} // namespace

TEST_CASE("a supervisor starts its child, and again when it dies") {
  fixture f;
  CHECK(f.ask_until_answered() == 1);
  CHECK(f.ask() == 2);
  CHECK(f.ask(true) == -1);
  CHECK(f.ask_until_answered() == 1);
  const auto report = f.entrance->report(mono_time{});
  CHECK(report.restarts == 1);
  CHECK(report.state == actor_state::running);
}

TEST_CASE("a killed child is replaced too") {
  fixture f;
  REQUIRE(f.ask_until_answered() == 1);
  caf::anon_send_exit(f.entrance->current(), caf::exit_reason::kill);
  int answer = 2;
  while (answer >= 2)
    answer = f.ask();
  CHECK((answer == -1 || answer == 1));
  CHECK(f.ask_until_answered() >= 1);
  CHECK(f.entrance->report(mono_time{}).restarts == 1);
}

TEST_CASE("a child that keeps failing exhausts its supervisor") {
  restart_policy policy;
  policy.restarts_max = 2;
  policy.window = std::chrono::hours{1};
  policy.backoff = {std::chrono::milliseconds{1}, std::chrono::milliseconds{1}};
  fixture f{policy};
  auto address = f.given_up.get_future();
  for (int death = 0; death < 3; ++death) {
    REQUIRE(f.ask_until_answered() >= 1);
    CHECK(f.ask(true) == -1);
  }
  REQUIRE(address.wait_for(patience) == std::future_status::ready);
  CHECK(address.get() == "/test/counter");
}

TEST_CASE("restart history: backoff grows, and old deaths are forgotten") {
  const restart_policy policy{
      3,
      std::chrono::seconds{10},
      {std::chrono::milliseconds{10}, std::chrono::seconds{1}}};
  restart_history history;
  const auto at = [](int s) { return mono_time{std::chrono::seconds{s}}; };
  CHECK(history.died(policy, at(0)) == std::chrono::milliseconds{10});
  CHECK(history.died(policy, at(1)) == std::chrono::milliseconds{20});
  CHECK(history.died(policy, at(2)) == std::chrono::milliseconds{40});
  CHECK(history.died(policy, at(3)) == std::nullopt);
  CHECK(history.died(policy, at(30)) == std::chrono::milliseconds{10});
}

TEST_CASE("a door refuses past its bound, and when nobody is behind it") {
  door<ping> closed{"/test/closed", "closed", 1};
  CHECK_FALSE(closed.post({}));
  CHECK(closed.report(mono_time{}).state == actor_state::starting);
}

TEST_CASE("children come and go") {
  fixture it;
  REQUIRE(it.ask_until_answered() == 1);
  auto more = std::make_shared<door<ping>>("/test/more", "counter", 16);
  const auto ask_more = [&] {
    auto promise = std::make_shared<std::promise<int>>();
    auto answer = promise->get_future();
    more->post(
        {reply<int>{[promise](int n) { promise->set_value(n); }, -1}, false});
    return answer.get();
  };
  add_child(it.root, {more, [&](caf::event_based_actor& parent) -> caf::actor {
                        return parent.system().spawn<counter_actor>(more);
                      }});
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (ask_more() < 0)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  remove_child(it.root, "/test/more");
  remove_child(it.root, "/test/unknown");
  while (ask_more() > 0)
    REQUIRE(std::chrono::steady_clock::now() < deadline);
  CHECK(it.ask() == 2);
}
