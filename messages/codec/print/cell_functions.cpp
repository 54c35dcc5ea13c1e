#include "messages/codec/print/cell_functions.hpp"

#include "messages/codec/print/deployment_cells.hpp"
#include "messages/codec/print/event_cells.hpp"
#include "messages/codec/print/node_cells.hpp"
#include "messages/codec/print/pod_cells.hpp"
#include "messages/codec/print/replica_cells.hpp"
#include "messages/codec/print/service_cells.hpp"

namespace troupe::codec {

namespace {

constexpr cell_function functions[] = {
    {"deployment_available", append_deployment_available},
    {"deployment_containers", append_deployment_containers},
    {"deployment_images", append_deployment_images},
    {"deployment_ready", append_deployment_ready},
    {"deployment_updated", append_deployment_updated},
    {"endpoints_addresses", append_endpoints_addresses},
    {"event_count", append_event_count},
    {"event_first_seen", append_event_first_seen},
    {"event_last_seen", append_event_last_seen},
    {"event_message", append_event_message},
    {"event_object", append_event_object},
    {"event_source", append_event_source},
    {"node_external_ip", append_node_external_ip},
    {"node_internal_ip", append_node_internal_ip},
    {"node_kernel", append_node_kernel},
    {"node_os_image", append_node_os_image},
    {"node_roles", append_node_roles},
    {"node_runtime", append_node_runtime},
    {"node_status", append_node_status},
    {"pod_ip", append_pod_ip},
    {"pod_node", append_pod_node},
    {"pod_nominated_node", append_pod_nominated_node},
    {"pod_readiness_gates", append_pod_readiness_gates},
    {"pod_ready", append_pod_ready},
    {"pod_restarts", append_pod_restarts},
    {"pod_status", append_pod_status},
    {"replica_set_containers", append_replica_set_containers},
    {"replica_set_images", append_replica_set_images},
    {"replication_controller_containers",
     append_replication_controller_containers},
    {"replication_controller_images", append_replication_controller_images},
    {"service_cluster_ip", append_service_cluster_ip},
    {"service_external_ip", append_service_external_ip},
    {"service_ports", append_service_ports},
    {"slice_endpoints", append_slice_endpoints},
    {"slice_ports", append_slice_ports},
    {"template_containers", append_template_containers},
    {"template_images", append_template_images},
};

} // namespace

std::span<const cell_function> all_cell_functions() {
  return functions;
}

} // namespace troupe::codec
