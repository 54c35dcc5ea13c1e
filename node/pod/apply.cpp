#include "messages/codec/scalars.hpp"
#include "messages/meta/go_quote.hpp"
#include "node/pod/facts.hpp"
#include "node/pod/spec.hpp"

#include <algorithm>
#include <chrono>

namespace troupe::pod {

namespace {

using events = std::vector<pod_event>;

constexpr std::size_t messages_size_max = 12 * 1024;
constexpr std::int32_t killed_code = 137;       // 128 + SIGKILL
constexpr std::int32_t start_failed_code = 128; // as other runtimes have it

std::string rounded(duration value) {
  return codec::format_duration(
      std::chrono::floor<std::chrono::milliseconds>(value));
}

/// A fact's effect on what is observed.
class application {
public:
  application(observed_pod& observed, const view::core_v1::pod& pod,
              wall_time now, const pod_config& config)
      : observed_(observed), pod_(pod), now_(now), config_(config) {
    // nop
  }

  events operator()(const pod_refused& fact);

  events operator()(const volumes_mounted&) {
    observed_.volumes = {volumes_phase::ready, {}, {}, {}};
    return {};
  }

  events operator()(const volumes_failed& fact) {
    auto& volumes = observed_.volumes;
    volumes.phase = volumes_phase::failed;
    volumes.failure = fact.message;
    volumes.failed_at = now_;
    return {{true,
             "FailedMount",
             fact.volume.empty()
                 ? fact.message
                 : "MountVolume.SetUp failed for volume "
                       + meta::go_quote(fact.volume) + " : " + fact.message,
             {}}};
  }

  events operator()(const sandbox_ready& fact) {
    auto& sandbox = observed_.sandbox;
    sandbox.phase = sandbox_phase::ready;
    sandbox.id = fact.id;
    sandbox.addresses = fact.addresses;
    sandbox.failure.clear();
    sandbox.failed_at.reset();
    return {};
  }

  events operator()(const sandbox_failed& fact) {
    auto& sandbox = observed_.sandbox;
    sandbox.phase = sandbox_phase::absent;
    ++sandbox.attempt;
    sandbox.failure = fact.message;
    sandbox.failed_at = now_;
    return {{true,
             "FailedCreatePodSandBox",
             "Failed to create pod sandbox: " + fact.message,
             {}}};
  }

  events operator()(const sandbox_died& fact);

  events operator()(const sandbox_stopped&) {
    auto& sandbox = observed_.sandbox;
    sandbox.phase = sandbox_phase::absent;
    ++sandbox.attempt;
    sandbox.failed_at.reset();
    return {};
  }

  events operator()(const image_pull_begun& fact) {
    events out;
    std::string missing;
    for (const auto& each : fact.missing_secrets)
      missing += (missing.empty() ? "" : ", ") + each;
    if (!missing.empty())
      out.push_back({true, "FailedToRetrieveImagePullSecret",
                     "Unable to retrieve some image pull secrets (" + missing
                         + "); attempting to pull the image may not succeed.",
                     ""});
    out.push_back(normal(fact.container, "Pulling",
                         "Pulling image " + quoted_reference(fact.container)));
    return out;
  }

  events operator()(const image_ready& fact);
  events operator()(const image_failed& fact);
  events operator()(const container_created& fact);
  events operator()(const container_started& fact);
  events operator()(const container_start_failed& fact);
  events operator()(const container_exited& fact);
  events operator()(const hook_finished& fact);
  events operator()(const probe_changed& fact);
  events operator()(const storage_counted& fact);

  events operator()(const volumes_unmounted&) {
    observed_.volumes = {};
    return {};
  }

  events operator()(const pod_removed&) {
    observed_.removal = removal_phase::removed;
    observed_.removal_failed_at.reset();
    return {};
  }

  events operator()(const cleanup_failed& fact);

  events operator()(const final_status_stored&) {
    observed_.final_status_stored = has_ended(observed_);
    return {};
  }

  events operator()(const object_deleted&) {
    observed_.removal = removal_phase::removed;
    observed_.object_deleted = true;
    return {};
  }

  events operator()(const object_vanished&) {
    observed_.vanished = true;
    return {};
  }

private:
  observed_container& at(const std::string& name) {
    return observed_.containers[name];
  }

  /// The container if this is its incarnation, else null.
  observed_container* incarnation(const std::string& name,
                                  const std::string& id) {
    auto found = observed_.containers.find(name);
    return found == observed_.containers.end() || found->second.id != id
               ? nullptr
               : &found->second;
  }

  /// Whether the start that this sandbox was meant for is under way: one for a
  /// sandbox before it may still be heard of.
  bool is_being_made(const observed_container& container,
                     const std::string& sandbox_id) const {
    return container.phase == container_phase::creating
           && sandbox_id == observed_.sandbox.id;
  }

  std::string quoted_reference(const std::string& container) {
    return meta::go_quote(at(container).next_image.reference);
  }

  /// Messages of one pod are so long together, as upstream has it; the record
  /// and the status hold two of each container.
  void shorten(std::string& message) const {
    const auto count = std::max<std::size_t>(containers_of(pod_).size(), 1);
    auto size = std::min(message.size(), messages_size_max / count);
    const auto is_inside = [&] { // a character
      return size < message.size()
             && (static_cast<unsigned char>(message[size]) & 0xC0) == 0x80;
    };
    while (size > 0 && is_inside())
      --size;
    message.resize(size);
  }

  pod_event event(bool warning, const std::string& container,
                  std::string reason, std::string message) const {
    const auto entry = container_of(pod_, container);
    return {warning, std::move(reason), std::move(message),
            entry ? field_path(*entry) : std::string{}};
  }

  pod_event normal(const std::string& container, std::string reason,
                   std::string message) const {
    return event(false, container, std::move(reason), std::move(message));
  }

  pod_event warning(const std::string& container, std::string reason,
                    std::string message) const {
    return event(true, container, std::move(reason), std::move(message));
  }

  void end(observed_container& container, container_exit how) const;
  events end_hook(observed_container& container, const hook_finished& fact);

  observed_pod& observed_;
  const view::core_v1::pod& pod_;
  wall_time now_;
  const pod_config& config_;
};

void application::end(observed_container& container, container_exit how) const {
  container.phase = container_phase::exited;
  container.exit = std::move(how);
  shorten(container.exit->message);
  container.pid = 0;
  container.stop.reset();
  container.held = false;
  container.startup = probe_verdict::none;
  container.readiness = probe_verdict::none;
  container.liveness = probe_verdict::none;
}

events application::operator()(const sandbox_died& fact) {
  auto& sandbox = observed_.sandbox;
  if (fact.id != sandbox.id || sandbox.phase == sandbox_phase::starting
      || sandbox.phase == sandbox_phase::stopping)
    return {};
  sandbox.phase = sandbox_phase::dead;
  sandbox.failure = fact.message;
  sandbox.failed_at.reset();
  for (auto& [name, container] : observed_.containers) {
    if (container.phase == container_phase::running)
      end(container, {container.id, killed_code, 0, "ContainerStatusUnknown",
                      fact.message, container.started, now_});
    // A start under way will not be heard of any more.
    if (container.phase == container_phase::creating)
      container.phase =
          container.exit ? container_phase::exited : container_phase::waiting;
  }
  return {};
}

events application::operator()(const image_ready& fact) {
  auto& image = at(fact.container).next_image;
  image.phase = image_phase::present;
  image.id = fact.id;
  image.reason.clear();
  image.message.clear();
  image.held = false;
  const auto name = quoted_reference(fact.container);
  if (!fact.pulled)
    return {normal(fact.container, "Pulled",
                   "Container image " + name
                       + " already present on machine and can be accessed by "
                         "the pod")};
  const auto& pull = *fact.pulled;
  return {normal(fact.container, "Pulled",
                 "Successfully pulled image " + name + " in "
                     + rounded(pull.took) + " ("
                     + rounded(pull.took_with_waiting)
                     + " including waiting). Image size: "
                     + std::to_string(pull.octets) + " bytes.")};
}

events application::operator()(const image_failed& fact) {
  auto& image = at(fact.container).next_image;
  const auto name = quoted_reference(fact.container);
  image.phase = image_phase::failed;
  image.reason = fact.reason;
  image.message = fact.message;
  image.since = now_;
  image.held = false;
  at(fact.container).held = false;
  events out;
  if (fact.reason == "ErrImageNeverPull") {
    image.message =
        "Container image " + name + " is not present with pull policy of Never";
    out.push_back(warning(fact.container, fact.reason, image.message));
  } else if (fact.reason == "InvalidImageName") {
    out.push_back(warning(fact.container, "InspectFailed", image.message));
  } else {
    image.pulls.attempt(now_, now_, restart_limits(config_));
    out.push_back(
        warning(fact.container, "Failed",
                "Failed to pull image " + name + ": " + fact.message));
  }
  out.push_back(warning(fact.container, "Failed", "Error: " + fact.reason));
  return out;
}

events application::operator()(const container_created& fact) {
  auto& container = at(fact.container);
  if (!is_being_made(container, fact.sandbox_id))
    return {};
  const auto was_told = is_unborn(observed_, container);
  container.restart_count = next_restart_count(observed_, container);
  if (container.exit)
    container.last_exit = std::move(container.exit);
  container.exit.reset();
  container.ever_created = true;
  container.id = fact.id;
  container.sandbox_id = observed_.sandbox.id;
  container.image = container.next_image.reference;
  container.image_id = container.next_image.id;
  container.user = fact.user;
  container.limits = fact.limits;
  // The next start asks for its image again, as its policy says.
  container.next_image.phase = image_phase::wanted;
  container.post_start = hook_phase::none;
  container.comes_back = false;
  if (was_told)
    return {};
  return {normal(fact.container, "Created", "Container created")};
}

events application::operator()(const container_started& fact) {
  auto* container = incarnation(fact.container, fact.id);
  if (container == nullptr
      || (container->phase != container_phase::creating
          && !is_unborn(observed_, *container)))
    return {};
  container->phase = container_phase::running;
  container->pid = fact.pid;
  container->started = fact.at;
  container->failure.reset();
  container->held = false;
  return {normal(fact.container, "Started", "Container started")};
}

events application::operator()(const container_start_failed& fact) {
  auto& container = at(fact.container);
  if (!is_being_made(container, fact.sandbox_id))
    return {};
  container.failure = start_failure{fact.reason, fact.message, now_};
  container.next_image.phase = image_phase::wanted;
  container.held = false;
  const auto was_created = container.sandbox_id == observed_.sandbox.id
                           && !container.exit && container.ever_created;
  if (fact.reason == "RunContainerError" && was_created)
    end(container, {container.id, start_failed_code, 0, "StartError",
                    fact.message, std::nullopt, now_});
  else
    container.phase =
        container.exit ? container_phase::exited : container_phase::waiting;
  return {warning(fact.container, "Failed", "Error: " + fact.message)};
}

events application::operator()(const container_exited& fact) {
  auto* container = incarnation(fact.container, fact.id);
  if (container == nullptr
      || (container->phase != container_phase::running
          && container->phase != container_phase::creating)
      || container->exit)
    return {};
  const auto* reason = fact.out_of_memory ? "OOMKilled"
                       : fact.code == 0   ? "Completed"
                                          : "Error";
  const auto ran = container->phase == container_phase::running;
  end(*container, {fact.id, fact.code, fact.signal, reason, fact.message,
                   ran ? container->started : fact.at, fact.at});
  return {};
}

events application::operator()(const hook_finished& fact) {
  auto* container = incarnation(fact.container, fact.id);
  return container == nullptr ? events{} : end_hook(*container, fact);
}

events application::end_hook(observed_container& container,
                             const hook_finished& fact) {
  if (fact.which == hook::post_start) {
    container.post_start =
        fact.succeeded ? hook_phase::done : hook_phase::failed;
    if (fact.succeeded)
      return {};
    container.failure = start_failure{"PostStartHookError", fact.message, now_};
    return {
        warning(fact.container, "FailedPostStartHook", "PostStartHook failed")};
  }
  if (container.stop && container.stop->stage == stop_stage::pre_stop)
    container.stop->stage = stop_stage::waiting;
  if (fact.succeeded)
    return {};
  return {warning(fact.container, "FailedPreStopHook", "PreStopHook failed")};
}

events application::operator()(const probe_changed& fact) {
  auto* container = incarnation(fact.container, fact.id);
  if (container == nullptr || container->phase != container_phase::running)
    return {};
  switch (fact.kind) {
    case probe_kind::startup:
      container->startup = fact.verdict;
      break;
    case probe_kind::readiness:
      container->readiness = fact.verdict;
      break;
    case probe_kind::liveness:
      container->liveness = fact.verdict;
      break;
  }
  return {};
}

/// It may be told again when the pod's actor starts anew.
events application::operator()(const pod_refused& fact) {
  if (!observed_.failed_reason.empty() || observed_.ending_since)
    return {};
  observed_.failed_reason = fact.why.reason;
  observed_.failed_message = "Pod was rejected: " + fact.why.message;
  return {{true, fact.why.reason, fact.why.message, {}}};
}

/// A pod that is done or failed already stays what it is.
events application::operator()(const storage_counted& fact) {
  if (!observed_.failed_reason.empty() || has_ended(observed_)
      || (observed_.ending_since && !is_deleted(pod_)))
    return {};
  auto excess = storage_excess(pod_, fact.use);
  if (excess.empty())
    return {};
  observed_.failed_reason = evicted;
  observed_.failed_message = excess;
  return {{true, std::string{evicted}, std::move(excess), {}}};
}

events application::operator()(const cleanup_failed& fact) {
  if (observed_.sandbox.phase == sandbox_phase::stopping) {
    observed_.sandbox.phase = sandbox_phase::dead;
    observed_.sandbox.failure = fact.message;
    observed_.sandbox.failed_at = now_;
    return {{true, "FailedKillPod", "error killing pod: " + fact.message, {}}};
  }
  if (observed_.volumes.phase == volumes_phase::unmounting) {
    observed_.volumes.phase = volumes_phase::ready;
    observed_.volumes.failure = fact.message;
    observed_.volumes.failed_at = now_;
    return {};
  }
  if (observed_.removal == removal_phase::removing)
    observed_.removal = removal_phase::none;
  else if (observed_.removal == removal_phase::deleting)
    observed_.removal = removal_phase::removed;
  observed_.removal_failed_at = now_;
  return {};
}

} // namespace

std::vector<pod_event> apply(observed_pod& observed,
                             const view::core_v1::pod& pod,
                             const pod_fact& fact, wall_time now,
                             const pod_config& config) {
  return std::visit(application{observed, pod, now, config}, fact);
}

} // namespace troupe::pod
