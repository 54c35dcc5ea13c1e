#include "actors/controllers/controller_core.hpp"
#include "runtime/control/object_meta.hpp"
#include "tests/unit/actors/controllers/controller_world.hpp"

#include <catch2/catch.hpp>

using namespace troupe;
using namespace troupe::controllers;
using control::object_key;

namespace {

constexpr auto settings = "core/configmaps/n1/settings";
constexpr auto secret = "core/configmaps/n1/secret";

std::string config_map(const std::string& name) {
  return "{apiVersion: v1, kind: ConfigMap, metadata: {namespace: n1, name: "
         + name + ", uid: " + name + "}}";
}

/// A controller that deletes every config map, so that each step shows.
controller_spec deleter(bool confirm, std::size_t copies = 1) {
  controller_spec out;
  out.name = "deleter";
  out.watches.prefixes = {"core/configmaps/"};
  out.keys_of = [](const auto& change, const auto&, const auto& enqueue) {
    enqueue(change.key);
  };
  out.reconcile = [=](const control::snapshot& view, const object_key& key) {
    control::plan plan;
    if (const auto found = view.find(key)) {
      auto removal = control::removal_of(key, *found, "Background", "test");
      removal.confirm = confirm;
      plan.actions.assign(copies, removal);
    }
    return plan;
  };
  return out;
}

api::response refused(int code) {
  api::response out;
  out.status.code = code;
  out.status.message = "no";
  return out;
}

api::response done(std::uint64_t revision) {
  api::response out;
  out.status.success = true;
  out.status.code = 200;
  out.revision = revision;
  return out;
}

struct fixture {
  test::controller_world world;
  controller_core core;

  explicit fixture(controller_spec spec) : core(std::move(spec), 1) {}

  core_effects step(std::vector<control::loop_input> inputs = {}) {
    return core.step(world.now(), world.store.current(), std::move(inputs));
  }
};

} // namespace

TEST_CASE("core: a key waits until the view covers its writes") {
  fixture f{deleter(false)};
  f.world.place(config_map("settings"));
  const auto stale = f.world.store.current();
  const auto first = f.step();
  REQUIRE(first.calls.size() == 1);
  // Somebody touches the object while the write is under way; the view that
  // the answer meets is older than the write.
  const auto answer = done(stale->applied().value() + 5);
  f.world.place(config_map("settings"));
  CHECK(f.step({control::call_answered{first.calls[0].ticket, answer}})
            .calls.empty());
  CHECK_FALSE(f.core.quiet());
  for (int i = 0; i < 4; ++i)
    f.world.place(config_map("secret") + "  # " + std::to_string(i));
  CHECK(f.step().calls.size() == 1); // the other key
  f.world.erase(settings);
  f.world.erase(secret);
  f.world.place(config_map("settings"));
  f.world.place(config_map("other"));
  f.world.erase("core/configmaps/n1/other");
  const auto later = f.step();
  REQUIRE(later.calls.size() == 1);
  CHECK(later.calls[0].request.target.name == "settings");
}

TEST_CASE("core: what rests on an absence is planned again after a read") {
  fixture f{deleter(true)};
  f.world.place(config_map("settings"));
  const auto first = f.step();
  CHECK(first.read);
  CHECK(first.calls.empty());
  CHECK_FALSE(f.step().read);

  SECTION("and done when it is still wanted") {
    const auto second = f.step({control::read_ended{}});
    CHECK(second.calls.size() == 1);
    CHECK_FALSE(second.read);
  }
  SECTION("and dropped when the fresh view does not want it") {
    f.world.erase(settings);
    CHECK(f.step({control::read_ended{}}).calls.empty());
    CHECK(f.core.quiet());
  }
  SECTION("and tried again later when the read fails") {
    const auto second =
        f.step({control::read_ended{store::barrier_outcome::unavailable}});
    CHECK(second.calls.empty());
    CHECK_FALSE(second.read);
    REQUIRE(second.wake_at);
    f.world.advance(*second.wake_at - f.world.mono);
    CHECK(f.step().read);
  }
}

TEST_CASE("core: an unknown outcome waits for a read, then tries again") {
  for (const int code : {503, 504}) {
    fixture f{deleter(false)};
    f.world.place(config_map("settings"));
    const auto first = f.step();
    const auto second = f.step(
        {control::call_answered{first.calls.at(0).ticket, refused(code)}});
    CHECK(second.read);
    CHECK(second.calls.empty());
    f.world.advance(std::chrono::seconds{1});
    CHECK(f.step().calls.empty());
    CHECK(f.step({control::read_ended{}}).calls.size() == 1);
  }
}

TEST_CASE("core: users hear of what happened, and of nothing else") {
  struct row {
    const char* name;
    api::response answer;
    const char* want;
  };

  const row rows[] = {
      {"done", done(9), "Normal Removed: Removed settings"},
      {"refused", refused(403), "Warning Stayed: Cannot remove: no"},
      {"outdated", refused(409), ""},
      {"unknown", refused(504), ""},
  };
  for (const auto& r : rows) {
    CAPTURE(r.name);
    auto spec = deleter(false);
    spec.reconcile = [inner = spec.reconcile](const auto& view,
                                              const auto& key) {
      auto plan = inner(view, key);
      for (auto& action : plan.actions)
        action.event = control::action_event{
            control::subject_of(key, *view.get(key)),
            control::event_note{false, "Removed", "Removed settings"},
            control::event_note{true, "Stayed", "Cannot remove: "}};
      return plan;
    };
    fixture f{spec};
    f.world.place(config_map("settings"));
    const auto first = f.step();
    CHECK(first.events.empty());
    const auto second =
        f.step({control::call_answered{first.calls.at(0).ticket, r.answer}});
    CHECK(second.events.size() == (*r.want == '\0' ? 0 : 1));
    for (const auto& event : second.events) {
      CHECK(to_string(event.note) == r.want);
      CHECK(event.about
            == control::event_subject{"v1", "ConfigMap", "n1", "settings",
                                      "settings", "1"});
    }
  }
}

TEST_CASE("core: refusals are told to the next plan, and warned about") {
  auto spec = deleter(false);
  std::vector<control::refusal> heard;
  spec.reconcile = [&heard, inner = spec.reconcile](const auto& view,
                                                    const auto& key) {
    heard = view.refusals();
    return inner(view, key);
  };
  fixture f{std::move(spec)};
  f.world.place(config_map("settings"));
  const auto first = f.step();
  const auto second =
      f.step({control::call_answered{first.calls.at(0).ticket, refused(403)}});
  CHECK(second.warnings.size() == 1);
  REQUIRE(second.wake_at);
  CHECK(*second.wake_at >= f.world.mono + std::chrono::milliseconds{5});
  f.world.advance(*second.wake_at - f.world.mono);
  CHECK(f.step().calls.size() == 1);
  CHECK(heard == std::vector<control::refusal>{{settings, "no"}});
}

TEST_CASE("core: a conflict is tried again after the backoff") {
  fixture f{deleter(false)};
  f.world.place(config_map("settings"));
  const auto first = f.step();
  const auto second =
      f.step({control::call_answered{first.calls.at(0).ticket, refused(409)}});
  CHECK(second.calls.empty());
  CHECK(second.warnings.empty());
  f.world.advance(std::chrono::milliseconds{6});
  CHECK(f.step().calls.size() == 1);
}

TEST_CASE("core: a plan that waits is made anew when its time has come") {
  auto spec = deleter(false);
  const auto remove = spec.reconcile;
  wall_time due;
  spec.reconcile = [&](const control::snapshot& view, const object_key& key) {
    if (view.now() >= due)
      return remove(view, key);
    control::plan waits;
    waits.again_at = due;
    return waits;
  };
  fixture f{std::move(spec)};
  due = f.world.wall + std::chrono::minutes{5};
  f.world.place(config_map("settings"));
  const auto first = f.step();
  CHECK(first.calls.empty());
  CHECK(first.wake_at == f.world.mono + std::chrono::minutes{5});
  CHECK_FALSE(f.core.quiet());
  f.world.advance(std::chrono::minutes{4});
  CHECK(f.step().calls.empty());
  f.world.advance(std::chrono::minutes{1});
  CHECK(f.step().calls.size() == 1);
}

TEST_CASE("core: plans hear for how long they have seen the same") {
  std::vector<duration> ages;
  controller_spec spec = deleter(false);
  spec.reconcile = [&](const control::snapshot& view, const object_key& key) {
    const auto object = view.get(key);
    const std::string value{control::resource_version_of(*object)};
    ages.push_back(view.seen_for(key, "version", value));
    control::plan out;
    out.seen["version"] = value;
    if (ages.back() == duration{})
      out.events.push_back(
          {control::subject_of(key, *object), {false, "Changed", value}});
    out.again_at = view.now() + std::chrono::minutes{1};
    return out;
  };
  fixture f{std::move(spec)};
  const auto told = [&](const core_effects& effects) {
    std::string out;
    for (const auto& each : effects.events)
      out += to_string(each.note);
    return out;
  };
  f.world.place(config_map("settings"));
  CHECK(told(f.step()) == "Normal Changed: 1");
  f.world.advance(std::chrono::minutes{1});
  CHECK(told(f.step()).empty());
  f.world.place("{apiVersion: v1, kind: ConfigMap, metadata: {namespace: n1, "
                "name: settings, uid: settings}, data: {a: b}}");
  CHECK(told(f.step()) == "Normal Changed: 2");
  f.world.advance(std::chrono::minutes{2});
  CHECK(told(f.step()).empty());
  using std::chrono::minutes;
  CHECK(
      ages
      == std::vector<duration>{minutes{0}, minutes{1}, minutes{0}, minutes{2}});
}

TEST_CASE("core: keys and writes under way are limited") {
  SECTION("keys") {
    fixture f{deleter(false)};
    for (std::size_t i = 0; i < 2 * controller_core::keys_max; ++i)
      f.world.place(config_map("c" + std::to_string(i)));
    CHECK(f.step().calls.size() == controller_core::keys_max);
    CHECK(f.step().calls.empty());
  }
  SECTION("writes of a key, the rest of which follows") {
    const auto most = controller_core::writes_per_key_max;
    fixture f{deleter(false, most + 1)};
    f.world.place(config_map("settings"));
    const auto first = f.step();
    CHECK(first.calls.size() == most);
    std::vector<control::loop_input> answers;
    for (const auto& write : first.calls)
      answers.push_back(control::call_answered{write.ticket, done(0)});
    CHECK(f.step(std::move(answers)).calls.size() == most);
  }
}
