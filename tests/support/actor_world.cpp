#include "tests/support/actor_world.hpp"

#include <caf/send.hpp>

#include <chrono>

namespace troupe::test {

namespace {

mono_time now() {
  return mono_time{std::chrono::steady_clock::now().time_since_epoch()};
}

} // namespace

actor_world::actor_world() {
  subscription_ = world.store
                      .subscribe([this](const auto&) {
                        std::lock_guard guard{mutex_};
                        changed_.notify_all();
                      })
                      .second;
}

actor_world::~actor_world() {
  caf::anon_send_exit(root_, caf::exit_reason::user_shutdown);
  root_ = nullptr;
  system.await_all_actors_done();
}

control::loop_ports actor_world::ports() {
  control::loop_ports out;
  out.store = &locked;
  out.api = control::borrowed(locked);
  // Names of events tell the time.
  out.wall_now = [this] { return world.wall + now().time_since_epoch(); };
  out.mono_now = now;
  out.random = [] { return 7; };
  return out;
}

void actor_world::start(std::vector<actors::child_spec> children) {
  for (const auto& child : children)
    doors.push_back(child.entrance);
  actors::supervisor_config config;
  config.policy.restarts_max = 100;
  config.children = std::move(children);
  root_ = system.spawn(actors::supervisor, std::move(config));
}

void actor_world::place(const std::string& yaml) {
  exclusively([&] { world.place(yaml); });
}

bool actor_world::comes_true(const std::function<bool()>& wanted) {
  std::unique_lock guard{mutex_};
  return changed_.wait_for(guard, std::chrono::seconds{20}, wanted);
}

} // namespace troupe::test
