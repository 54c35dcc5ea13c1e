#include "node/pod/conditions.hpp"

#include "messages/meta/go_quote.hpp"

#include <algorithm>

namespace troupe::pod {

namespace {

using reports = std::vector<container_report>;

/// Go's notation of a list: [a b].
std::string listed(const std::vector<std::string>& names) {
  std::string out = "[";
  for (auto& each : names)
    out += (out.size() == 1 ? "" : " ") + each;
  return out + ']';
}

/// Sidecars count as initialized once they have started.
bool is_initialized(const container_report& report) {
  return report.role == container_role::sidecar ? report.started : report.ready;
}

pod_condition initialized(const reports& all, std::string_view phase) {
  pod_condition out{"Initialized", true, {}, {}};
  if (phase == "Succeeded") {
    out.reason = "PodCompleted";
    return out;
  }
  const auto has_run = [](const container_report& each) {
    return each.role == container_role::regular && !each.id.empty();
  };
  // What was initialized once stays so, though sidecars end.
  if (std::any_of(all.begin(), all.end(), has_run))
    return out;
  std::vector<std::string> incomplete;
  for (auto& each : all)
    if (each.role != container_role::regular && !is_initialized(each))
      incomplete.push_back(each.name);
  if (incomplete.empty())
    return out;
  return {"Initialized", false, "ContainersNotInitialized",
          "containers with incomplete status: " + listed(incomplete)};
}

pod_condition containers_ready(const reports& all, std::string_view phase) {
  constexpr std::string_view type = "ContainersReady";
  if (phase == "Succeeded")
    return {type, false, "PodCompleted", {}};
  if (phase == "Failed")
    return {type, false, "PodFailed", {}};
  std::vector<std::string> unready;
  for (auto& each : all)
    if (each.role != container_role::init && !each.ready)
      unready.push_back(each.name);
  if (unready.empty())
    return {type, true, {}, {}};
  return {type, false, "ContainersNotReady",
          "containers with unready status: " + listed(unready)};
}

/// What a readiness gate is missing, or "".
std::string gate_problem(const view::core_v1::pod& pod, std::string_view type) {
  for (auto each : pod.status().conditions()) {
    if (each.type() != type)
      continue;
    if (each.status() == "True")
      return {};
    return "the status of pod readiness gate " + meta::go_quote(type)
           + " is not \"True\", but " + std::string{each.status()};
  }
  return "corresponding condition of pod readiness gate " + meta::go_quote(type)
         + " does not exist.";
}

pod_condition ready(const view::core_v1::pod& pod, pod_condition containers) {
  containers.type = "Ready";
  if (!containers.holds)
    return containers;
  std::string problems;
  for (auto gate : pod.spec().readiness_gates()) {
    const auto problem = gate_problem(pod, gate.condition_type());
    if (!problem.empty())
      problems += (problems.empty() ? "" : ", ") + problem;
  }
  if (problems.empty())
    return containers;
  return {"Ready", false, "ReadinessGatesNotReady", problems};
}

} // namespace

std::vector<pod_condition>
make_conditions(const view::core_v1::pod& pod, const observed_pod& observed,
                const std::vector<container_report>& reports,
                std::string_view phase) {
  auto containers = containers_ready(reports, phase);
  auto whole = ready(pod, containers);
  const auto has_sandbox = observed.sandbox.phase == sandbox_phase::ready;
  return {{"PodReadyToStartContainers", has_sandbox, {}, {}},
          initialized(reports, phase),
          std::move(whole),
          std::move(containers),
          {"PodScheduled", true, {}, {}}};
}

} // namespace troupe::pod
