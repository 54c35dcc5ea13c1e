#include "actors/gateway/object/write_loop.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;
using test::fate;

namespace {

constexpr auto empty_map = R"({"metadata":{"name":"a"}})";

/// A world with a namespace and a ConfigMap `a` in it, at revision 2.
struct fixture {
  fixture() {
    world.create(world.call("namespaces", ""), R"({"metadata":{"name":"ns"}})");
    world.create(world.call("configmaps", "ns"), empty_map);
    world.store.proposals.clear();
    world.store.barriers_asked = 0;
  }

  object_call a() { return world.call("configmaps", "ns", "a"); }

  std::uint64_t applied() { return world.inner.current()->applied().value(); }

  /// Somebody else sets data.k.
  void disturb(const std::string& value) {
    world.store.before_propose = nullptr;
    CHECK(world
              .patch(a(), patch_kind::merge,
                     R"({"data":{"k":")" + value + R"("}})")
              .status.success);
  }

  void disturb_each(std::size_t times) {
    world.store.before_propose = [=, this](std::size_t) {
      disturb(std::to_string(applied()));
      if (times > 1)
        disturb_each(times - 1);
    };
  }

  std::string data(const object_answer& answer) {
    if (answer.object == nullptr)
      return answer.status.message;
    const auto* data =
        codec::find_path(answer.object->root(), answer.object->type(), "data");
    return data == nullptr ? "" : codec::encode_json(*data, nullptr);
  }

  test::object_world world;
};

} // namespace

TEST_CASE("an unknown outcome is asked again under the same id") {
  const auto lost =
      GENERATE(fate::unknown_done, fate::unknown_lost, fate::not_leader);
  fixture f;
  f.world.store.fates = {lost, lost, fate::pass};
  const auto answer = f.world.patch(f.a(), patch_kind::json,
                                    R"([{"op":"add","path":"/data",
                                         "value":{"k":"v"}}])");
  CHECK(answer.status.success);
  CHECK(answer.revision == 3);
  CHECK(f.applied() == 3);
  REQUIRE(f.world.store.proposals.size() == 3);
  CHECK(f.world.store.proposals[0].id == f.world.store.proposals[2].id);
}

TEST_CASE("a creation whose answer was lost is no AlreadyExists") {
  fixture f;
  f.world.store.fates = {fate::unknown_done};
  const auto answer = f.world.create(f.world.call("configmaps", "ns"),
                                     R"({"metadata":{"name":"b"}})");
  CHECK(answer.status.success);
  CHECK(answer.code == 201);
  CHECK(f.applied() == 3);
}

TEST_CASE("a deletion whose answer was lost is no NotFound") {
  fixture f;
  f.world.store.fates = {fate::unknown_done, fate::not_leader};
  const auto answer = f.world.remove(f.a());
  CHECK(answer.status.success);
  CHECK(f.applied() == 3);
}

TEST_CASE("time running out tells whether the write may have happened") {
  struct row {
    const char* name;
    fate again;
    int code;
  };
  const auto x = GENERATE(row{"unknown", fate::unknown_lost, 504},
                          row{"done, unheard", fate::unknown_done, 504},
                          row{"nobody leads", fate::not_leader, 503},
                          row{"expired", fate::expired, 504});
  INFO(x.name);
  fixture f;
  f.world.store.fates.assign(10'000, x.again);
  const auto answer =
      f.world.patch(f.a(), patch_kind::merge, R"({"data":{"k":"v"}})");
  CHECK(answer.status.code == x.code);
  CHECK(f.world.store.proposals.size() < 100);
}

TEST_CASE("an unknown attempt outweighs the refusals after it") {
  fixture f;
  f.world.store.fates = {fate::unknown_lost, fate::overloaded};
  f.world.store.fates.insert(f.world.store.fates.end(), 1'000,
                             fate::not_leader);
  const auto answer =
      f.world.patch(f.a(), patch_kind::merge, R"({"data":{"k":"v"}})");
  CHECK(answer.status.code == 504);
}

TEST_CASE("a write under way ends with the store") {
  fixture f;
  bool over = false;
  f.world.ending = [&] { return over; };
  f.world.store.fates.assign(10'000, fate::unknown_lost);
  const auto begun = f.world.store.now;
  over = true;
  const auto answer =
      f.world.patch(f.a(), patch_kind::merge, R"({"data":{"k":"v"}})");
  CHECK(answer.status.code == 504);
  CHECK(f.world.store.proposals.size() == 1);
  CHECK(f.world.store.now - begun < std::chrono::seconds{1});
}

TEST_CASE("a call past its deadline proposes nothing") {
  fixture f;
  auto call = f.a();
  call.deadline = f.world.store.now;
  const auto answer =
      f.world.patch(call, patch_kind::merge, R"({"data":{"k":"v"}})");
  CHECK(answer.status.code == 504);
  CHECK(f.world.store.proposals.empty());
}

TEST_CASE("a store that takes no more says when to come again") {
  fixture f;
  f.world.store.fates = {fate::overloaded};
  const auto answer = f.world.remove(f.a());
  CHECK(answer.status.code == 429);
  CHECK(answer.status.details->retry_after_seconds == 1);
  CHECK(f.applied() == 2);
}

TEST_CASE("a patch is applied anew to what a faster write left") {
  fixture f;
  f.disturb_each(1);
  const auto answer =
      f.world.patch(f.a(), patch_kind::merge, R"({"data":{"mine":"1"}})");
  CHECK(f.data(answer) == R"({"k":"2","mine":"1"})");
  CHECK(answer.revision == 4);
}

TEST_CASE("patches give up after as many conflicts as upstream's") {
  const auto times = GENERATE(1, 5, 6, 7);
  fixture f;
  f.disturb_each(static_cast<std::size_t>(times));
  const auto answer =
      f.world.patch(f.a(), patch_kind::merge, R"({"data":{"mine":"1"}})");
  CHECK(answer.status.code == (times < patch_attempts_max ? 200 : 409));
  if (!answer.status.success)
    CHECK(answer.status.reason == "Conflict");
}

TEST_CASE("a patch with a version is not tried on another") {
  fixture f;
  f.disturb_each(1);
  const auto answer = f.world.patch(f.a(), patch_kind::merge,
                                    R"({"metadata":{"resourceVersion":"2"},
                        "data":{"mine":"1"}})");
  CHECK(answer.status.code == 409);
  CHECK(f.applied() == 3);
}

TEST_CASE("an update without a version replaces whatever stands") {
  fixture f;
  f.disturb_each(20);
  const auto answer =
      f.world.update(f.a(), R"({"metadata":{"name":"a"},"data":{"mine":"1"}})");
  CHECK(f.data(answer) == R"({"mine":"1"})");
  CHECK(answer.revision == 23);
}

TEST_CASE("a deletion meets a finalizer that came in between") {
  fixture f;
  f.world.store.before_propose = [&](std::size_t) {
    f.world.store.before_propose = nullptr;
    f.world.patch(f.a(), patch_kind::merge,
                  R"({"metadata":{"finalizers":["x.io/a"]}})");
  };
  const auto answer = f.world.remove(f.a());
  REQUIRE(answer.object != nullptr);
  CHECK(f.world.inner.current()->get("core/configmaps/ns/a") != nullptr);
}

TEST_CASE("a creation meets a namespace that began to go in between") {
  fixture f;
  f.world.store.before_propose = [&](std::size_t) {
    f.world.store.before_propose = nullptr;
    f.world.remove(f.world.call("namespaces", "", "ns"));
  };
  const auto answer = f.world.create(f.world.call("configmaps", "ns"),
                                     R"({"metadata":{"name":"b"}})");
  CHECK(answer.status.code == 403);
}

TEST_CASE("two creations of one name: the second hears so") {
  fixture f;
  f.world.store.before_propose = [&](std::size_t) {
    f.world.store.before_propose = nullptr;
    f.world.create(f.world.call("configmaps", "ns"),
                   R"({"metadata":{"name":"b"}})");
  };
  const auto answer = f.world.create(f.world.call("configmaps", "ns"),
                                     R"({"metadata":{"name":"b"}})");
  CHECK(answer.status.code == 409);
  CHECK(answer.status.reason == "AlreadyExists");
}

TEST_CASE("generated names that exist are drawn again, to a limit") {
  struct row {
    int collisions;
    int code;
  };
  const auto x = GENERATE(row{1, 201}, row{15, 201}, row{16, 409});
  fixture f;
  const auto make = [&](int same) {
    // The first number of a call is the uid's; a conflict is looked at twice.
    f.world.next_random.assign(static_cast<std::size_t>(same) + 1, 9);
    auto answer = f.world.create(f.world.call("configmaps", "ns"),
                                 R"({"metadata":{"generateName":"g-"}})");
    f.world.next_random.clear();
    return answer;
  };
  REQUIRE(make(1).status.success);
  const auto answer = make(x.collisions);
  CHECK(answer.status.code == x.code);
  if (x.code == 409)
    CHECK(answer.status.message.find("was not able to generate a unique name")
          != std::string::npos);
}

TEST_CASE("a refusal is never told from a stale state") {
  fixture f;
  // Before anything: neither namespace nor object.
  test::object_world empty;
  f.world.store.stale = empty.inner.current();
  SECTION("create") {
    CHECK(f.world
              .create(f.world.call("configmaps", "ns"),
                      R"({"metadata":{"name":"b"}})")
              .code
          == 201);
  }
  SECTION("update") {
    CHECK(f.world.update(f.a(), R"({"metadata":{"name":"a"},"data":{"k":"v"}})")
              .code
          == 200);
  }
  SECTION("delete") {
    CHECK(f.world.remove(f.a()).status.success);
  }
  CHECK(f.world.store.barriers_asked == 1);
}

TEST_CASE("what needs no certainty asks no barrier") {
  fixture f;
  CHECK(f.world.update(f.a(), R"({"metadata":{"name":"a"},"data":{"k":"v"}})")
            .status.success);
  CHECK(f.world.store.barriers_asked == 0);
}

TEST_CASE("an unchanged object is unchanged in the newest state") {
  fixture f;
  f.world.store.stale = f.world.inner.current();
  const auto before = f.world.inner.current();
  f.world.store.stale = nullptr;
  f.disturb("v");
  f.world.store.stale = before;
  // To the stale state this is no change.
  const auto answer = f.world.update(f.a(), empty_map);
  CHECK(answer.revision == 4);
}

TEST_CASE("a barrier that fails is asked again until the deadline") {
  struct row {
    store::barrier_outcome outcome;
    int code;
  };
  const auto x = GENERATE(row{store::barrier_outcome::unavailable, 503},
                          row{store::barrier_outcome::timed_out, 504});
  fixture f;
  auto absent = f.world.call("configmaps", "ns", "b");
  f.world.store.barriers = {x.outcome, x.outcome};
  CHECK(f.world.remove(absent).status.code == 404);
  f.world.store.barriers.assign(10'000, x.outcome);
  CHECK(f.world.remove(f.world.call("configmaps", "ns", "b")).status.code
        == x.code);
}

TEST_CASE("work after the store's answer goes where it is sent") {
  fixture f;
  auto ports = f.world.ports();
  std::vector<std::function<void()>> tasks;
  ports.resume = [&](auto task) { tasks.push_back(std::move(task)); };
  std::optional<object_answer> heard;
  object_writer{ports}.remove(f.a(), {},
                              [&](auto answer) { heard = std::move(answer); });
  CHECK_FALSE(heard);
  for (std::size_t i = 0; i < tasks.size(); ++i)
    tasks[i]();
  REQUIRE(heard);
  CHECK(heard->status.success);
}

TEST_CASE("an object too large to store is refused") {
  fixture f;
  const std::string note(250 * 1024, 'x');
  std::string body = R"({"metadata":{"name":"b","annotations":{"a":")" + note
                     + R"("}},"data":{)";
  // Within what a ConfigMap may hold; ownership of so many keys is too much.
  for (int i = 0; i < 30'000; ++i)
    body += (i == 0 ? "\"" : ",\"") + std::string(20, 'k') + std::to_string(i)
            + "\":\"v\"";
  const auto answer =
      f.world.create(f.world.call("configmaps", "ns"), body + "}}");
  CHECK(answer.status.code == 413);
  CHECK(answer.status.reason == "RequestEntityTooLarge");
}

TEST_CASE("a patch that is no JSON is the client's mistake") {
  fixture f;
  for (auto kind : {patch_kind::json, patch_kind::merge, patch_kind::strategic,
                    patch_kind::apply}) {
    const auto answer = f.world.patch(f.a(), kind, R"({"data":)");
    CHECK(answer.status.code == 400);
    CHECK(answer.status.reason == "BadRequest");
    CHECK_FALSE(answer.status.message.empty());
  }
}
