#include "node/agent/network_actor.hpp"

#include "messages/base/overload.hpp"
#include "node/agent/network_keeper.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

namespace troupe::agent {

namespace {

constexpr duration watch_pause = std::chrono::milliseconds{500};

api::target target_of(network_kind what) {
  switch (what) {
    case network_kind::nodes:
      return {"", "v1", "nodes", "", "", ""};
    case network_kind::services:
      return {"", "v1", "services", "", "", ""};
    case network_kind::slices:
      break;
  }
  return {"discovery.k8s.io", "v1", "endpointslices", "", "", ""};
}

} // namespace

network_actor::network_actor(caf::actor_config& config,
                             std::shared_ptr<network_door> entrance,
                             node_services& services)
    : actors::input_actor<network_input>(config, std::move(entrance)),
      services_(services), core_(services.config.name),
      keeper_(std::make_shared<network_keeper>(services.config)) {
  // nop
}

void network_actor::begin() {
  for (const auto what : network_kinds)
    watch(what);
}

void network_actor::on_exit() {
  watches_.clear();
}

void network_actor::handle(network_input& input) {
  std::visit(overload{
                 [this](network_news& it) { hear(it); },
                 [this](network_watch_over& it) { ended(it); },
                 [this](network_watch_again& it) { watch(it.what); },
                 [this](network_done& it) { done(it); },
                 [](network_look_again&) {},
             },
             input);
}

void network_actor::hear(const network_news& news) {
  core_.heard(news.what, news.batch);
  if (news.what == network_kind::services)
    if (const auto* all = core_.services())
      services_.cluster_services.set(
          std::make_shared<const object_table>(*all));
}

/// After everything that was heard: what comes in bursts is one job.
void network_actor::idle() {
  if (auto names = core_.next_names(services_.config.cluster_domain))
    services_.names.with([&](auto& now) { now = std::move(names); });
  auto job = core_.next(mono_now());
  if (!job)
    return;
  const bool posted = services_.network_jobs->post(
      [keeper = keeper_, tell = to_self(), job = std::move(*job)] {
        tell(network_done{keeper->carry_out(job)});
      });
  if (!posted)
    done({"too much work waits"});
}

void network_actor::watch(network_kind what) {
  api_call::watch_open open;
  open.target = target_of(what);
  open.after = core_.resume_after(what);
  auto tell = to_self();
  watches_[what] = std::make_unique<api_watch>(
      *services_.api, open,
      [tell, what](api_call::watch_batch batch) {
        tell(network_news{what, std::move(batch)});
      },
      [tell, what](std::string why) {
        tell(network_watch_over{what, std::move(why)});
      });
}

void network_actor::ended(const network_watch_over& over) {
  core_.ended(over.what, over.why);
  watches_.erase(over.what);
  later(watch_pause, network_watch_again{over.what});
}

void network_actor::done(const network_done& outcome) {
  core_.done(outcome.problem.empty(), mono_now());
  if (!outcome.problem.empty() && outcome.problem != problem_)
    log_error("agent", "the node's network: " + outcome.problem);
  problem_ = outcome.problem;
  later(problem_.empty() ? network_core::period : network_core::retry,
        network_look_again{});
}

} // namespace troupe::agent
