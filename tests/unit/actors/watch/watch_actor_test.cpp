#include "actors/watch/watch_actor.hpp"
#include "runtime/caf/supervisor_actor.hpp"
#include "runtime/caf/system_config.hpp"
#include "tests/support/local_store.hpp"
#include "tests/unit/runtime/watch/watch_objects.hpp"

#include <caf/actor_system.hpp>
#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

using namespace troupe;
using namespace troupe::watch;
using namespace troupe::watch::test;
using namespace std::chrono_literals;

namespace {

/// Writes down what it hears; takes `room` deliveries, then refuses.
class recorder : public watch_sink {
public:
  explicit recorder(std::size_t room = SIZE_MAX) : room_(room) {}

  bool deliver(std::span<const delivery> batch) override {
    std::lock_guard guard{mutex_};
    if (!ends_.empty())
      ends_.push_back("delivery after the end");
    if (heard_.size() + batch.size() > room_)
      return false;
    for (const auto& what : batch)
      heard_.push_back(text(what));
    changed_.notify_all();
    return true;
  }

  void end(watch_end why) override {
    std::lock_guard guard{mutex_};
    ends_.push_back(text(why));
    changed_.notify_all();
  }

  /// Waits for `n` deliveries, or the end; returns what was heard.
  std::vector<std::string> wait_for(std::size_t n) {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 10s,
                      [&] { return heard_.size() >= n || !ends_.empty(); });
    return heard_;
  }

  /// How it ended; more than one end would show.
  std::vector<std::string> wait_for_end() {
    std::unique_lock lock{mutex_};
    changed_.wait_for(lock, 10s, [&] { return !ends_.empty(); });
    return ends_;
  }

  bool ended() {
    std::lock_guard guard{mutex_};
    return !ends_.empty();
  }

private:
  const std::size_t room_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> heard_;
  std::vector<std::string> ends_;
};

using texts_list = std::vector<std::string>;

struct fixture {
  actors::system_config config;
  caf::actor_system system{config};
  std::shared_ptr<troupe::test::local_store> store =
      std::make_shared<troupe::test::local_store>();
  std::shared_ptr<actors::door<call>> entrance;
  std::shared_ptr<hub_handle> port;
  caf::actor root;
  std::uint64_t proposals = 0;

  explicit fixture(std::size_t room = mailbox_max, bool start = true)
      : entrance(
          std::make_shared<actors::door<call>>("/test/watch", "watch", room)),
        port(std::make_shared<hub_handle>(entrance, store)) {
    if (start)
      begin();
  }

  ~fixture() {
    if (root)
      caf::anon_send_exit(root, caf::exit_reason::user_shutdown);
  }

  void begin() {
    watch_actor_config settings;
    settings.tick = 5ms;
    actors::supervisor_config children;
    children.policy.restarts_max = 1000;
    children.policy.backoff = {1ms, 1ms};
    children.children.push_back(
        {entrance,
         [port = port, settings](caf::event_based_actor& parent) -> caf::actor {
           return parent.system().spawn<watch_actor>(port, settings);
         }});
    root = system.spawn(actors::supervisor, std::move(children));
    REQUIRE(eventually([&] { return entrance->current() != nullptr; }));
  }

  static bool eventually(const std::function<bool()>& holds) {
    const auto deadline = std::chrono::steady_clock::now() + 10s;
    while (!holds()) {
      if (std::chrono::steady_clock::now() > deadline)
        return false;
      std::this_thread::yield();
    }
    return true;
  }

  void write(std::vector<store::op> ops) {
    store::proposal p;
    auto n = ++proposals;
    store::proposal_id::value_type id{};
    for (auto& octet : id) {
      octet = static_cast<std::uint8_t>(n);
      n >>= 8;
    }
    p.id = store::proposal_id{id};
    p.ops = std::move(ops);
    store->propose_now(std::move(p));
  }

  void put(const store::key& key, std::string value) {
    write({put_of(key, std::move(value))});
  }

  std::unique_ptr<watch_handle>
  open(std::shared_ptr<watch_sink> sink, std::optional<std::uint64_t> after,
       std::optional<duration> timeout = std::nullopt) {
    watch_request r;
    r.prefix = "core/pods/";
    if (after)
      r.after = store::revision{*after};
    r.timeout = timeout;
    return port->open(std::move(r), std::move(sink));
  }

  /// Opens again until an incarnation takes it: no end arrives and a list
  /// does.
  std::pair<std::shared_ptr<recorder>, std::unique_ptr<watch_handle>>
  open_until_listed() {
    for (;;) {
      auto sink = std::make_shared<recorder>();
      auto handle = open(sink, std::nullopt);
      sink->wait_for(1);
      if (!sink->ended())
        return {sink, std::move(handle)};
    }
  }

  /// Kills the actor; false when no other takes its place.
  bool kill() {
    const auto before = entrance->report({}).restarts;
    caf::anon_send_exit(entrance->current(), caf::exit_reason::kill);
    return eventually([&] { return entrance->report({}).restarts > before; });
  }
};

} // namespace

TEST_CASE("a watch hears what is there, then what is written") {
  fixture f;
  f.put("core/pods/a/x", "one");
  auto sink = std::make_shared<recorder>();
  auto handle = f.open(sink, std::nullopt);
  CHECK(sink->wait_for(1) == texts_list{"1 added core/pods/a/x one"});
  f.put("core/configmaps/a/x", "other");
  f.put("core/pods/a/x", "two");
  f.write({store::erase{"core/pods/a/x"}});
  CHECK(sink->wait_for(3)
        == texts_list{"1 added core/pods/a/x one",
                      "3 modified core/pods/a/x two",
                      "4 deleted core/pods/a/x two"});
}

TEST_CASE("what was committed before the opening is covered by it") {
  fixture f;
  for (int n = 1; n <= 200; ++n) {
    f.put("core/pods/a/x", std::to_string(n));
    auto sink = std::make_shared<recorder>();
    auto handle = f.open(sink, std::nullopt);
    const auto heard = sink->wait_for(1);
    REQUIRE_FALSE(heard.empty());
    CHECK(heard[0]
          == std::to_string(n) + " added core/pods/a/x " + std::to_string(n));
  }
}

TEST_CASE("a handle's end ends its watch, once, whenever it comes") {
  fixture f;
  f.put("core/pods/a/x", "one");
  auto sink = std::make_shared<recorder>();
  auto handle = f.open(sink, 0);
  sink->wait_for(1);
  handle.reset();
  CHECK(sink->wait_for_end() == texts_list{"closed"});
  std::vector<std::shared_ptr<recorder>> sinks;
  for (int n = 0; n < 100; ++n) {
    sinks.push_back(std::make_shared<recorder>());
    f.open(sinks.back(), 0).reset();
  }
  for (auto& one : sinks)
    CHECK(one->wait_for_end() == texts_list{"closed"});
}

TEST_CASE("a sink without room ends as overflow and disturbs nobody") {
  fixture f;
  auto slow = std::make_shared<recorder>(2);
  auto quick = std::make_shared<recorder>();
  auto a = f.open(slow, 0);
  auto b = f.open(quick, 0);
  for (int n = 1; n <= 5; ++n) {
    f.put("core/pods/a/x", std::to_string(n));
    quick->wait_for(static_cast<std::size_t>(n));
  }
  CHECK(slow->wait_for_end() == texts_list{"overflow"});
  CHECK(slow->wait_for(2).size() == 2);
  CHECK(quick->wait_for(5).size() == 5);
  CHECK_FALSE(quick->ended());
}

TEST_CASE("a timeout ends the watch; history that is gone never begins it") {
  fixture f;
  auto brief = std::make_shared<recorder>();
  auto a = f.open(brief, 0, 20ms);
  CHECK(brief->wait_for_end() == texts_list{"timeout"});
  for (int n = 1; n <= 3; ++n)
    f.put("core/pods/a/x", std::to_string(n));
  f.store->apply_now(store::compact{store::revision{2}});
  auto late = std::make_shared<recorder>();
  auto b = f.open(late, 1);
  CHECK(late->wait_for_end() == texts_list{"compacted"});
}

TEST_CASE("without an actor, and past its mailbox, openings are refused") {
  fixture f{4, false};
  auto refused = std::make_shared<recorder>();
  auto handle = f.open(refused, 0);
  CHECK(refused->wait_for_end() == texts_list{"unavailable"});
  handle.reset();
  f.put("core/pods/a/x", "before anybody listens");
  f.begin();
  std::vector<
      std::pair<std::shared_ptr<recorder>, std::unique_ptr<watch_handle>>>
      all;
  for (int n = 0; n < 500; ++n) {
    auto sink = std::make_shared<recorder>();
    all.emplace_back(sink, nullptr);
    all.back().second = f.open(sink, 0);
  }
  // Heard or refused, never silent; and a small mailbox loses no writes.
  f.put("core/pods/a/x", "after");
  for (auto& [sink, open] : all) {
    const auto heard = sink->wait_for(2);
    if (sink->ended())
      CHECK(sink->wait_for_end() == texts_list{"unavailable"});
    else
      CHECK(heard.size() == 2);
  }
}

TEST_CASE("the door's count survives timers") {
  fixture f;
  auto brief = std::make_shared<recorder>();
  auto handle = f.open(brief, 0, 30ms);
  brief->wait_for_end();
  CHECK(
      fixture::eventually([&] { return f.entrance->report({}).waiting == 0; }));
  CHECK(f.entrance->report({}).dropped == 0);
}

TEST_CASE("killed, it ends its watches, and they resume where they were") {
  fixture f;
  const std::uint64_t writes = 3000;
  bool replaced = true;
  // A client: whatever happens, it comes back with the last revision it heard.
  std::uint64_t at = 0;
  std::size_t ends = 0;
  texts_list heard;
  auto sink = std::make_shared<recorder>();
  auto handle = f.open(sink, at);
  std::thread writer{[&] {
    for (std::uint64_t n = 1; n <= writes; ++n) {
      f.put("core/pods/a/" + std::to_string(n % 7), std::to_string(n));
      if (n % 150 == 0)
        replaced = f.kill() && replaced;
    }
  }};
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (std::chrono::steady_clock::now() < deadline) {
    const auto got = sink->wait_for(writes - at);
    heard.insert(heard.end(), got.begin(), got.end());
    if (!got.empty())
      at = std::stoull(got.back());
    if (at == writes)
      break;
    CHECK(sink->wait_for_end() == texts_list{"unavailable"});
    ++ends;
    sink = std::make_shared<recorder>();
    handle = f.open(sink, at);
  }
  writer.join();
  CHECK(replaced);
  CHECK(ends > 0);
  texts_list want;
  for (std::uint64_t n = 1; n <= writes; ++n)
    want.push_back(std::to_string(n) + (n <= 7 ? " added " : " modified ")
                   + "core/pods/a/" + std::to_string(n % 7) + " "
                   + std::to_string(n));
  CHECK(heard == want);
}

TEST_CASE("a new incarnation serves the present") {
  fixture f;
  f.put("core/pods/a/x", "one");
  auto sink = std::make_shared<recorder>();
  auto handle = f.open(sink, std::nullopt);
  sink->wait_for(1);
  REQUIRE(f.kill());
  CHECK(sink->wait_for_end() == texts_list{"unavailable"});
  f.put("core/pods/a/x", "two");
  const auto [again, open] = f.open_until_listed();
  CHECK(again->wait_for(1) == texts_list{"2 added core/pods/a/x two"});
}
