#include "node/agent/network_core.hpp"

#include <utility>

namespace troupe::agent {

void network_core::heard(network_kind what,
                         const api_call::watch_batch& batch) {
  const bool complete = table(what).complete();
  const auto changes = table(what).apply(batch);
  const bool news = !changes.empty() || complete != table(what).complete();
  changed_ = changed_ || news;
  names_changed_ = names_changed_ || (news && what != network_kind::nodes);
}

void network_core::ended(network_kind what, const std::string& why) {
  table(what).ended(why);
}

std::optional<std::uint64_t>
network_core::resume_after(network_kind what) const {
  return table(what).resume_after();
}

const object_table* network_core::services() const {
  const auto& known = table(network_kind::services);
  return known.complete() ? &known.objects() : nullptr;
}

std::shared_ptr<const dns::name_table>
network_core::next_names(const std::string& domain) {
  const auto& services = table(network_kind::services);
  const auto& slices = table(network_kind::slices);
  if (!names_changed_ || !services.complete() || !slices.complete())
    return nullptr;
  names_changed_ = false;
  return std::make_shared<const dns::name_table>(
      domain, to_named_services(services.objects(), slices.objects()));
}

std::optional<network_job> network_core::next(mono_time now) {
  const bool due = now >= next_look_;
  // What failed may fail again: others' changes do not hurry it.
  if (busy_ || !(due || (changed_ && !failed_)))
    return std::nullopt;
  auto job = wanted();
  const bool same = job == begun_ && !due;
  changed_ = false;
  if (!job || same)
    return std::nullopt;
  busy_ = true;
  begun_ = job;
  return job;
}

void network_core::done(bool succeeded, mono_time now) {
  busy_ = false;
  failed_ = !succeeded;
  next_look_ = now + (succeeded ? period : retry);
}

/// None until the node has a range for its pods.
std::optional<network_job> network_core::wanted() const {
  const auto& nodes = table(network_kind::nodes);
  const auto& services = table(network_kind::services);
  const auto& slices = table(network_kind::slices);
  if (!nodes.complete())
    return std::nullopt;
  network_job out;
  out.nodes = to_node_places(nodes.objects());
  out.pod_cidrs = pod_ranges_of(out.nodes, name_);
  if (out.pod_cidrs.empty())
    return std::nullopt;
  if (services.complete() && slices.complete())
    out.services = to_service_ports(services.objects(), slices.objects(),
                                    nodes.objects(), name_);
  return out;
}

} // namespace troupe::agent
