#pragma once

#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"

#include <string>

/// Columns of core/v1 Pod and PodTemplate, as kubectl has shown them ever
/// since. All append JSON.
namespace troupe::codec {

/// "1/2": containers that are ready, of all. Sidecars count, other init
/// containers do not.
void append_pod_ready(std::string& out, const node& pod, wall_time now);

/// The phase, or better why it is so: "Init:0/1", "CrashLoopBackOff",
/// "Completed", "Terminating".
void append_pod_status(std::string& out, const node& pod, wall_time now);

/// "3", or "3 (5m ago)" when it is known since when.
void append_pod_restarts(std::string& out, const node& pod, wall_time now);

/// `,"conditions":[...]` of the row of a pod that has ended, else nothing.
void append_pod_conditions(std::string& out, const node& pod);

/// The first address, or "<none>".
void append_pod_ip(std::string& out, const node& pod, wall_time now);

/// The node, or "<none>".
void append_pod_node(std::string& out, const node& pod, wall_time now);

/// The nominated node, or "<none>".
void append_pod_nominated_node(std::string& out, const node& pod,
                               wall_time now);

/// "1/2": readiness gates that are open, of all; or "<none>".
void append_pod_readiness_gates(std::string& out, const node& pod,
                                wall_time now);

/// Names, and images, of a template's containers: "a,b".
void append_template_containers(std::string& out, const node& pod_template,
                                wall_time now);
void append_template_images(std::string& out, const node& pod_template,
                            wall_time now);

} // namespace troupe::codec
