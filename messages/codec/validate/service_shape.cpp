#include "messages/codec/validate/service_shape.hpp"

#include <algorithm>

namespace troupe::codec {

using spec_view = view::core_v1::service_spec;

bool needs_cluster_ip(spec_view spec) {
  return spec.type() != "ExternalName";
}

bool needs_node_port(spec_view spec) {
  return spec.type() == "NodePort" || spec.type() == "LoadBalancer";
}

bool needs_health_port(spec_view spec) {
  return spec.type() == "LoadBalancer"
         && spec.external_traffic_policy() == "Local";
}

bool is_headless(spec_view spec) {
  return spec.cluster_ips().size() == 1
         && spec.cluster_ips()[0] == no_cluster_ip;
}

bool reached_from_outside(spec_view spec) {
  return needs_node_port(spec)
         || (spec.type() == "ClusterIP" && !spec.external_ips().empty());
}

bool same_texts(const view::list<std::string_view>& a,
                const view::list<std::string_view>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

} // namespace troupe::codec
