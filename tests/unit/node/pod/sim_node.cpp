#include "tests/unit/node/pod/sim_node.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/ids/meta_v1.hpp"
#include "messages/view/core_v1.hpp"
#include "node/pod/record.hpp"
#include "node/pod/status.hpp"
#include "tests/unit/node/pod/pod_script.hpp"

#include <catch2/catch.hpp>

namespace troupe::test {

using namespace std::chrono_literals;
using view_pod = view::core_v1::pod;

sim_node::sim_node(std::uint64_t seed, const std::string& pod)
    : random_(seed), pod_(read_pod(pod)),
      now_(*meta::parse_time("2026-01-01T00:00:00Z")) {
  config_.node_name = "n1";
  observed_ = pod::observe_new(view_pod{pod_}, now_);
}

std::string sim_node::phase() const {
  return std::string{view_pod{pod_}.status().phase()};
}

void sim_node::tell(const pod::pod_fact& fact) {
  apply(observed_, view_pod{pod_}, fact, now_, config_);
  check_counts();
}

void sim_node::act() {
  const view_pod pod{pod_};
  const auto plan = compute_pod_actions(pod, observed_, now_, config_);
  REQUIRE(compute_pod_actions(pod, observed_, now_, config_) == plan);
  for (auto& action : plan.actions) {
    begin(observed_, pod, action, now_, config_);
    under_way_.push_back(action);
  }
  const auto again = compute_pod_actions(pod, observed_, now_, config_);
  REQUIRE(again.actions.empty());
  REQUIRE(again.look_again == plan.look_again);
  if (plan.look_again)
    REQUIRE(*plan.look_again > now_);
  look_again_ = plan.look_again;
  finished_ = plan.finished;
  check_status();
}

/// Nothing of a pod that has ended runs, and an end is for good.
void sim_node::check_status() {
  const auto before = phase();
  const auto is_final = has_ended(observed_);
  const auto status = compute_status(view_pod{pod_}, observed_, now_, config_);
  pod_ = pod::with_status(pod_, status);
  const auto after = phase();
  if (before == "Succeeded" || before == "Failed")
    REQUIRE(after == before);
  if (after == "Succeeded" || after == "Failed")
    REQUIRE(running_.empty());
  REQUIRE(codec::equal(
      compute_status(view_pod{pod_}, observed_, now_, config_).root(),
      status.root()));
  if (is_final)
    tell(pod::final_status_stored{});
}

void sim_node::check_counts() {
  for (auto& [name, container] : observed_.containers) {
    auto& count = counts_[name];
    REQUIRE(container.restart_count >= count);
    count = container.restart_count;
  }
}

void sim_node::step() {
  if (calm_ && kills_left_ > 0 && !under_way_.empty() && random_.chance(10)) {
    --kills_left_;
    restart_agent();
  } else if (!under_way_.empty() && random_.chance(60))
    answer();
  else if (calm_)
    now_ = look_again_ ? std::max(*look_again_, now_) : now_ + 1s;
  else
    disturb();
  act();
}

void sim_node::answer() {
  const auto at = random_.below(under_way_.size());
  const auto action = under_way_[at];
  under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(at));
  std::visit([this](const auto& each) { finish(each); }, action);
}

void sim_node::disturb() {
  switch (random_.below(12)) {
    case 0:
    case 1:
    case 2:
      exit_one();
      break;
    case 3:
      restart_agent();
      break;
    case 4:
      // Its containers go with it.
      if (observed_.sandbox.phase == pod::sandbox_phase::ready
          && random_.chance(30)) {
        running_.clear();
        std::erase_if(under_way_, [](const auto& each) {
          return std::holds_alternative<pod::start_container>(each);
        });
        tell(pod::sandbox_died{observed_.sandbox.id, "gone"});
      }
      break;
    case 5:
      for (auto& [id, name] : running_)
        tell(pod::probe_changed{name, id, pod::probe_kind::liveness,
                                random_.chance(20)
                                    ? pod::probe_verdict::failure
                                    : pod::probe_verdict::success});
      break;
    default:
      now_ += 1s * random_.below(30);
  }
}

void sim_node::end(std::string id, std::int32_t code) {
  const auto found = running_.find(id);
  if (found == running_.end())
    return;
  const auto name = found->second;
  running_.erase(found);
  tell(pod::container_exited{name, id, code, 0, false, {}, now_});
  REQUIRE(observed_.containers.at(name).phase == pod::container_phase::exited);
}

void sim_node::exit_one() {
  if (running_.empty())
    return;
  auto at = running_.begin();
  std::advance(at, random_.below(running_.size()));
  end(at->first, static_cast<std::int32_t>(random_.below(2)));
}

/// Started containers that the record does not know are killed; those that it
/// knows as made, and those that ended meanwhile, are reported.
void sim_node::restart_agent() {
  auto read = pod::decode_record(pod::encode_record(observed_));
  REQUIRE(read);
  observed_ = std::move(*read);
  under_way_.clear();
  if (vanished_) // The agent finds that out again.
    tell(pod::object_vanished{});
  for (auto& [id, name] : running_)
    if (const auto* known = pod::find(observed_, name);
        known != nullptr && known->id == id && is_unborn(observed_, *known))
      tell(pod::container_started{name, id, made_, now_});
  std::erase_if(running_, [&](const auto& each) {
    const auto* known = pod::find(observed_, each.second);
    return known == nullptr || known->id != each.first
           || known->phase != pod::container_phase::running;
  });
  for (auto& [name, container] : pod::observed_pod{observed_}.containers)
    if (container.phase == pod::container_phase::running
        && !running_.contains(container.id))
      tell(pod::container_exited{name, container.id, 137, 9, false, {}, now_});
}

void sim_node::finish(const pod::mount_volumes&) {
  if (fails())
    tell(pod::volumes_failed{"v", "no"});
  else
    tell(pod::volumes_mounted{});
}

void sim_node::finish(const pod::create_sandbox&) {
  if (fails())
    tell(pod::sandbox_failed{"no"});
  else
    tell(pod::sandbox_ready{"s" + std::to_string(++made_), {"10.1.0.2"}});
}

void sim_node::finish(const pod::ensure_image& action) {
  tell(pod::image_pull_begun{action.container});
  if (fails())
    tell(pod::image_failed{
        action.container,
        random_.chance(50) ? "ErrImagePull" : "ErrImageNeverPull", "no"});
  else
    tell(pod::image_ready{action.container, "id-" + action.reference, {}});
}

void sim_node::finish(const pod::start_container& action) {
  if (fails()) {
    tell(pod::container_start_failed{action.container, action.sandbox_id,
                                     "CreateContainerConfigError", "no"});
    return;
  }
  REQUIRE(action.sandbox_id == observed_.sandbox.id);
  const auto id = "c" + std::to_string(++made_);
  tell(pod::container_created{action.container, action.sandbox_id, id, {}, {}});
  REQUIRE(observed_.containers.at(action.container).restart_count
          == action.attempt);
  if (!calm_ && random_.chance(10)) { // The agent dies before it knows more.
    if (random_.chance(50))
      running_[id] = action.container;
    return restart_agent();
  }
  if (fails()) {
    tell(pod::container_start_failed{action.container, action.sandbox_id,
                                     "RunContainerError", "no"});
    return;
  }
  running_[id] = action.container;
  tell(pod::container_started{action.container, id, made_, now_});
}

void sim_node::finish(const pod::run_hook& action) {
  tell(pod::hook_finished{
      action.container, action.id, action.which, !fails(), {}});
}

void sim_node::finish(const pod::signal_container& action) {
  if (!action.signal.empty() || random_.chance(50))
    end(action.id, action.signal.empty() ? 143 : 137);
}

void sim_node::finish(const pod::stop_sandbox&) {
  REQUIRE(running_.empty());
  if (fails())
    tell(pod::cleanup_failed{"no"});
  else
    tell(pod::sandbox_stopped{});
}

void sim_node::finish(const pod::unmount_volumes&) {
  REQUIRE(running_.empty());
  if (fails())
    tell(pod::cleanup_failed{"no"});
  else
    tell(pod::volumes_unmounted{});
}

void sim_node::finish(const pod::remove_pod&) {
  if (fails())
    tell(pod::cleanup_failed{"no"});
  else
    tell(pod::pod_removed{});
}

void sim_node::finish(const pod::delete_object&) {
  if (fails())
    tell(pod::cleanup_failed{"no"});
  else
    tell(pod::object_deleted{});
}

void sim_node::remove_object() {
  namespace meta_id = schema::ids::object_meta;
  calm_ = true;
  if (random_.chance(30)) {
    vanished_ = true;
    tell(pod::object_vanished{});
    return;
  }
  auto& meta = pod_.object_at(pod_.root(), schema::ids::pod::metadata);
  pod_.set(meta, meta_id::deletion_timestamp,
           pod_.make_string(meta::format_time(now_)));
  pod_.set(meta, meta_id::deletion_grace_period_seconds,
           pod_.make_integer(static_cast<std::int64_t>(random_.below(20))));
}

bool sim_node::settle(int steps_max) {
  calm_ = true;
  // Twice, for what a step has the API told leads to the next.
  auto rests = 0;
  for (int i = 0; i < steps_max && rests < 2 && !finished_; ++i) {
    step();
    rests = under_way_.empty() && !look_again_ ? rests + 1 : 0;
  }
  return finished_ || rests == 2;
}

} // namespace troupe::test
