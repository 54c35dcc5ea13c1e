#pragma once

#include "messages/view/core_v1.hpp"

/// What a Service is, as its rules ask and whoever hands out its addresses and
/// ports.
namespace troupe::codec {

/// "None" in clusterIP: names lead to the pods themselves.
inline constexpr std::string_view no_cluster_ip = "None";

/// Whether it has cluster addresses, if only "None": all but ExternalName.
bool needs_cluster_ip(view::core_v1::service_spec spec);

/// NodePort and LoadBalancer.
bool needs_node_port(view::core_v1::service_spec spec);

/// A load balancer asks its nodes which of them have pods.
bool needs_health_port(view::core_v1::service_spec spec);

/// Whether its clusterIPs are "None" alone.
bool is_headless(view::core_v1::service_spec spec);

/// Whether packets from outside the cluster may be for it.
bool reached_from_outside(view::core_v1::service_spec spec);

/// The texts are equal, in order.
bool same_texts(const view::list<std::string_view>& a,
                const view::list<std::string_view>& b);

} // namespace troupe::codec
