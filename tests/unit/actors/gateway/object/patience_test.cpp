#include "messages/schema/registry.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr const char* pod =
    R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c",)"
    R"("image":"nginx"}]}})";

/// A store whose waits are watched: somebody else may write meanwhile.
class watched_store final : public store::store_port {
public:
  explicit watched_store(test::faulty_store& inner) : inner_{inner} {}

  std::shared_ptr<const store::store_snapshot> current() const override {
    return inner_.current();
  }

  void propose(store::proposal value,
               std::function<void(store::propose_outcome)> done) override {
    inner_.propose(std::move(value), std::move(done));
  }

  void raise(store::raise_fence value, wall_time deadline,
             std::function<void(store::propose_outcome)> done) override {
    inner_.raise(std::move(value), deadline, std::move(done));
  }

  void read_index(mono_time deadline,
                  std::function<void(store::barrier_outcome)> done) override {
    inner_.read_index(deadline, std::move(done));
  }

  void wait_applied(store::revision at, mono_time deadline,
                    std::function<void(store::barrier_outcome)> done) override {
    ++waits;
    if (on_wait)
      on_wait(waits);
    inner_.wait_applied(at, deadline, std::move(done));
  }

  std::pair<std::shared_ptr<const store::store_snapshot>,
            std::unique_ptr<store::subscription>>
  subscribe(
      std::function<void(const store::applied_batch&)> on_batch) override {
    return inner_.subscribe(std::move(on_batch));
  }

  std::function<void(int)> on_wait;
  int waits = 0;

private:
  test::faulty_store& inner_;
};

/// Creates the pod while `on_wait` goes on beside it.
gateway::object_answer create_pod(test::object_world& world,
                                  watched_store& store, duration timeout) {
  auto ports = world.ports();
  ports.store = &store;
  ports.resume = nullptr;
  auto call = world.call("pods", "default");
  call.deadline = world.store.now + timeout;
  auto body = world.body(call, pod);
  std::optional<gateway::object_answer> heard;
  gateway::object_writer{ports}.create(
      std::move(call), std::move(body),
      [&](gateway::object_answer answer) { heard = std::move(answer); });
  REQUIRE(heard);
  return *heard;
}

} // namespace

TEST_CASE("a pod waits for the account that is on its way") {
  test::object_world world;
  watched_store store{world.store};
  world.create(world.call("namespaces", ""),
               R"({"metadata":{"name":"default"}})");
  store.on_wait = [&](int waits) {
    if (waits == 3)
      world.create(world.call("serviceaccounts", "default"),
                   R"({"metadata":{"name":"default"}})");
  };
  const auto answer = create_pod(world, store, 30s);
  CHECK(answer.code == 201);
  CHECK(store.waits == 3);
}

TEST_CASE("a pod waits for its account neither for ever nor past its time") {
  for (const auto timeout : {30s, 1s}) {
    test::object_world world;
    watched_store store{world.store};
    world.create(world.call("namespaces", ""),
                 R"({"metadata":{"name":"default"}})");
    const auto begun = world.store.now;
    const auto answer = create_pod(world, store, timeout);
    CHECK(answer.code == 403);
    CHECK(store.waits > 1);
    CHECK(world.store.now - begun <= 3s);
    CHECK(world.store.now - begun >= std::min<duration>(timeout, 2s));
  }
}
