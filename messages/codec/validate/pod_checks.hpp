#pragma once

#include "messages/codec/document.hpp"
#include "messages/codec/validate/spot.hpp"
#include "messages/view/core_v1.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string_view>

/// The parts of judging a pod's spec, a file each; texts and order are
/// upstream's (pkg/apis/core/validation).
namespace troupe::codec {

namespace core = view::core_v1;

/// Marks what the node made of a file.
inline constexpr std::string_view mirror_annotation =
    "kubernetes.io/config.mirror";

/// Volumes by name, as far as nothing is wrong with them.
using volume_map = std::map<std::string_view, core::volume>;

/// What judging a container needs of its pod.
struct pod_context {
  core::pod_spec spec;
  volume_map volumes;
  std::set<std::string_view> claims; ///< names of spec.resourceClaims
  std::optional<std::int64_t> grace_seconds;
  bool host_users = true;
};

using meta_view = view::meta_v1::object_meta;

/// A pod spec in a template or, with its `metadata`, in a pod. A pod is judged
/// more strictly.
void check_pod_spec(core::pod_spec spec, std::optional<meta_view> metadata,
                    const spot& here);

/// Annotations that mean something to upstream, of a pod or a template.
/// `judged_before` says that the cost of deletion was already bad.
void check_pod_annotations(meta_view metadata, core::pod_spec spec,
                           bool judged_before, const spot& here);
/// What an update may not do to the annotations of a pod, and how they are.
void check_annotation_update(core::pod next, core::pod old,
                             meta::field_errors& errors);
/// Profiles that both an annotation and a field name are the same.
void check_profiles_match(meta_view metadata, core::pod_spec spec,
                          const spot& here);

/// What a pod with parts of the node's namespaces, or of none, may not do, and
/// how it is called.
void check_host(core::pod_spec spec, const spot& here);
/// What only makes sense for another operating system.
void check_os(core::pod_spec spec, const spot& here);

/// Calls `f(container, spot)` for every init container, container and
/// ephemeral container, the last in the form of a container.
void each_container(core::pod_spec spec, const spot& here,
                    const std::function<void(core::container, const spot&)>& f);
void check_image_padding(core::container container, const spot& here);

volume_map check_volumes(core::pod_spec spec,
                         std::optional<std::string_view> pod_name,
                         const spot& here);
/// Sources that belong to a vendor's storage. Returns how many are set.
int check_vendor_source(core::volume volume, int before, const spot& here);

void check_containers(const pod_context& pod, const spot& here);
void check_init_containers(const pod_context& pod, const spot& here);
void check_ephemeral_containers(const pod_context& pod, const spot& here);

void check_env(view::list<core::env_var> variables, const spot& here);
void check_env_from(view::list<core::env_from_source> sources,
                    const spot& here);

/// A field of the pod as a value; `allowed` names them.
void check_field_ref(core::object_field_selector field,
                     std::initializer_list<std::string_view> allowed,
                     const spot& here);
/// An amount of a container as a value; a volume must name the container.
void check_resource_ref(core::resource_field_selector field, bool in_volume,
                        const spot& here);

void check_mounts(core::container container, const pod_context& pod,
                  const spot& here);
void check_devices(core::container container, const pod_context& pod,
                   const spot& here);

void check_lifecycle(core::lifecycle lifecycle, const pod_context& pod,
                     const spot& here);
void check_probes(core::container container, const spot& here);

/// Requests and limits, of a container or of a pod as a whole.
void check_resources(core::resource_requirements resources,
                     const std::set<std::string_view>& claims,
                     const spot& here);
void check_pod_resources(core::pod_spec spec, const spot& here);
/// What the runtime takes beside the containers.
void check_overhead(core::pod_spec spec, const spot& here);

void check_pod_security(core::pod_spec spec, const spot& here);
void check_security(core::security_context context, bool host_users,
                    const spot& here);

void check_affinity(core::affinity affinity, const spot& here);
void check_tolerations(view::list<core::toleration> tolerations,
                       const spot& here);
void check_spread(view::list<core::topology_spread_constraint> constraints,
                  const spot& here);

/// What an update of a pod's spec may not do.
void check_pod_update(const document& next, const document& old,
                      meta::field_errors& errors);
/// What an update of the ephemeral containers may not do.
void check_ephemeral_update(const document& next, const document& old,
                            meta::field_errors& errors);
/// What an update of the status may not do.
void check_pod_status_update(const document& next, const document& old,
                             meta::field_errors& errors);

} // namespace troupe::codec
