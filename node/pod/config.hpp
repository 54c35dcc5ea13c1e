#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace troupe::pod {

/// What decisions about pods depend on beside the pod. The defaults are
/// upstream's.
struct pod_config {
  /// Name of this node, for events and the downward API.
  std::string node_name;
  /// Addresses of this node, the primary one first.
  std::vector<std::string> host_addresses;

  /// The wait before the second restart of a container and the second pull of
  /// an image; each further one doubles, up to `backoff_max`.
  duration backoff_first = std::chrono::seconds{10};
  duration backoff_max = std::chrono::seconds{300};
  /// A container that lives this long is restarted without a wait again.
  duration backoff_reset = std::chrono::seconds{600};
  /// Waits between tries to mount the volumes, doubling as above.
  duration volume_backoff_first = std::chrono::milliseconds{500};
  duration volume_backoff_max = std::chrono::seconds{122};
  /// Wait before a sandbox, a container or a clean-up that failed is tried
  /// again.
  duration retry = std::chrono::seconds{10};
  /// How long ErrImagePull is shown before it turns into ImagePullBackOff.
  duration pull_error_shown = std::chrono::seconds{5};
  /// Between SIGTERM and SIGKILL at least, however little grace is left.
  duration stop_min = std::chrono::seconds{2};

  /// Names the first field that makes no sense.
  status_result validate() const;
};

} // namespace troupe::pod
