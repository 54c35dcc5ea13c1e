#include "node/pod/spec.hpp"

#include "messages/codec/embedded.hpp"
#include "messages/meta/go_quote.hpp"
#include "messages/schema/registry.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::pod {

namespace {

constexpr duration default_grace = std::chrono::seconds{30};

/// A wish in seconds; nobody waits for longer than a century.
duration in_seconds(std::int64_t seconds) {
  constexpr std::int64_t seconds_max = 100ll * 366 * 24 * 3600;
  return std::chrono::seconds{
      std::clamp<std::int64_t>(seconds, 0, seconds_max)};
}

bool matches(const view::core_v1::container_restart_rule& rule,
             std::int32_t exit_code) {
  const auto codes = rule.exit_codes();
  if (!codes || rule.action() != "Restart")
    return false;
  const auto values = codes.values();
  const auto listed =
      std::find(values.begin(), values.end(), exit_code) != values.end();
  return listed == (codes.operator_() == "In");
}

bool policy_restarts(std::string_view policy, std::int32_t exit_code) {
  if (policy == "Never")
    return false;
  return policy != "OnFailure" || exit_code != 0;
}

} // namespace

std::vector<container_entry> containers_of(const view::core_v1::pod& pod) {
  std::vector<container_entry> all;
  const auto spec = pod.spec();
  for (auto each : spec.init_containers())
    all.push_back({each,
                   each.restart_policy() == "Always" ? container_role::sidecar
                                                     : container_role::init,
                   nullptr});
  for (auto each : spec.containers())
    all.push_back({each, container_role::regular, nullptr});
  return all;
}

std::vector<container_entry>
ephemeral_containers_of(const view::core_v1::pod& pod) {
  const auto* type = schema::find_type("io.k8s.api.core.v1.Container");
  std::vector<container_entry> all;
  for (auto each : pod.spec().ephemeral_containers()) {
    auto own = std::make_shared<const codec::document>(
        codec::read_embedded(*each.raw(), type));
    const view::core_v1::container spec{*own};
    all.push_back({spec, container_role::ephemeral, std::move(own)});
  }
  return all;
}

std::string_view target_of(const view::core_v1::pod& pod,
                           std::string_view ephemeral) {
  for (auto each : pod.spec().ephemeral_containers())
    if (each.name() == ephemeral)
      return each.target_container_name();
  return {};
}

std::optional<container_entry> container_of(const view::core_v1::pod& pod,
                                            std::string_view name) {
  for (auto& each : containers_of(pod))
    if (each.spec.name() == name)
      return each;
  for (auto& each : ephemeral_containers_of(pod))
    if (each.spec.name() == name)
      return each;
  return std::nullopt;
}

std::string label(const view::core_v1::pod& pod) {
  const auto meta = pod.metadata();
  std::string out{meta.name()};
  out.append("_").append(meta.namespace_());
  return out.append("(").append(meta.uid()).append(")");
}

std::string field_path(const container_entry& entry) {
  const auto* list = entry.role == container_role::regular ? "spec.containers{"
                     : entry.role == container_role::ephemeral
                         ? "spec.ephemeralContainers{"
                         : "spec.initContainers{";
  return list + entry.name() + '}';
}

bool is_deleted(const view::core_v1::pod& pod) {
  return pod.metadata().has_deletion_timestamp();
}

bool is_terminal(std::string_view phase) {
  return phase == "Succeeded" || phase == "Failed";
}

duration termination_grace(const view::core_v1::pod& pod) {
  const auto spec = pod.spec();
  return spec.has_termination_grace_period_seconds()
             ? in_seconds(spec.termination_grace_period_seconds())
             : default_grace;
}

duration ending_grace(const view::core_v1::pod& pod) {
  const auto asked = pod.metadata().deletion_grace_period_seconds();
  const auto grace = asked > 0 ? in_seconds(asked) : termination_grace(pod);
  return std::max<duration>(grace, std::chrono::seconds{1});
}

bool restarts_after(const view::core_v1::pod& pod, const container_entry& entry,
                    std::int32_t exit_code) {
  if (entry.role == container_role::ephemeral)
    return false;
  for (auto rule : entry.spec.restart_policy_rules())
    if (matches(rule, exit_code))
      return true;
  if (entry.spec.has_restart_policy())
    return policy_restarts(entry.spec.restart_policy(), exit_code);
  const auto policy = pod.spec().restart_policy();
  // An init container that succeeded is done, whatever the pod says.
  if (entry.role == container_role::init)
    return policy != "Never" && exit_code != 0;
  return policy_restarts(policy, exit_code);
}

bool stays_down(const view::core_v1::pod& pod, const container_entry& entry,
                const observed_container& container) {
  return container.phase == container_phase::exited && !container.comes_back
         && !restarts_after(pod, entry, container.exit->code);
}

bool is_recursive_read_only(const view::core_v1::volume_mount& mount) {
  const auto wish = mount.recursive_read_only();
  return mount.read_only() && (wish == "Enabled" || wish == "IfPossible");
}

bool has_started(const container_entry& entry,
                 const observed_container& container) {
  if (container.phase != container_phase::running)
    return false;
  if (entry.spec.lifecycle().has_post_start()
      && container.post_start != hook_phase::done)
    return false;
  return !entry.spec.has_startup_probe()
         || container.startup == probe_verdict::success;
}

backoff_limits restart_limits(const pod_config& config) {
  return {config.backoff_first, config.backoff_max, config.backoff_reset};
}

backoff_limits volume_limits(const pod_config& config) {
  return {config.volume_backoff_first, config.volume_backoff_max,
          2 * config.volume_backoff_max};
}

std::string quoted_image(const container_entry& entry) {
  return meta::go_quote(entry.spec.image());
}

} // namespace troupe::pod
