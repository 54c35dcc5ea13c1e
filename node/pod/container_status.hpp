#pragma once

#include "messages/codec/document.hpp"
#include "node/pod/spec.hpp"

#include <optional>
#include <string>

/// The state of one container in the words of v1.ContainerStatus; nobody
/// outside this folder includes it.
namespace troupe::pod {

struct waiting_state {
  std::string reason;
  std::string message;
};

struct running_state {
  wall_time started;
};

/// What a container's status says.
struct container_report {
  std::string name;
  // At most one of these.
  std::optional<waiting_state> waiting;
  std::optional<running_state> running;
  std::optional<container_exit> terminated;
  std::optional<container_exit> last;
  bool ready = false;
  bool started = false;
  std::int32_t restart_count = 0;
  std::string image;
  std::string image_id;
  std::string id;
  std::optional<process_identity> user;
  std::optional<cgroup_limits> limits;
  view::core_v1::container spec;
  container_role role = container_role::regular;
  std::shared_ptr<const codec::document> own; ///< what `spec` looks into
};

/// One report per container of the pod, init containers first.
std::vector<container_report> report_containers(const view::core_v1::pod& pod,
                                                const observed_pod& observed);

/// Those of the ephemeral containers.
std::vector<container_report> report_ephemeral(const view::core_v1::pod& pod,
                                               const observed_pod& observed);

/// The report as a v1.ContainerStatus in `out`.
codec::node* make_status(codec::document& out, const container_report& report);

} // namespace troupe::pod
