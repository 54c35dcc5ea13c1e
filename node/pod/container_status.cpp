#include "node/pod/container_status.hpp"

#include "messages/codec/scalars.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"
#include "node/pod/applied_status.hpp"

namespace troupe::pod {

namespace {

namespace ids = schema::ids;

constexpr std::string_view epoch = "1970-01-01T00:00:00Z";

/// Waits for a restart, a pull or another try; says why. While the other try
/// is under way that is still what is known.
std::optional<waiting_state> trouble(const view::core_v1::pod& pod,
                                     const container_entry& entry,
                                     const observed_container& container) {
  const auto& image = container.next_image;
  if (container.held)
    return waiting_state{"CrashLoopBackOff",
                         "back-off "
                             + codec::format_duration(container.restarts.wait)
                             + " restarting failed container=" + entry.name()
                             + " pod=" + label(pod)};
  if (!image.reason.empty() && image.held)
    return waiting_state{"ImagePullBackOff",
                         "Back-off pulling image " + quoted_image(entry) + ": "
                             + image.reason + ": " + image.message};
  if (!image.reason.empty())
    return waiting_state{image.reason, image.message};
  if (container.failure)
    return waiting_state{container.failure->reason, container.failure->message};
  return std::nullopt;
}

bool is_ready(const container_entry& entry,
              const observed_container& container) {
  if (entry.role == container_role::ephemeral)
    return false;
  if (entry.role == container_role::init)
    return container.phase == container_phase::exited
           && container.exit->code == 0;
  return has_started(entry, container)
         && (!entry.spec.has_readiness_probe()
             || container.readiness == probe_verdict::success);
}

/// A container that waits or is being made.
void report_waiting(container_report& out, const view::core_v1::pod& pod,
                    const container_entry& entry,
                    const observed_container& container) {
  if (auto why = trouble(pod, entry, container)) {
    out.waiting = std::move(why);
    out.last = container.exit ? container.exit : container.last_exit;
    return;
  }
  // Until the new incarnation is there, the end of the old one is shown.
  if (container.exit) {
    out.terminated = container.exit;
    out.last = container.last_exit;
    return;
  }
  out.waiting =
      waiting_state{pod.spec().init_containers().empty() ? "ContainerCreating"
                                                         : "PodInitializing",
                    {}};
  out.last = container.last_exit;
}

void report_exited(container_report& out, const view::core_v1::pod& pod,
                   const container_entry& entry,
                   const observed_container& container, bool pod_ends) {
  if (!pod_ends && !stays_down(pod, entry, container)
      && (entry.role != container_role::init || container.exit->code != 0)) {
    report_waiting(out, pod, entry, container);
    return;
  }
  out.terminated = container.exit;
  out.last = container.last_exit;
}

/// Nothing is known of a container that a pod which ended should have had.
container_exit lost() {
  return {{},
          137,
          0,
          "ContainerStatusUnknown",
          "The container could not be located when the pod was terminated",
          std::nullopt,
          {}};
}

container_report report(const view::core_v1::pod& pod,
                        const container_entry& entry,
                        const observed_container& container,
                        const observed_pod& observed) {
  container_report out;
  out.name = entry.name();
  out.role = entry.role;
  out.restart_count = container.restart_count;
  out.image = container.image.empty() ? std::string{entry.spec.image()}
                                      : container.image;
  out.image_id = container.image_id;
  out.id = container.id;
  out.user = container.user;
  out.limits = container.limits;
  out.spec = entry.spec;
  out.own = entry.own;
  out.ready = is_ready(entry, container);
  out.started = entry.role == container_role::init
                    ? container.phase == container_phase::running
                    : has_started(entry, container);
  switch (container.phase) {
    case container_phase::running:
      out.running = running_state{container.started};
      out.last = container.last_exit;
      break;
    case container_phase::exited:
      report_exited(out, pod, entry, container,
                    observed.ending_since.has_value());
      break;
    default:
      report_waiting(out, pod, entry, container);
  }
  return out;
}

bool has_been_up(const container_report& report) {
  return !report.waiting || report.last;
}

/// Whether the regular containers' turn had come.
bool was_initialized(const std::vector<container_report>& all) {
  const container_report* last_init = nullptr;
  for (auto& each : all) {
    if (each.role != container_role::regular)
      last_init = &each;
    else if (has_been_up(each))
      return true;
  }
  if (last_init == nullptr)
    return true;
  const auto& ended =
      last_init->terminated ? last_init->terminated : last_init->last;
  return last_init->role == container_role::init && ended && ended->code == 0;
}

/// Containers that the pod which ended never came to stay as they were. Source:
/// upstream's status manager.
void settle_lost(std::vector<container_report>& all) {
  const auto settle = [](container_report& report) {
    if (!report.waiting)
      return;
    report.terminated = lost();
    report.waiting.reset();
  };
  const auto initialized = was_initialized(all);
  std::size_t reached = 0; // the first init container's turn came at once
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].role != container_role::regular && has_been_up(all[i]))
      reached = i;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i].role == container_role::regular ? initialized : i <= reached)
      settle(all[i]);
}

std::vector<container_report>
report_each(const std::vector<container_entry>& entries,
            const view::core_v1::pod& pod, const observed_pod& observed) {
  static const observed_container nothing;
  std::vector<container_report> all;
  for (auto& each : entries) {
    const auto* found = find(observed, each.spec.name());
    all.push_back(
        report(pod, each, found == nullptr ? nothing : *found, observed));
  }
  return all;
}

void set_text(codec::document& out, codec::node& object, codec::field_id id,
              std::string_view text) {
  if (!text.empty())
    out.set(object, id, out.make_string(text));
}

// Numbers and booleans that are zero read as absent, and are.

void set_number(codec::document& out, codec::node& object, codec::field_id id,
                std::int64_t value) {
  if (value != 0)
    out.set(object, id, out.make_integer(value));
}

codec::node* make_waiting(codec::document& out, const waiting_state& state) {
  auto* result = out.make_object();
  set_text(out, *result, ids::container_state_waiting::reason, state.reason);
  set_text(out, *result, ids::container_state_waiting::message, state.message);
  return result;
}

codec::node* make_running(codec::document& out, const running_state& state) {
  auto* result = out.make_object();
  set_text(out, *result, ids::container_state_running::started_at,
           meta::format_time(state.started));
  return result;
}

codec::node* make_terminated(codec::document& out, const container_exit& exit) {
  namespace id = ids::container_state_terminated;
  auto* result = out.make_object();
  set_number(out, *result, id::exit_code, exit.code);
  set_text(out, *result, id::reason, exit.reason);
  set_text(out, *result, id::message, exit.message);
  if (exit.id.empty())
    return result;
  set_text(out, *result, id::started_at,
           exit.started ? meta::format_time(*exit.started)
                        : std::string{epoch});
  set_text(out, *result, id::finished_at, meta::format_time(exit.finished));
  set_text(out, *result, id::container_id, "troupe://" + exit.id);
  return result;
}

} // namespace

std::vector<container_report> report_containers(const view::core_v1::pod& pod,
                                                const observed_pod& observed) {
  auto all = report_each(containers_of(pod), pod, observed);
  if (has_ended(observed))
    settle_lost(all);
  return all;
}

std::vector<container_report> report_ephemeral(const view::core_v1::pod& pod,
                                               const observed_pod& observed) {
  return report_each(ephemeral_containers_of(pod), pod, observed);
}

codec::node* make_status(codec::document& out, const container_report& report) {
  namespace id = ids::container_status;
  auto* result = out.make_object();
  out.set(*result, id::name, out.make_string(report.name));
  auto& state = out.object_at(*result, id::state);
  if (report.waiting)
    out.set(state, ids::container_state::waiting,
            make_waiting(out, *report.waiting));
  else if (report.running)
    out.set(state, ids::container_state::running,
            make_running(out, *report.running));
  else if (report.terminated)
    out.set(state, ids::container_state::terminated,
            make_terminated(out, *report.terminated));
  if (report.last)
    out.set(out.object_at(*result, id::last_state),
            ids::container_state::terminated,
            make_terminated(out, *report.last));
  if (report.ready)
    out.set(*result, id::ready, out.make_boolean(true));
  set_number(out, *result, id::restart_count, report.restart_count);
  set_text(out, *result, id::image, report.image);
  set_text(out, *result, id::image_id, report.image_id);
  if (!report.id.empty())
    set_text(out, *result, id::container_id, "troupe://" + report.id);
  if (report.role != container_role::ephemeral)
    out.set(*result, id::started, out.make_boolean(report.started));
  write_applied(out, *result, report);
  return result;
}

} // namespace troupe::pod
