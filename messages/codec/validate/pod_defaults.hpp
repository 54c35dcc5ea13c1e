#pragma once

#include "messages/codec/document.hpp"

namespace troupe::codec {

/// The defaults of a pod's spec, wherever it stands: in a pod or a template.
/// Source: upstream's pkg/apis/core/v1 defaults.
void fill_pod_spec(document& doc, node& spec);

/// What only a pod's own spec gets: ports of the node where the pod shares its
/// network, and requests equal to the limits.
void fill_running_spec(document& doc, node& spec);

/// The defaults of a container whose fields have the ids of Container, plus
/// `base`: 0, or those of the message an ephemeral container embeds.
void fill_container(document& doc, node& container, field_id base);

void fill_volume(document& doc, node& volume);

/// Always for the tag "latest", said or not, else IfNotPresent.
std::string_view default_pull_policy(std::string_view image);

/// `ids` of EphemeralContainer's embedded container fields start here.
inline constexpr field_id ephemeral_base = 1u << 16;

} // namespace troupe::codec
