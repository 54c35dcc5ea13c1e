#pragma once

#include "messages/codec/validate/pod_checks.hpp"
#include "messages/codec/validate/warning_texts.hpp"

/// Warnings about a pod's spec, in a pod or a template (upstream's
/// pkg/api/pod/warnings.go).
namespace troupe::codec {

/// `owner` is the path of what has the metadata and the spec: "" for a pod.
void warn_pod_spec(meta_view metadata, core::pod_spec spec,
                   std::string_view owner, warning_list& out);

/// Volumes of kinds that are gone, and files that take each other's place.
void warn_volumes(core::pod_spec spec, const spot& here, warning_list& out);
void warn_files(core::pod_spec spec, warning_list& out);

/// Ports of the containers that overlap or share a name.
void warn_ports(core::pod_spec spec, const spot& here, warning_list& out);

} // namespace troupe::codec
