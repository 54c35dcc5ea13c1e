#include "node/agent/pods_handle.hpp"

#include "messages/view/core_v1.hpp"
#include "node/agent/kept_pods.hpp"
#include "node/pod/spec.hpp"
#include "runtime/base/log.hpp"

#include <algorithm>

namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr std::size_t pod_mailbox_max = 1024;

/// A pod's actor that keeps failing is tried for ever, every few seconds.
actors::supervisor_config describe_supervisor(actors::live_tree* tree) {
  actors::supervisor_config out;
  out.tree = tree;
  out.policy.restarts_max = 1'000'000;
  return out;
}

} // namespace

pods_handle::pods_handle(caf::event_based_actor& owner,
                         const std::shared_ptr<actors::door_base>& entrance,
                         const pod_surroundings& around)
    : around_(around),
      supervisor_(actors::spawn_linked(
          owner, entrance, describe_supervisor(around.services->tree))) {
  for (auto& [uid, pod] : read_kept_pods(around_.services->config.paths))
    if (pod::claims_ports(core::pod{*pod})
        && !was_over(around_.services->config.paths, uid))
      claimants_[uid] = pod;
}

pods_handle::~pods_handle() {
  caf::anon_send_exit(supervisor_, caf::exit_reason::user_shutdown);
}

void pods_handle::change(const object_change& change) {
  const auto known = doors_.find(change.uid);
  if (known == doors_.end() && change.gone)
    return;
  around_.registry->hear(change.uid, {change.object, change.gone});
  if (known == doors_.end()) {
    start(change.uid, change.object);
  } else if (change.gone) {
    known->second->post(pod::pod_fact{pod::object_vanished{}});
  } else {
    known->second->post(pod_changed{change.object});
  }
}

void pods_handle::start(const std::string& uid, pod_ptr pod) {
  auto entrance = std::make_shared<pod_door>(
      "/node/" + around_.services->config.name + "/pod/" + uid, "pod",
      pod_mailbox_max);
  doors_[uid] = entrance;
  auto refused = admit(uid, pod);
  actors::add_child(supervisor_,
                    {entrance,
                     [entrance, around = around_, pod,
                      refused](caf::event_based_actor& parent) -> caf::actor {
                       return parent.spawn<pod_actor>(entrance, around, pod,
                                                      refused);
                     }});
}

/// What was taken once is taken for good.
std::optional<pod::refusal> pods_handle::admit(const std::string& uid,
                                               const pod_ptr& pod) {
  const core::pod view{*pod};
  if (is_over(uid, pod))
    return std::nullopt;
  if (auto refused = pod::refuse_sysctls(view))
    return refused;
  if (!pod::claims_ports(view) || claimants_.contains(uid))
    return std::nullopt;
  std::vector<core::pod> others;
  for (const auto& [other, its_pod] : claimants_)
    if (!is_over(other, its_pod))
      others.emplace_back(*its_pod);
  auto refused = pod::refuse_ports(view, others);
  if (!refused)
    claimants_[uid] = pod;
  return refused;
}

/// Nothing of it runs any more, by what is known of it here or in the API.
bool pods_handle::is_over(const std::string& uid, const pod_ptr& pod) const {
  const auto known = around_.registry->find(uid);
  if (known && known->observed)
    return pod::has_ended(*known->observed);
  const auto phase = core::pod{*pod}.status().phase();
  return phase == "Succeeded" || phase == "Failed";
}

void pods_handle::forget(const std::string& uid) {
  const auto known = doors_.find(uid);
  if (known == doors_.end())
    return;
  actors::remove_child(supervisor_, known->second->address());
  doors_.erase(known);
  claimants_.erase(uid);
  around_.registry->erase(uid);
  forget_kept_pod(around_.services->config.paths, uid);
}

std::size_t pods_handle::leaving() const {
  return static_cast<std::size_t>(
      std::ranges::count_if(doors_, [&](const auto& each) {
        const auto object = around_.registry->heard(each.first);
        if (!object
            || (!object->gone && !pod::is_deleted(core::pod{*object->pod})))
          return false;
        const auto known = around_.registry->find(each.first);
        return !known || !known->observed || !pod::has_ended(*known->observed);
      }));
}

void pods_handle::check_networks() {
  for (auto& [uid, door] : doors_)
    door->post(network_look{});
}

void pods_handle::end_leftovers() {
  for (auto& [uid, pod] : read_kept_pods(around_.services->config.paths))
    if (!doors_.contains(uid)) {
      log_info("agent", "pod " + uid + " is gone from the API: ending it");
      around_.registry->hear(uid, {pod, true});
      start(uid, pod);
    }
}

} // namespace troupe::agent
