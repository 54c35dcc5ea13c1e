#include "actors/gateway/object/local_api.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"
#include "tests/unit/actors/gateway/object/object_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::gateway;

namespace {

struct fixture {
  fixture() {
    world.create(world.call("namespaces", ""), R"({"metadata":{"name":"ns"}})");
    world.create(world.call("configmaps", "ns"),
                 R"({"metadata":{"name":"a"},"data":{"k":"v"}})");
    world.create(world.call("configmaps", "ns"),
                 R"({"metadata":{"name":"b"}})");
  }

  api::request request(api::verb verb, const std::string& name = {}) {
    api::request out;
    out.user.name = "system:controller:test";
    out.verb = verb;
    out.target = {"", "v1", "configmaps", "", "ns", name};
    return out;
  }

  void set_body(api::request& request, const std::string& json) {
    auto call = world.call("configmaps", "ns");
    request.body =
        std::make_shared<const codec::document>(world.body(call, json));
  }

  api::response ask(api::request request) {
    std::optional<api::response> heard;
    local_api door{world.ports(), [this](const api::request&) { return no; }};
    door.call(std::move(request), world.store.now + std::chrono::seconds{1},
              [&](api::response answer) { heard = std::move(answer); });
    world.drain();
    return std::move(heard).value();
  }

  test::object_world world;
  std::optional<api::status> no;
};

} // namespace

TEST_CASE("a component reads the newest state") {
  fixture f;
  test::object_world empty;
  f.world.store.stale = empty.inner.current();
  const auto answer = f.ask(f.request(api::verb::get, "a"));
  REQUIRE(answer.object != nullptr);
  CHECK(answer.revision == 2);
  CHECK(name_of(*answer.object) == "a");
  CHECK_FALSE(has_meta(*answer.object, object_meta::resource_version));
  CHECK(f.ask(f.request(api::verb::get, "c")).status.code == 404);
}

TEST_CASE("a list has its revision and those of its items") {
  fixture f;
  const auto answer = f.ask(f.request(api::verb::list));
  REQUIRE(answer.object != nullptr);
  CHECK(answer.revision == 3);
  const auto* type = answer.object->type();
  CHECK(type->name == "io.k8s.api.core.v1.ConfigMapList");
  const auto& root = answer.object->root();
  CHECK(codec::find_path(root, type, "metadata.resourceVersion")->string()
        == "3");
  const auto items = codec::find_path(root, type, "items")->items();
  REQUIRE(items.size() == 2);
  CHECK(codec::find(*items[0], {1, 6})->string() == "2");
  CHECK(codec::find(*items[1], {1, 1})->string() == "b");

  auto other = f.request(api::verb::list);
  other.target.ns = "other";
  CHECK(codec::find_path(f.ask(other).object->root(), type, "items")->empty());
}

TEST_CASE("a component writes under its name") {
  fixture f;
  auto request = f.request(api::verb::create);
  f.set_body(request, R"({"metadata":{"name":"c"}, "data":{"k":"v"}})");
  const auto made = f.ask(request);
  CHECK(made.status.code == 201);
  CHECK(made.revision == 4);
  const auto owners =
      codec::find(made.object->root(), {1, object_meta::managed_fields});
  CHECK(codec::find(*owners->items()[0], {1})->string()
        == "system:controller:test");
}

TEST_CASE("an update holds to the version or uid it names") {
  fixture f;
  auto request = f.request(api::verb::update, "a");
  f.set_body(request, R"({"metadata":{"name":"a"},"data":{"k":"w"}})");
  request.resource_version = "1";
  CHECK(f.ask(request).status.reason == "Conflict");
  request.resource_version.clear();
  request.uid = "other";
  CHECK(f.ask(request).status.reason == "Conflict");
  request.uid.clear();
  CHECK(f.ask(request).revision == 4);
}

TEST_CASE("a deletion holds to the uid it names") {
  fixture f;
  auto request = f.request(api::verb::remove, "a");
  request.uid = "other";
  CHECK(f.ask(request).status.reason == "Conflict");
  request.uid =
      std::string{uid_of(*f.ask(f.request(api::verb::get, "a")).object)};
  const auto gone = f.ask(request);
  CHECK(gone.status.success);
  CHECK(gone.object == nullptr);
}

TEST_CASE("a collection of a namespace is removed") {
  fixture f;
  CHECK(f.ask(f.request(api::verb::remove_collection)).status.success);
  CHECK(f.world.inner.current()->size() == 1);
}

TEST_CASE("what the door does not do is refused") {
  fixture f;
  CHECK(f.ask(f.request(api::verb::patch, "a")).status.code == 405);
  CHECK(f.ask(f.request(api::verb::watch)).status.code == 405);

  auto unknown = f.request(api::verb::get, "a");
  unknown.target.resource = "nothings";
  CHECK(f.ask(unknown).status.code == 404);
  // Components speak of objects as they are stored.
  auto shown = f.request(api::verb::list);
  shown.target = {"events.k8s.io", "v1", "events", "", "ns", ""};
  CHECK(f.ask(shown).status.code == 404);

  auto sub = f.request(api::verb::get, "a");
  sub.target.subresource = "status";
  CHECK(f.ask(sub).status.code == 404);

  CHECK(f.ask(f.request(api::verb::create)).status.code == 400);
  CHECK(f.ask(f.request(api::verb::get)).status.code == 400);

  auto everywhere = f.request(api::verb::remove_collection);
  everywhere.target.ns.clear();
  CHECK(f.ask(everywhere).status.code == 400);

  auto typed = f.request(api::verb::update, "a");
  typed.body = std::make_shared<const codec::document>(
      schema::find_resource("", "v1", "namespaces")->type);
  CHECK(f.ask(typed).status.code == 400);
}

TEST_CASE("nobody passes unasked") {
  fixture f;
  f.no = api::forbidden({"", "configmaps"}, "a", "no");
  CHECK(f.ask(f.request(api::verb::get, "a")).status.code == 403);
  CHECK(f.ask(f.request(api::verb::remove, "a")).status.code == 403);
  CHECK(f.world.inner.current()->size() == 3);
}

TEST_CASE("a pod tolerates silent nodes as long as the cluster says") {
  fixture f;
  f.world.create(f.world.call("serviceaccounts", "ns"),
                 R"({"metadata":{"name":"default"}})");
  auto ports = f.world.ports();
  ports.pods = {20, 30};
  object_writer writer{ports};
  auto call = f.world.call("pods", "ns");
  call.field_manager = "tester";
  std::optional<object_answer> heard;
  writer.create(
      call,
      f.world.body(
          call,
          R"({"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i"}]}})"),
      [&](object_answer answer) { heard = std::move(answer); });
  f.world.drain();
  REQUIRE(heard);
  REQUIRE(heard->object != nullptr);
  std::vector<std::int64_t> seconds;
  for (auto each : view::core_v1::pod{*heard->object}.spec().tolerations())
    seconds.push_back(each.toleration_seconds());
  CHECK(seconds == std::vector<std::int64_t>{20, 30});
}

TEST_CASE("a read without a leader says so") {
  fixture f;
  f.world.store.barriers = {store::barrier_outcome::unavailable,
                            store::barrier_outcome::timed_out};
  CHECK(f.ask(f.request(api::verb::get, "a")).status.code == 503);
  CHECK(f.ask(f.request(api::verb::list)).status.code == 504);
}

TEST_CASE("a component's fence goes with each of its writes") {
  fixture f;
  const auto raise = [&](std::uint64_t epoch) {
    f.world.inner.apply_now(
        store::raise_fence{"lease", store::revision{epoch}});
  };
  raise(7);
  auto creation = f.request(api::verb::create);
  f.set_body(creation, R"({"metadata":{"name":"c"}})");
  auto removal = f.request(api::verb::remove, "a");
  auto sweep = f.request(api::verb::remove_collection);

  SECTION("the standing epoch writes") {
    for (auto* one : {&creation, &removal, &sweep}) {
      one->fence = api::fence{"lease", 7};
      const auto answer = f.ask(*one);
      CHECK(answer.status.success);
      CHECK_FALSE(answer.fenced_off);
    }
    for (const auto& one : f.world.store.proposals)
      if (one.fence)
        CHECK(one.fence->epoch == store::revision{7});
  }
  SECTION("a lower one does not, and is no conflict") {
    for (auto* one : {&creation, &removal, &sweep}) {
      one->fence = api::fence{"lease", 6};
      const auto before = f.world.store.proposals.size();
      const auto answer = f.ask(*one);
      CHECK(answer.status.code == 403);
      CHECK(answer.status.message
            == "the lease \"lease\" has a newer holder: epoch 6 is refused, 7 "
               "stands");
      CHECK(answer.fenced_off == 7);
      // Once is enough: it can not become true again.
      CHECK(f.world.store.proposals.size() == before + 1);
    }
    CHECK(f.world.inner.current()->get("core/configmaps/ns/a") != nullptr);
  }
  SECTION("an attempt without an outcome meets the fence of later") {
    f.world.store.fates = {test::fate::unknown_lost};
    f.world.store.before_propose = [&](std::size_t) {
      f.world.store.before_propose = [&](std::size_t) { raise(8); };
    };
    removal.fence = api::fence{"lease", 7};
    CHECK(f.ask(removal).fenced_off == 8);
    CHECK(f.world.inner.current()->get("core/configmaps/ns/a") != nullptr);
  }
  SECTION("another lease's fence is another's") {
    removal.fence = api::fence{"other", 1};
    CHECK(f.ask(removal).status.success);
  }
}
