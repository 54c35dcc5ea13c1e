#pragma once

#include "actors/controllers/service_pods/object_builder.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/control/informer_cache.hpp"
#include "runtime/control/snapshot.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

/// Services and their pods.
namespace troupe::controllers::service_pods {

using control::object_key;
using document_ptr = std::shared_ptr<const codec::document>;

inline constexpr std::string_view services_prefix = "core/services/";
inline constexpr std::string_view pods_prefix = "core/pods/";
inline constexpr std::string_view nodes_prefix = "core/nodes/";

/// Upstream's label of what belongs to a Service without cluster address.
inline constexpr std::string_view headless_label =
    "service.kubernetes.io/headless";

/// Whether a controller fills in who is behind the Service: ExternalName has
/// nobody, and without a selector somebody else says.
bool finds_pods(view::core_v1::service_spec spec);

/// Whether it has a cluster address.
bool has_cluster_ip(view::core_v1::service_spec spec);

/// The pods a Service selects, by name.
std::vector<document_ptr> selected_pods(const control::snapshot& view,
                                        view::core_v1::service service);

/// Whether the pod has an address and has not ended, nor, unless asked for, is
/// ending.
bool takes_part(view::core_v1::pod pod, bool also_ending);

bool is_ready(view::core_v1::pod pod);

/// The number of the pod's port that is meant; none when the pod has no port
/// of that name and protocol.
std::optional<std::int64_t> find_port(view::core_v1::pod pod,
                                      view::core_v1::service_port port);

/// Whether the Service's name makes the pod's host name a domain name.
bool names_host(view::core_v1::service service, view::core_v1::pod pod);

/// Names a pod.
struct pod_name {
  std::string_view ns;
  std::string_view name;
  std::string_view uid;
};

/// Fills in an ObjectReference.
void refer_to_pod(object_builder reference, const pod_name& pod);

/// A Service's own key for a change of the Service.
void keys_of_service(const control::object_change& change,
                     const std::function<void(const object_key&)>& enqueue);

/// The keys of Services that select a pod that changed, before or now, or pods
/// of a node that came, went or moved to another zone.
void keys_of_pod(const control::object_change& change,
                 const control::snapshot& view,
                 const std::function<void(const object_key&)>& enqueue);

/// The zone of a node, by its labels.
std::optional<std::string_view> zone_of(const store::columns& node);

} // namespace troupe::controllers::service_pods
