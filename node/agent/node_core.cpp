#include "node/agent/node_core.hpp"

#include "messages/view/core_v1.hpp"
#include "node/agent/pod_core.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace troupe::agent {

namespace core = view::core_v1;

namespace {

constexpr int not_found = 404;
constexpr int conflict = 409;

std::vector<std::string> pod_cidrs(const codec::document& node) {
  std::vector<std::string> out;
  const auto spec = core::node{node}.spec();
  for (auto each : spec.pod_cidrs())
    out.emplace_back(each);
  if (out.empty() && !spec.pod_cidr().empty())
    out.emplace_back(spec.pod_cidr());
  return out;
}

const std::string no_network =
    "container runtime network not ready: NetworkReady=false "
    "reason:NetworkPluginNotReady message:";
const std::string still_running =
    "pods that were deleted while the node was away are still running";

} // namespace

node_core::node_core(const node_config& config, machine_facts machine,
                     heartbeat_config beat)
    : config_(config), machine_(std::move(machine)), beat_(beat) {
  // nop
}

node_request
node_core::start(call_slot& slot, node_call kind, api::verb verb,
                 std::shared_ptr<const codec::document> body) const {
  slot.busy = true;
  node_request out;
  out.kind = kind;
  out.request.verb = verb;
  out.request.target = {"", "v1", "nodes", "", "", config_.name};
  out.request.field_manager = "kubelet";
  out.request.body = std::move(body);
  return out;
}

node_effects node_core::tick(moment now, std::vector<node_image> images) {
  images_ = std::move(images);
  node_effects out;
  if (!node_) {
    if (registration_.due(now.mono)) {
      auto request =
          start(registration_, node_call::create_node, api::verb::create,
                std::make_shared<const codec::document>(
                    make_node(config_, machine_)));
      request.request.target.name.clear();
      out.requests.push_back(std::move(request));
    }
    return out;
  }
  want_network(now, out);
  want_status(now, out);
  want_lease(now, out);
  return out;
}

/// A Node that was registered anew may have other ranges.
void node_core::want_network(moment now, node_effects& out) {
  auto ranges = pod_cidrs(*node_);
  if (ranges.empty() || !opening_.due(now.mono)
      || (networked_ && ranges == opened_))
    return;
  if (networked_)
    network_problem_ = "the node's podCIDR has changed";
  networked_ = false;
  opening_.busy = true;
  opened_ = ranges;
  out.open_network = std::move(ranges);
}

/// Why the node takes no pods; empty: it does.
std::string node_core::problem() const {
  if (!networked_)
    return no_network + network_problem_;
  return gate_.is_settled() ? "" : still_running;
}

codec::document node_core::wanted_status(moment now) const {
  const node_health health{problem()};
  return with_node_status(*node_, config_, machine_, health, images_, now.wall);
}

/// Once networked, nothing is said before the pods are known: they seldom keep
/// the node from being ready.
void node_core::want_status(moment now, node_effects& out) {
  if (!status_.due(now.mono) || (networked_ && !gate_.is_listed()))
    return;
  auto wanted = wanted_status(now);
  const bool beat = !beat_at_ || now.mono - *beat_at_ >= beat_.status;
  if (!beat && same_node_status(*node_, wanted))
    return;
  status_events_ = status_news(config_, *node_, wanted);
  status_sent_ = std::make_shared<const codec::document>(std::move(wanted));
  auto request =
      start(status_, node_call::update_status, api::verb::update, status_sent_);
  request.request.target.subresource = "status";
  out.requests.push_back(std::move(request));
}

/// What changed while the status was on its way is written at once; what the
/// API made of it is not fought over.
void node_core::written(const api::response& answer, moment now,
                        node_effects& out) {
  status_ = {false, std::nullopt};
  if (answer.status.success) {
    beat_at_ = now.mono;
    std::ranges::move(std::exchange(status_events_, {}),
                      std::back_inserter(out.events));
    if (node_)
      adopt(answer.object, out);
    if (node_ && !same_node_status(*status_sent_, wanted_status(now)))
      want_status(now, out);
    return;
  }
  status_.next = now.mono + beat_.retry;
  if (answer.status.code == not_found)
    node_ = nullptr;
  if (answer.status.code != conflict || !node_)
    return;
  outdated_ = revision_of(*node_) <= revision_of(*status_sent_);
  if (outdated_)
    return;
  status_.next.reset();
  want_status(now, out);
}

/// Reads the lease of an earlier agent before it makes one.
void node_core::want_lease(moment now, node_effects& out) {
  if (!renewal_.due(now.mono))
    return;
  const bool reads = !lease_ && !lease_absent_;
  const auto verb = reads    ? api::verb::get
                    : lease_ ? api::verb::update
                             : api::verb::create;
  auto request = start(renewal_, node_call::renew_lease, verb,
                       reads ? nullptr
                             : std::make_shared<const codec::document>(
                                 make_lease(config_, lease_.get(), now.wall)));
  request.request.target = {"coordination.k8s.io",
                            "v1",
                            "leases",
                            "",
                            lease_namespace,
                            verb == api::verb::create ? std::string{}
                                                      : config_.name};
  out.requests.push_back(std::move(request));
}

void node_core::renewed(const api::response& answer, moment now) {
  renewal_ = {false, now.mono + beat_.retry};
  if (!answer.status.success) {
    lease_absent_ = answer.status.code == not_found;
    if (lease_absent_)
      renewal_.next = now.mono;
    if (lease_absent_ || answer.status.code == conflict)
      lease_ = nullptr;
    return;
  }
  const bool read = !lease_ && !lease_absent_;
  lease_ = answer.object;
  lease_absent_ = false;
  renewal_.next =
      read ? now.mono
           : now.mono + std::chrono::seconds{config_.lease_seconds} / 4;
}

void node_core::register_with(const api::response& answer, moment now,
                              node_effects& out) {
  registration_ = {false, now.mono + beat_.registration_retry};
  if (!answer.status.success)
    return;
  out.watch_node = node_ == nullptr;
  adopt(answer.object, out);
}

void node_core::adopt(std::shared_ptr<const codec::document> node,
                      node_effects& out) {
  if (node_ && revision_of(*node) <= revision_of(*node_))
    return;
  node_ = std::move(node);
  out.list_pods = gate_.see(*node_) || out.list_pods;
  if (!std::exchange(started_, true))
    out.events.push_back({false, "Starting", "Starting kubelet."});
  const auto cordoned = core::node{*node_}.spec().unschedulable();
  if (std::exchange(unschedulable_, cordoned) != cordoned)
    out.events.push_back(status_event(config_, cordoned ? "NodeNotSchedulable"
                                                        : "NodeSchedulable"));
}

node_effects node_core::answered(node_call kind, const api::response& answer,
                                 moment now) {
  node_effects out;
  switch (kind) {
    case node_call::create_node:
      register_with(answer, now, out);
      if (answer.status.code == conflict && !answer.status.success)
        out.requests.push_back(
            start(registration_, node_call::get_node, api::verb::get, nullptr));
      break;
    case node_call::get_node:
      register_with(answer, now, out);
      break;
    case node_call::update_status:
      written(answer, now, out);
      break;
    case node_call::renew_lease:
      renewed(answer, now);
      break;
  }
  return out;
}

node_effects node_core::pods(const pods_news& news, moment now) {
  node_effects out;
  if (news.listed && !gate_.is_listed())
    out.list_pods = !gate_.listed(*news.listed, now.mono);
  gate_.leaving(news.leaving, now.mono);
  return out;
}

node_effects node_core::seen(std::shared_ptr<const codec::document> node,
                             bool gone, moment now) {
  node_effects out;
  if (gone) {
    node_ = nullptr;
    return out;
  }
  adopt(std::move(node), out);
  want_network(now, out);
  if (outdated_ && revision_of(*node_) > revision_of(*status_sent_)) {
    outdated_ = false;
    status_.next.reset();
    want_status(now, out);
  }
  return out;
}

void node_core::network_opened(std::string problem, moment now) {
  networked_ = problem.empty();
  network_problem_ = std::move(problem);
  opening_ = {false, now.mono + beat_.retry};
}

} // namespace troupe::agent
