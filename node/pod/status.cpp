#include "node/pod/status.hpp"

#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "messages/schema/registry.hpp"
#include "node/pod/conditions.hpp"
#include "node/pod/resources.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

namespace ids = schema::ids;
using view::core_v1::pod_status;

/// How many containers are in which state, for the phase.
struct census {
  int pending_init = 0;
  int failed_init = 0;
  int running = 0;
  int waiting = 0;
  int stopped = 0;
  int succeeded = 0;
};

void count_init(census& out, const container_report& report) {
  if (report.role == container_role::sidecar) {
    out.pending_init += report.started ? 0 : 1;
    return;
  }
  const auto& ended = report.terminated ? report.terminated : report.last;
  if (report.running || !ended)
    ++out.pending_init;
  else if (ended->code != 0)
    ++out.failed_init;
}

void count_regular(census& out, const container_report& report) {
  if (report.running)
    ++out.running;
  else if (report.waiting && !report.last)
    ++out.waiting;
  else
    ++out.stopped;
  if (report.terminated && report.terminated->code == 0)
    ++out.succeeded;
}

census count(const std::vector<container_report>& reports) {
  census out;
  for (auto& each : reports)
    if (each.role == container_role::regular)
      count_regular(out, each);
    else
      count_init(out, each);
  return out;
}

bool was_initialized(const std::vector<container_report>& reports) {
  return std::any_of(reports.begin(), reports.end(), [](const auto& each) {
    return each.role == container_role::regular && !each.id.empty();
  });
}

/// The phase while the pod may still go on.
std::string_view phase_of(const view::core_v1::pod& pod,
                          const std::vector<container_report>& reports) {
  const auto policy = pod.spec().restart_policy();
  const auto seen = count(reports);
  if (seen.failed_init > 0 && policy == "Never")
    return "Failed";
  if ((seen.pending_init > 0 || seen.failed_init > 0)
      && !was_initialized(reports))
    return "Pending";
  if (seen.waiting > 0)
    return "Pending";
  if (seen.running > 0)
    return "Running";
  if (policy == "Never" || policy == "OnFailure")
    if (seen.succeeded == seen.stopped)
      return "Succeeded";
  return policy == "Never" ? "Failed" : "Running";
}

/// The phase of a pod whose containers are all down for good.
std::string_view final_phase(const observed_pod& observed,
                             const std::vector<container_report>& reports) {
  const auto seen = count(reports);
  const auto is_success = seen.waiting == 0 && seen.failed_init == 0
                          && seen.succeeded == seen.stopped && seen.stopped > 0;
  return observed.failed_reason.empty() && is_success ? "Succeeded" : "Failed";
}

std::string_view phase(const view::core_v1::pod& pod,
                       const observed_pod& observed,
                       const std::vector<container_report>& reports) {
  const auto before = pod.status().phase();
  if (is_terminal(before))
    return before;
  if (has_ended(observed))
    return final_phase(observed, reports);
  const auto now = phase_of(pod, reports);
  // Not before everything is down; sidecars outlive the others.
  if (!is_terminal(now))
    return now;
  return was_initialized(reports) ? "Running" : "Pending";
}

class writer {
public:
  writer(const view::core_v1::pod& pod, const observed_pod& observed,
         wall_time now, const pod_config& config)
      : pod_(pod), before_(pod.status()), observed_(observed), now_(now),
        config_(config),
        out_(schema::find_type("io.k8s.api.core.v1.PodStatus")) {
    // nop
  }

  codec::document write();

private:
  void text(codec::field_id id, std::string_view value) {
    if (!value.empty())
      out_.set(out_.root(), id, out_.make_string(value));
  }

  void keep_what_is_not_ours();
  void write_addresses();
  void write_conditions(std::string_view phase,
                        const std::vector<container_report>& reports);
  void write_containers(const std::vector<container_report>& reports);
  codec::node* make_condition(const pod_condition& condition);
  codec::node* make_address(codec::field_id id, std::string_view address);

  const view::core_v1::pod& pod_;
  const pod_status before_;
  const observed_pod& observed_;
  const wall_time now_;
  const pod_config& config_;
  codec::document out_;
};

codec::document writer::write() {
  namespace id = ids::pod_status;
  const auto reports = report_containers(pod_, observed_);
  const auto current = phase(pod_, observed_, reports);
  keep_what_is_not_ours();
  text(id::phase, current);
  write_conditions(current, reports);
  // As with the phase: not before everything is down.
  if (!observed_.failed_reason.empty() && has_ended(observed_)) {
    text(id::reason, observed_.failed_reason);
    text(id::message, observed_.failed_message);
  }
  write_addresses();
  if (observed_.start_time)
    text(id::start_time, meta::format_time(*observed_.start_time));
  text(id::qos_class, to_string(pod_qos(pod_)));
  write_containers(reports);
  if (const auto seen = pod_.metadata().generation(); seen != 0)
    out_.set(out_.root(), id::observed_generation, out_.make_integer(seen));
  return std::move(out_);
}

/// Reason and message may have come from whoever evicts the pod.
void writer::keep_what_is_not_ours() {
  namespace id = ids::pod_status;
  if (!before_)
    return;
  for (auto each :
       {id::message, id::reason, id::nominated_node_name, id::resize,
        id::resource_claim_statuses, id::extended_resource_claim_status,
        id::allocated_resources, id::resources})
    if (const auto* value = before_.raw()->find(each))
      out_.set(out_.root(), each, out_.clone(*value));
}

codec::node* writer::make_address(codec::field_id id,
                                  std::string_view address) {
  auto* item = out_.make_object();
  out_.set(*item, id, out_.make_string(address));
  return item;
}

void writer::write_addresses() {
  namespace id = ids::pod_status;
  const auto& host = config_.host_addresses;
  if (!host.empty()) {
    text(id::host_ip, host.front());
    auto& all = out_.list_at(out_.root(), id::host_ips);
    for (auto& each : host)
      out_.push_back(all, make_address(ids::host_ip::ip, each));
  }
  // A pod that was taken down keeps the addresses it had until it has ended.
  const auto on_host = pod_.spec().host_network();
  const auto& own = on_host ? host : observed_.sandbox.addresses;
  if (own.empty()
      || (!on_host && observed_.sandbox.phase == sandbox_phase::starting))
    return;
  text(id::pod_ip, own.front());
  auto& all = out_.list_at(out_.root(), id::pod_ips);
  for (auto& each : own)
    out_.push_back(all, make_address(ids::pod_ip::ip, each));
}

codec::node* writer::make_condition(const pod_condition& condition) {
  namespace id = ids::pod_condition;
  const std::string_view status = condition.holds ? "True" : "False";
  auto* out = out_.make_object();
  const auto set = [&](codec::field_id field, std::string_view value) {
    if (!value.empty())
      out_.set(*out, field, out_.make_string(value));
  };
  auto since = meta::format_time(now_);
  for (auto before : before_.conditions())
    if (before.type() == condition.type && before.status() == status
        && before.has_last_transition_time())
      since = before.last_transition_time();
  set(id::type, condition.type);
  set(id::status, status);
  set(id::last_transition_time, since);
  set(id::reason, condition.reason);
  set(id::message, condition.message);
  if (const auto seen = pod_.metadata().generation(); seen != 0)
    out_.set(*out, id::observed_generation, out_.make_integer(seen));
  return out;
}

/// Ours first, then those of others, as they were.
void writer::write_conditions(std::string_view phase,
                              const std::vector<container_report>& reports) {
  const auto ours = make_conditions(pod_, observed_, reports, phase);
  auto& all = out_.list_at(out_.root(), ids::pod_status::conditions);
  for (auto& each : ours)
    out_.push_back(all, make_condition(each));
  for (auto before : before_.conditions()) {
    const auto is_same = [&](const pod_condition& each) {
      return each.type == before.type();
    };
    if (std::none_of(ours.begin(), ours.end(), is_same))
      out_.push_back(all, out_.clone(*before.raw()));
  }
}

void writer::write_containers(const std::vector<container_report>& reports) {
  namespace id = ids::pod_status;
  for (auto& each : reports) {
    const auto list = each.role == container_role::regular
                          ? id::container_statuses
                          : id::init_container_statuses;
    out_.push_back(out_.list_at(out_.root(), list), make_status(out_, each));
  }
  for (auto& each : report_ephemeral(pod_, observed_))
    out_.push_back(out_.list_at(out_.root(), id::ephemeral_container_statuses),
                   make_status(out_, each));
}

} // namespace

codec::document compute_status(const view::core_v1::pod& pod,
                               const observed_pod& observed, wall_time now,
                               const pod_config& config) {
  return writer{pod, observed, now, config}.write();
}

codec::document with_status(const codec::document& pod,
                            const codec::document& status) {
  auto out = pod.clone();
  out.set(out.root(), ids::pod::status, out.clone(status.root()));
  return out;
}

std::string_view compute_phase(const view::core_v1::pod& pod,
                               const observed_pod& observed) {
  return phase(pod, observed, report_containers(pod, observed));
}

} // namespace troupe::pod
