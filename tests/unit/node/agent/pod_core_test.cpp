#include "messages/base/overload.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/pod_core.hpp"
#include "node/pod/record.hpp"
#include "tests/unit/node/agent/objects.hpp"

#include <catch2/catch.hpp>

#include <deque>

using namespace troupe;
using namespace troupe::agent;
using namespace std::chrono_literals;
using test::failed;
using test::succeeded;

namespace {

namespace core = view::core_v1;

pod_ptr make_pod(int revision, const std::string& more_metadata = "",
                 const std::string& status = "{}") {
  return test::shared_object("Pod", R"({"metadata":{"name":"p",
    "namespace":"ns","uid":"u","resourceVersion":")"
                                        + std::to_string(revision) + "\""
                                        + more_metadata + R"(},
    "spec":{"nodeName":"n1","restartPolicy":"Never",
      "terminationGracePeriodSeconds":30,
      "containers":[{"name":"c","image":"a:1"}]},
    "status":)" + status + "}");
}

/// An action without its reason.
std::string word(const pod::pod_action& action) {
  const auto text = to_string(action);
  return text.substr(0, text.find(':'));
}

/// A pod's core, and everything that it asked for.
struct world {
  wall_time now{24h * 20'000};
  pod_core core;
  std::deque<pod::pod_action> todo;
  std::vector<std::string> events;
  std::vector<std::string> records;
  std::vector<pod_ptr> statuses;
  bool finished = false;
  std::uint64_t revision = 10;
  std::size_t answered = 0; ///< statuses

  explicit world(pod_ptr pod = make_pod(10)) : core(std::move(pod), config()) {}

  static pod::pod_config config() {
    pod::pod_config out;
    out.node_name = "n1";
    return out;
  }

  /// Notes effects; returns the names of the actions.
  std::string note(pod_effects effects) {
    std::string out;
    if (!effects.actions.empty() && records.empty())
      CHECK(effects.record); // kept before anything is begun
    for (const auto& action : effects.actions) {
      out += (out.empty() ? "" : ", ") + word(action);
      todo.push_back(action);
    }
    if (effects.record)
      records.push_back(*effects.record);
    for (const auto& event : effects.events)
      events.push_back(event.reason);
    if (effects.status)
      statuses.push_back(effects.status);
    if (effects.finished)
      CHECK_FALSE(effects.record);
    finished = finished || effects.finished;
    return out;
  }

  std::string take(const pod::pod_fact& fact) {
    return note(core.take(fact, now));
  }

  std::string adopt() { return note(core.adopted({}, {}, now)); }

  /// The object in a newer version.
  pod_ptr newer(const codec::document& from) {
    return std::make_shared<const codec::document>(
        test::with_revision(from, ++revision));
  }

  /// The object as somebody's deletion leaves it.
  pod_ptr deleted() {
    namespace fields = schema::ids::object_meta;
    auto out = core.pod()->clone();
    auto& metadata = out.object_at(out.root(), schema::ids::pod::metadata);
    out.set(metadata, fields::deletion_timestamp,
            out.make_string("2024-10-04T00:00:30Z"));
    out.set(metadata, fields::deletion_grace_period_seconds,
            out.make_integer(30));
    return newer(out);
  }

  std::string accept() {
    ++answered;
    return note(core.status_answered(succeeded(newer(*statuses.back())), now));
  }

  /// Carries out one action as a node where everything works.
  void carry_out(const pod::pod_action& action) {
    std::visit(
        overload{
            [&](const pod::mount_volumes&) { take(pod::volumes_mounted{}); },
            [&](const pod::create_sandbox&) {
              take(pod::sandbox_ready{"s", {"10.9.0.2"}});
            },
            [&](const pod::ensure_image& it) {
              take(pod::image_ready{it.container, "sha256:1", {}});
            },
            [&](const pod::start_container& it) {
              take(pod::container_created{
                  it.container, it.sandbox_id, "c1", {}, {}});
              take(pod::container_started{it.container, "c1", 7, now});
            },
            [&](const pod::signal_container& it) {
              take(pod::container_exited{it.container, it.id, 0, 0, false, "",
                                         now});
            },
            [&](const pod::stop_sandbox&) { take(pod::sandbox_stopped{}); },
            [&](const pod::unmount_volumes&) {
              take(pod::volumes_unmounted{});
            },
            [&](const pod::remove_pod&) { take(pod::pod_removed{}); },
            [&](const pod::delete_object&) { take(pod::object_deleted{}); },
            [](const auto&) {},
        },
        action);
  }

  /// Until nothing is asked for; returns what was, in order.
  std::string settle() {
    std::string out;
    for (int i = 0; i < 100 && !todo.empty(); ++i) {
      const auto action = todo.front();
      todo.pop_front();
      out += (out.empty() ? "" : ", ") + word(action);
      carry_out(action);
    }
    return out;
  }

  /// Answers writes of the status until none is left.
  void accept_all() {
    while (answered < statuses.size())
      accept();
  }

  /// Runs the pod, with its status stored.
  void run() {
    adopt();
    settle();
    accept_all();
  }

  std::string phase() const {
    return std::string{core::pod{*statuses.back()}.status().phase()};
  }
};

} // namespace

TEST_CASE("nothing is begun before an earlier agent's work is known",
          "[agent]") {
  world at;
  CHECK(at.note(at.core.changed(make_pod(11), at.now)).empty());
  CHECK(at.note(at.core.look(at.now)).empty());
  CHECK(at.records.empty());
  CHECK(at.statuses.empty());
  CHECK_FALSE(at.adopt().empty());
  CHECK(at.records.size() == 1);
}

TEST_CASE("a record is handed out with the actions it tells of", "[agent]") {
  world at;
  at.adopt();
  REQUIRE(at.records.size() == 1);
  // What was begun is in it already.
  CHECK(at.records[0] == pod::encode_record(at.core.observed()));
  CHECK(at.note(at.core.look(at.now)).empty());
  CHECK(at.records.size() == 1); // as it was: not handed out again
  at.settle();
  CHECK(at.records.back() == pod::encode_record(at.core.observed()));
}

TEST_CASE("a pod runs, and its status says so", "[agent]") {
  world at;
  at.run();
  CHECK(at.phase() == "Running");
  const core::pod pod{*at.core.pod()};
  CHECK(pod.status().pod_ip() == "10.9.0.2");
  CHECK(pod.status().container_statuses().size() == 1);
  CHECK(at.settle().empty());
}

TEST_CASE("one status is written at a time", "[agent]") {
  world at;
  at.adopt();
  REQUIRE(at.statuses.size() == 1);
  CHECK(at.phase() == "Pending");
  at.settle();
  CHECK(at.statuses.size() == 1); // though it runs by now
  at.accept();
  REQUIRE(at.statuses.size() == 2);
  CHECK(at.phase() == "Running");
}

TEST_CASE("a status that is stored is not written again", "[agent]") {
  world at;
  at.run();
  const auto written = at.statuses.size();
  at.note(at.core.look(at.now + 1h));
  at.note(at.core.changed(at.core.pod(), at.now + 2h));
  CHECK(at.statuses.size() == written);
}

TEST_CASE("a status the API keeps otherwise is not written at once",
          "[agent]") {
  world at;
  at.run();
  at.take(pod::container_exited{"c", "c1", 1, 0, false, "", at.now});
  const auto written = at.statuses.size();
  at.note(at.core.status_answered(succeeded(at.newer(*make_pod(1))), at.now));
  CHECK(at.statuses.size() == written);
  at.now += 1s;
  at.note(at.core.look(at.now));
  CHECK(at.statuses.size() == written + 1);
}

TEST_CASE("a status that somebody changed is written again", "[agent]") {
  world at;
  at.run();
  const auto written = at.statuses.size();
  at.note(at.core.changed(make_pod(90), at.now));
  CHECK(at.statuses.size() == written + 1);
  CHECK(at.phase() == "Running");
}

TEST_CASE("an older version of the object is ignored", "[agent]") {
  world at;
  at.run();
  const auto current = at.core.pod();
  at.note(at.core.changed(
      make_pod(10, R"(,"deletionTimestamp":"2024-10-04T00:00:00Z")"), at.now));
  CHECK(at.core.pod() == current);
  CHECK(at.todo.empty());
}

TEST_CASE("after a conflict the newer object is waited for", "[agent]") {
  world at;
  at.adopt();
  auto effects = at.core.status_answered(failed(409), at.now);
  CHECK_FALSE(effects.status);
  REQUIRE(effects.look_again);
  CHECK(*effects.look_again <= at.now + 1s);
  SECTION("and written on") {
    effects = at.core.changed(make_pod(20), at.now);
    REQUIRE(effects.status);
    CHECK(revision_of(*effects.status) == 20);
  }
  SECTION("but not for ever") {
    CHECK_FALSE(at.core.look(at.now + 900ms).status);
    CHECK(at.core.look(at.now + 1s).status);
  }
}

TEST_CASE("a write that failed is tried again later", "[agent]") {
  world at;
  at.adopt();
  for (const int code : {500, 503, 504}) {
    auto effects = at.core.status_answered(failed(code), at.now);
    CHECK_FALSE(effects.status);
    CHECK(effects.look_again);
    at.now += 1s;
    CHECK(at.core.look(at.now).status);
  }
}

TEST_CASE("a status of nothing means that the object is gone", "[agent]") {
  world at;
  at.adopt();
  at.settle();
  const auto written = at.statuses.size();
  at.note(at.core.status_answered(failed(404), at.now));
  CHECK(at.core.observed().vanished);
  auto done = at.settle();
  // The container is given its grace, then everything goes but the object.
  CHECK(done.find("stop sandbox") != std::string::npos);
  CHECK(done.find("delete object") == std::string::npos);
  CHECK(at.statuses.size() == written);
  CHECK(at.finished);
}

TEST_CASE("a deleted pod ends, tells its end, and is deleted", "[agent]") {
  world at;
  at.run();
  at.note(at.core.changed(at.deleted(), at.now));
  auto done = at.settle();
  CHECK(done.find("signal c c1") != std::string::npos);
  // The object stays until its final status is stored.
  CHECK(done.find("delete object") == std::string::npos);
  CHECK_FALSE(at.finished);
  at.accept_all();
  CHECK(at.core.observed().final_status_stored);
  done = at.settle();
  CHECK(done.ends_with("delete object"));
  CHECK(at.finished);
  const core::pod last{*at.statuses.back()};
  CHECK(last.status().phase() == "Succeeded");
}

TEST_CASE("facts found at adoption are taken in first", "[agent]") {
  world before;
  before.run();
  auto observed = pod::decode_record(before.records.back());
  REQUIRE(observed);
  world at{before.core.pod()};
  at.note(at.core.adopted(
      *observed, {pod::container_exited{"c", "c1", 3, 0, false, "", at.now}},
      at.now));
  CHECK(at.core.observed().containers.at("c").phase
        == pod::container_phase::exited);
  REQUIRE_FALSE(at.statuses.empty());
  CHECK(test::text_of(*at.statuses.back()).find(R"("exitCode":3)")
        != std::string::npos);
  at.settle();
  at.accept_all();
  CHECK(at.phase() == "Failed");
}

TEST_CASE("revisions are read as numbers", "[agent]") {
  CHECK(revision_of(*make_pod(123)) == 123);
  CHECK(revision_of(*test::shared_object("Pod", "{}")) == 0);
}

TEST_CASE("a clock that is set shortens no grace, and prolongs none",
          "[agent]") {
  for (const duration jump : {duration{1h}, duration{-1h}}) {
    world at;
    at.run();
    // Its process does not heed the signal.
    CHECK(at.note(at.core.changed(at.deleted(), at.now))
          == "end pod within 30s, stop c within 30s, "
             "signal c c1 with its stop signal");
    at.now += 10s + jump;
    at.core.clock_was_set(jump);
    const auto effects = at.core.look(at.now);
    CHECK(effects.actions.empty());
    CHECK(effects.look_again == at.now + 20s);
    at.now += 20s;
    CHECK(at.note(at.core.look(at.now)) == "signal c c1 with SIGKILL");
  }
}

TEST_CASE("a grace of a record begins at the latest when it is read",
          "[agent]") {
  world at;
  at.run();
  at.note(at.core.changed(at.deleted(), at.now));
  auto observed = at.core.observed();
  world later{at.core.pod()};
  later.now = at.now - 1h;
  CHECK(later.note(later.core.adopted(observed, {}, later.now)).empty());
  later.now += 30s;
  CHECK(later.note(later.core.look(later.now)) == "signal c c1 with SIGKILL");
}
