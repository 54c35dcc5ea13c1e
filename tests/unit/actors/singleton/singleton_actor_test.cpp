#include "actors/singleton/singleton_actor.hpp"
#include "messages/view/coordination_v1.hpp"
#include "runtime/control/object_codec.hpp"
#include "tests/support/actor_world.hpp"

#include <caf/send.hpp>
#include <catch2/catch.hpp>

#include <atomic>

using namespace troupe;
using namespace std::chrono_literals;

namespace {

constexpr const char* lease_key =
    "coordination.k8s.io/leases/kube-system/kube-scheduler";

/// Writes an object once it lives, and one more whenever the view moves on to
/// one that has "please-<n>".
class writing_loop final : public control::control_loop {
public:
  explicit writing_loop(std::uint64_t life) : life_(life) {}

  control::loop_effects step(const control::moment&,
                             std::shared_ptr<const store::store_snapshot> view,
                             std::vector<control::loop_input>) override {
    control::loop_effects out;
    if (!std::exchange(greeted_, true))
      out.calls.push_back(write("life-" + std::to_string(life_)));
    while (view->get("core/configmaps/default/please-"
                     + std::to_string(answered_ + 1)))
      out.calls.push_back(write("done-" + std::to_string(++answered_) + "-"
                                + std::to_string(life_)));
    return out;
  }

  bool quiet() const override { return true; }

private:
  control::call_effect write(const std::string& name) {
    api::request request;
    request.user.name = "writer";
    request.verb = api::verb::create;
    request.target = {"", "v1", "configmaps", "", "default", ""};
    request.body = test::config_map(name);
    ticket_ = ticket_.next();
    return {ticket_, std::move(request)};
  }

  std::uint64_t life_;
  bool greeted_ = false;
  unsigned answered_ = 0;
  control::call_ticket ticket_;
};

struct fixture : test::actor_world {
  std::atomic<std::uint64_t> lives = 0;
  std::shared_ptr<singleton::singleton_handle> handle =
      std::make_shared<singleton::singleton_handle>();

  fixture() {
    for (const auto* name : {"kube-system", "default"})
      place(std::string{"{apiVersion: v1, kind: Namespace, metadata: {name: "}
            + name + "}, status: {phase: Active}}");
    singleton::singleton_spec spec;
    spec.handle = handle;
    spec.address = "/server/s1/scheduler";
    spec.election.lease = "kube-scheduler";
    spec.election.member = "s1";
    spec.election.user = {
        "system:kube-scheduler", {}, {"system:authenticated"}, {}};
    spec.election.lease_duration = 15s;
    spec.election.renew_deadline = 10s;
    spec.election.retry_period = 100ms;
    spec.children = [this](std::shared_ptr<control::api_port> api) {
      auto given = ports();
      given.api = std::move(api);
      control::loop_spec loop;
      loop.address = "/server/s1/scheduler/queue";
      loop.kind = "scheduler";
      loop.name = "scheduler";
      loop.prefixes = {"core/configmaps/"};
      loop.answers_max = 100;
      loop.make = [this](const control::loop_ports&) {
        return std::make_unique<writing_loop>(++lives);
      };
      actors::supervisor_config out;
      out.children = {control::loop_child(std::move(loop), given)};
      return out;
    };
    start({singleton::singleton_child(std::move(spec), ports())});
  }

  bool exists(const std::string& name) {
    return world.store.current()->get("core/configmaps/default/" + name)
           != nullptr;
  }

  store::revision standing() {
    return world.store.current()->fence("kube-scheduler");
  }

  void please(unsigned number) {
    place("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: default, "
          "name: please-"
          + std::to_string(number) + "}}");
  }
};

} // namespace

TEST_CASE_METHOD(fixture, "a holder's children run under its fence",
                 "[singleton actor]") {
  REQUIRE(comes_true([&] { return exists("life-1"); }));
  CHECK(standing().value() > 0);
  please(1);
  CHECK(comes_true([&] { return exists("done-1-1"); }));
}

TEST_CASE_METHOD(fixture, "killed, it takes its children along and begins anew",
                 "[singleton actor]") {
  REQUIRE(comes_true([&] { return exists("life-1"); }));
  const auto first = standing();
  caf::anon_send_exit(doors.at(0)->current(), caf::exit_reason::kill);
  REQUIRE(comes_true([&] { return exists("life-2"); }));
  CHECK(standing() > first);
  please(1);
  REQUIRE(comes_true([&] { return exists("done-1-2"); }));
  CHECK_FALSE(exists("done-1-1"));
}

TEST_CASE_METHOD(fixture, "a refused fence makes it step down at once",
                 "[singleton actor]") {
  REQUIRE(comes_true([&] { return exists("life-1"); }));
  // Somebody else holds it by now, and this server's replica does not show it.
  exclusively([&] {
    world.store.apply_now(store::raise_fence{
        "kube-scheduler", store::revision{standing().value() + 1}});
  });
  please(1);
  REQUIRE(comes_true([&] { return exists("life-2"); }));
  CHECK_FALSE(exists("done-1-1"));
  CHECK(comes_true([&] { return exists("done-1-2"); }));
}

TEST_CASE_METHOD(fixture, "a lease that is taken away stops its children",
                 "[singleton actor]") {
  REQUIRE(comes_true([&] { return exists("life-1"); }));
  place("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: "
        "kube-scheduler, namespace: kube-system}, spec: {holderIdentity: "
        "other, leaseDurationSeconds: 1}}");
  // Who does not renew is silent after a second.
  REQUIRE(comes_true([&] { return exists("life-2"); }));
  CHECK(world.store.current()->get(lease_key) != nullptr);
}

TEST_CASE_METHOD(fixture, "a server that ends gives its lease back",
                 "[singleton actor]") {
  REQUIRE(comes_true([&] { return exists("life-1"); }));
  CHECK_FALSE(handle->wait_left(0s));
  handle->leave();
  REQUIRE(handle->wait_left(60s));
  const auto lease = world.store.current()->get(lease_key);
  REQUIRE(lease != nullptr);
  const auto object = control::decode_object(lease_key, *lease);
  REQUIRE(object.has_value());
  CHECK(view::coordination_v1::lease{*object}.spec().holder_identity().empty());
  // Its children write no more, and the next incarnation has none.
  please(1);
  caf::anon_send_exit(doors.at(0)->current(), caf::exit_reason::kill);
  please(2);
  CHECK_FALSE(exists("done-1-1"));
  CHECK(lives == 1);
}
