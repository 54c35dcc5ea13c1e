#include "node/agent/pod_executor.hpp"

#include "messages/base/overload.hpp"
#include "messages/codec/msgpack.hpp"
#include "messages/schema/registry.hpp"
#include "messages/view/core_v1.hpp"
#include "node/agent/files.hpp"
#include "node/pod/record.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <algorithm>
#include <csignal>

namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr const char* component = "agent";
constexpr std::size_t record_max = 1024 * 1024;
constexpr duration shim_patience = std::chrono::seconds{10};
constexpr int killed_code = 128 + SIGKILL;
constexpr std::size_t exec_ends_max = 256;

} // namespace

pod_executor::pod_executor(node_services& services, std::string uid,
                           report_function report)
    : services_(services), uid_(std::move(uid)), report_(std::move(report)) {
  // nop
}

pod_executor::~pod_executor() = default;

bool pod_executor::enter() {
  std::lock_guard lock{mutex_};
  if (closed_)
    return false;
  ++working_;
  return true;
}

void pod_executor::leave() {
  std::lock_guard lock{mutex_};
  --working_;
  changed_.notify_all();
}

void pod_executor::stop() {
  std::lock_guard lock{mutex_};
  closed_ = true;
  changed_.notify_all();
}

void pod_executor::close() {
  stop();
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return working_ == 0; });
}

std::shared_ptr<sandbox::pod_sandbox> pod_executor::box() const {
  std::lock_guard lock{mutex_};
  return box_;
}

bool pod_executor::is_closed() const {
  std::lock_guard lock{mutex_};
  return closed_;
}

void pod_executor::post(std::function<void()> work) {
  post_to(*services_.pool, std::move(work));
}

/// A pool that takes no more is one of an agent that ends.
void pod_executor::post_to(work_pool& pool, std::function<void()> work) {
  if (!enter())
    return;
  const bool taken =
      pool.post([self = shared_from_this(), work = std::move(work)] {
        work();
        self->leave();
      });
  if (taken)
    return;
  log_error(component,
            "too much work waits: some for pod " + uid_ + " is lost");
  leave();
}

void pod_executor::carry_out(pod_ptr pod,
                             std::shared_ptr<const pod::observed_pod> observed,
                             std::optional<std::string> record,
                             std::vector<pod::pod_action> actions,
                             std::function<void()> tell) {
  if (!record && actions.empty() && !tell)
    return;
  job with{std::move(pod), std::move(observed)};
  {
    std::lock_guard lock{mutex_};
    pod_ = with.pod;
    with.number = ++jobs_;
  }
  if (tell) {
    std::lock_guard lock{keeping_};
    untold_.emplace(with.number, std::move(tell));
  }
  post([this, with = std::move(with), record = std::move(record),
        actions = std::move(actions)] {
    if (record)
      keep(with, *record);
    tell_until(with.number);
    for (const auto& action : actions)
      std::visit(overload{
                     [](const pod::hold_back&) {},
                     [](const pod::fail_pod&) {},
                     [](const pod::end_pod&) {},
                     [](const pod::stop_container&) {},
                     [&](const pod::run_hook& it) {
                       post_to(*services_.hooks,
                               [this, with, it] { run(with, it); });
                     },
                     [&](const auto& it) {
                       post([this, with, it] { run(with, it); });
                     },
                 },
                 action);
  });
}

/// The object is kept too: a pod that vanishes while no agent looks is still to
/// be ended as it wants. The pool's threads may turn the order of records
/// around: what is older than the one kept is dropped.
void pod_executor::keep(const job& with, const std::string& record) {
  std::lock_guard lock{keeping_};
  if (with.number < kept_)
    return;
  kept_ = with.number;
  const auto& paths = services_.config.paths;
  const auto* type = schema::find_kind_type({"", "v1", "Pod"});
  auto kept = write_file(paths.manifest(uid_),
                         codec::encode_msgpack(with.pod->root(), type));
  if (kept)
    kept = write_file(paths.record(uid_), record);
  if (!kept)
    log_error(component, kept.error().message);
}

void pod_executor::tell_until(std::uint64_t number) {
  std::lock_guard lock{keeping_};
  const auto end = untold_.upper_bound(number);
  for (auto at = untold_.begin(); at != end; ++at)
    at->second();
  untold_.erase(untold_.begin(), end);
}

void pod_executor::adopt(pod_ptr pod, std::shared_ptr<pod_executor> earlier,
                         std::function<void(adoption)> done) {
  post([this, pod = std::move(pod), earlier = std::move(earlier),
        done = std::move(done)] {
    if (earlier)
      earlier->close();
    done(find_left_over(pod));
  });
}

adoption pod_executor::find_left_over(const pod_ptr& pod) {
  adoption out;
  {
    std::lock_guard lock{mutex_};
    pod_ = pod;
  }
  const auto now = wall_now();
  const auto& paths = services_.config.paths;
  auto text = read_file(paths.record(uid_), record_max);
  auto record = text ? pod::decode_record(*text)
                     : result<pod::observed_pod>{text.error()};
  if (!record && record.error().code != errc::not_found)
    log_error(component, paths.record(uid_) + ": " + record.error().message);
  out.observed =
      record ? std::move(*record) : pod::observe_new(core::pod{*pod}, now);
  const auto& sandbox = out.observed.sandbox;
  const auto died = [&](std::string why) {
    out.facts.push_back(pod::sandbox_died{sandbox.id, std::move(why)});
  };
  auto box = reopen(sandbox.id);
  if (!box) {
    if (sandbox.phase != pod::sandbox_phase::absent)
      died(box.error().message);
    return out;
  }
  auto state = (*box)->state(shim_patience);
  {
    std::lock_guard lock{mutex_};
    box_ = std::move(*box);
    box_id_ = sandbox.id;
  }
  if (state)
    compare_containers(*state, out);
  if (sandbox.phase == pod::sandbox_phase::absent)
    died("nobody knows what it is");
  else if (!state || !state->alive)
    died(state ? "the pod's shim is gone" : state.error().message);
  else if (auto loss = network_loss(core::pod{*pod}, sandbox.addresses))
    died(std::move(*loss));
  return out;
}

result<std::unique_ptr<sandbox::pod_sandbox>>
pod_executor::reopen(const std::string& sandbox_id) {
  return sandbox::pod_sandbox::reopen(*services_.sandboxes,
                                      services_.config.paths.sandbox(uid_),
                                      listener(sandbox_id), shim_patience);
}

sandbox::event_callback pod_executor::listener(const std::string& sandbox_id) {
  return [weak = weak_from_this(),
          sandbox_id](const std::string&, const sandbox::sandbox_event& event) {
    if (auto self = weak.lock())
      self->on_event(sandbox_id, event);
  };
}

/// What runs and is not in the record was being made when the agent died: it is
/// made anew. What the record has as made is taken over.
void pod_executor::compare_containers(const sandbox::sandbox_state& state,
                                      adoption& out) {
  std::set<std::string> known;
  for (const auto& [name, container] : out.observed.containers) {
    const auto found = std::ranges::find(state.containers, container.id,
                                         &sandbox::container_state::id);
    if (found != state.containers.end()
        && pod::is_unborn(out.observed, container))
      out.facts.push_back(pod::container_started{name, container.id, found->pid,
                                                 found->started_at});
    else if (container.phase != pod::container_phase::running)
      continue;
    known.insert(container.id);
    {
      std::lock_guard lock{mutex_};
      names_[container.id] = name;
    }
    if (found != state.containers.end()
        && found->phase == sandbox::container_phase::running && state.alive)
      continue;
    sandbox::exit_status how{killed_code, SIGKILL, container.started,
                             wall_now()};
    if (found != state.containers.end() && found->exit)
      how = *found->exit;
    out.facts.push_back(describe_exit(container.id, how));
    forget_container(container.id);
  }
  for (const auto& container : state.containers)
    if (container.phase == sandbox::container_phase::running
        && !known.contains(container.id)) {
      box()
          ->signal(container.id, SIGKILL, sandbox::signal_scope::all,
                   shim_patience)
          .has_value();
      forget_container(container.id);
    }
}

void pod_executor::on_event(const std::string& sandbox_id,
                            const sandbox::sandbox_event& event) {
  std::visit(overload{
                 [this](const sandbox::container_exited& it) {
                   post([this, it] { container_over(it.id, it.status); });
                 },
                 [this](const sandbox::exec_exited& it) { exec_over(it); },
                 [&](const sandbox::shim_lost&) {
                   post([this, sandbox_id] { shim_over(sandbox_id); });
                 },
             },
             event);
}

void pod_executor::exec_over(const sandbox::exec_exited& event) {
  exec_function waiter;
  {
    std::lock_guard lock{mutex_};
    if (auto at = exec_waiters_.find(event.exec_id);
        at != exec_waiters_.end()) {
      waiter = std::move(at->second);
      exec_waiters_.erase(at);
    } else {
      exec_ends_[event.exec_id] = event.status;
      if (exec_ends_.size() > exec_ends_max)
        exec_ends_.erase(exec_ends_.begin());
    }
  }
  if (waiter)
    waiter(event.status);
}

void pod_executor::on_exec_end(std::uint64_t exec_id, exec_function done) {
  std::unique_lock lock{mutex_};
  const auto at = exec_ends_.find(exec_id);
  if (at == exec_ends_.end()) {
    exec_waiters_[exec_id] = std::move(done);
    return;
  }
  const auto how = at->second;
  exec_ends_.erase(at);
  lock.unlock();
  done(how);
}

/// Processes of a sandbox that is gone: nobody else tells their end.
void pod_executor::end_execs() {
  std::map<std::uint64_t, exec_function> waiters;
  {
    std::lock_guard lock{mutex_};
    waiters.swap(exec_waiters_);
  }
  const auto now = wall_now();
  for (const auto& [id, waiter] : waiters)
    waiter({killed_code, SIGKILL, now, now});
}

/// The exits the shim saw come before the news of its own end.
void pod_executor::shim_over(const std::string& sandbox_id) {
  std::shared_ptr<sandbox::pod_sandbox> at;
  {
    std::lock_guard lock{mutex_};
    if (box_id_ == sandbox_id)
      at = box_;
  }
  if (!at)
    return;
  end_execs();
  if (auto state = at->state(shim_patience); state)
    for (const auto& container : state->containers)
      if (container.exit)
        container_over(container.id, *container.exit);
  report_(pod::sandbox_died{sandbox_id, "the pod's shim is gone"});
}

} // namespace troupe::agent
