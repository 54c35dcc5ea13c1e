#include "runtime/caf/supervisor_actor.hpp"

#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <caf/send.hpp>

namespace troupe::actors {

namespace {

/// Start the child of this address (and, by the strategy, others with it).
struct start_children {
  std::string address;
};

struct new_child {
  child_spec spec;
};

struct former_child {
  std::string address;
};

struct child {
  child_spec spec;
  caf::actor actor;
  restart_history history;
};

struct supervision {
  caf::event_based_actor* self;
  supervisor_config config;
  std::vector<child> children;

  void start(std::size_t index) {
    auto& it = children[index];
    if (config.tree != nullptr)
      config.tree->add(it.spec.entrance);
    it.actor = it.spec.spawn(*self);
    self->monitor(it.actor);
    auto work = std::make_shared<workload>();
    caf::anon_send(it.actor,
                   local<std::shared_ptr<workload>>{
                       std::make_shared<std::shared_ptr<workload>>(work)});
    it.spec.entrance->attach(it.actor, std::move(work), mono_now());
  }

  void stop(std::size_t index) {
    auto& it = children[index];
    if (!it.actor)
      return;
    self->demonitor(it.actor);
    caf::anon_send_exit(it.actor, caf::exit_reason::user_shutdown);
    it.actor = nullptr;
    it.spec.entrance->detach(actor_state::stopped);
  }

  std::pair<std::size_t, std::size_t> affected(std::size_t index) const {
    switch (config.strategy) {
      case restart_strategy::one_for_one:
        return {index, index + 1};
      case restart_strategy::rest_for_one:
        return {index, children.size()};
      case restart_strategy::one_for_all:
        break;
    }
    return {0, children.size()};
  }

  void on_down(const caf::down_msg& down) {
    for (std::size_t i = 0; i < children.size(); ++i)
      if (children[i].actor && children[i].actor->address() == down.source)
        return on_death(i, self->system().render(down.reason));
  }

  void on_death(std::size_t index, const std::string& why) {
    const auto address = children[index].spec.entrance->address();
    log_warning("supervisor", address + " ended: " + why);
    children[index].actor = nullptr;
    children[index].spec.entrance->detach(actor_state::backing_off);
    const auto delay = children[index].history.died(config.policy, mono_now());
    if (!delay) {
      log_error("supervisor", address + " keeps failing; giving up");
      if (config.give_up)
        config.give_up(address);
      self->quit(caf::exit_reason::out_of_workers);
      return;
    }
    const auto [first, last] = affected(index);
    for (auto i = last; i > first; --i)
      stop(i - 1);
    self->delayed_send(self, *delay,
                       local<start_children>{std::make_shared<start_children>(
                           start_children{address})});
  }

  /// Its index, or the number of children.
  std::size_t find(const std::string& address) const {
    std::size_t at = 0;
    while (at < children.size()
           && children[at].spec.entrance->address() != address)
      ++at;
    return at;
  }

  void add(const child_spec& spec) {
    children.push_back({spec, {}, {}});
    start(children.size() - 1);
  }

  void remove(const std::string& address) {
    const auto at = find(address);
    if (at == children.size())
      return;
    stop(at);
    if (config.tree != nullptr)
      config.tree->remove(*children[at].spec.entrance);
    children.erase(children.begin() + static_cast<std::ptrdiff_t>(at));
  }

  void restart(const std::string& address) {
    const auto index = find(address);
    if (index == children.size())
      return;
    const auto [first, last] = affected(index);
    for (auto i = first; i < last; ++i)
      if (!children[i].actor)
        start(i);
  }

  /// The supervisor is gone: its children follow, the last one first.
  void abandon() {
    for (auto i = children.size(); i > 0; --i) {
      auto& it = children[i - 1];
      if (it.actor)
        caf::anon_send_exit(it.actor, caf::exit_reason::user_shutdown);
      it.actor = nullptr;
      it.spec.entrance->detach(actor_state::stopped);
    }
  }
};

/// Supervisors take no inputs: there is nothing to count.
void enter(const std::shared_ptr<door_base>& entrance, const caf::actor& actor,
           live_tree* tree) {
  if (tree != nullptr)
    tree->add(entrance);
  entrance->attach(actor, std::make_shared<workload>(), mono_now());
}

} // namespace

caf::behavior supervisor(caf::event_based_actor* self,
                         supervisor_config config) {
  auto state = std::make_shared<supervision>();
  state->self = self;
  for (auto& spec : config.children)
    state->children.push_back({spec, {}, {}});
  state->config = std::move(config);
  self->set_down_handler(
      [state](const caf::down_msg& down) { state->on_down(down); });
  self->attach_functor([state] { state->abandon(); });
  for (std::size_t i = 0; i < state->children.size(); ++i)
    state->start(i);
  return {
      [state](const local<start_children>& m) {
        state->restart(m.input->address);
      },
      [state](const local<new_child>& m) { state->add(m.input->spec); },
      [state](const local<former_child>& m) {
        state->remove(m.input->address);
      },
      // A supervisor is a child of another: its own counts are of no interest.
      [](const local<std::shared_ptr<workload>>&) {},
  };
}

caf::actor spawn_root(caf::actor_system& system,
                      const std::shared_ptr<door_base>& entrance,
                      supervisor_config config, std::function<void()> on_end) {
  auto* tree = config.tree;
  const auto root = system.spawn(
      [entrance, config = std::move(config),
       on_end = std::move(on_end)](caf::event_based_actor* self) mutable {
        // The tree knows the door for as long as this holds it.
        self->attach_functor([entrance, on_end](const caf::error& reason) {
          if (reason != caf::exit_reason::user_shutdown)
            on_end();
        });
        return supervisor(self, std::move(config));
      });
  enter(entrance, root, tree);
  return root;
}

caf::actor spawn_linked(caf::event_based_actor& owner,
                        const std::shared_ptr<door_base>& entrance,
                        supervisor_config config) {
  auto* tree = config.tree;
  const auto child = owner.spawn<caf::linked>(supervisor, std::move(config));
  enter(entrance, child, tree);
  return child;
}

void add_child(const caf::actor& to, child_spec spec) {
  caf::anon_send(to, local<new_child>{std::make_shared<new_child>(
                         new_child{std::move(spec)})});
}

void remove_child(const caf::actor& from, std::string address) {
  caf::anon_send(from, local<former_child>{std::make_shared<former_child>(
                           former_child{std::move(address)})});
}

} // namespace troupe::actors
