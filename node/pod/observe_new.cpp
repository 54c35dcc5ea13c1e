#include "messages/meta/time.hpp"
#include "node/pod/record.hpp"
#include "node/pod/spec.hpp"

#include <utility>

/// What a pod's status tells of containers that no record knows.
namespace troupe::pod {

namespace {

std::string id_in(std::string_view container_id) {
  constexpr std::string_view scheme = "troupe://";
  if (container_id.starts_with(scheme))
    container_id.remove_prefix(scheme.size());
  return std::string{container_id};
}

/// It ran as far as the API knows, and nobody here knows of it: it must not
/// run twice if its pod's containers run once.
container_exit disappeared() {
  container_exit out;
  out.code = 137;
  out.reason = "ContainerStatusUnknown";
  out.message = "The container could not be located when the pod was deleted.  "
                "The container used to be Running";
  return out;
}

std::optional<container_exit>
exit_from(const view::core_v1::container_state& state) {
  const auto ended = state.terminated();
  if (!ended)
    return std::nullopt;
  container_exit out;
  out.id = id_in(ended.container_id());
  out.code = static_cast<std::int32_t>(ended.exit_code());
  out.signal = static_cast<std::int32_t>(ended.signal());
  out.reason = ended.reason();
  out.message = ended.message();
  if (auto at = meta::parse_time(ended.started_at()))
    out.started = *at;
  if (auto at = meta::parse_time(ended.finished_at()))
    out.finished = *at;
  return out;
}

observed_container
container_from(const view::core_v1::container_status& status) {
  observed_container out;
  if (const auto user = status.user().linux()) {
    out.user = process_identity{user.uid(), user.gid(), {}};
    for (auto each : user.supplemental_groups())
      out.user->groups.push_back(each);
  }
  out.restart_count = static_cast<std::int32_t>(status.restart_count());
  out.ever_created = !status.container_id().empty();
  out.exit = exit_from(status.state());
  out.last_exit = exit_from(status.last_state());
  if (status.state().has_running())
    out.exit = disappeared();
  if (!out.exit)
    out.exit = std::exchange(out.last_exit, std::nullopt);
  if (!out.exit)
    return out;
  out.phase = container_phase::exited;
  out.id = id_in(status.container_id());
  out.image = status.image();
  out.image_id = status.image_id();
  return out;
}

} // namespace

observed_pod observe_new(const view::core_v1::pod& pod, wall_time now) {
  observed_pod out;
  const auto status = pod.status();
  out.start_time = now;
  if (auto at = meta::parse_time(status.start_time()))
    out.start_time = *at;
  for (auto list :
       {status.init_container_statuses(), status.container_statuses(),
        status.ephemeral_container_statuses()})
    for (auto each : list)
      out.containers.emplace(each.name(), container_from(each));
  return out;
}

} // namespace troupe::pod
