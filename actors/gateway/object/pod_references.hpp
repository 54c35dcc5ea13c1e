#pragma once

#include "messages/codec/document.hpp"

#include <string_view>

namespace troupe::gateway {

/// Whether the pod, a document of core/v1 Pod, names that Secret of its
/// namespace: as a volume, in a container's environment, to pull an image.
bool pod_uses_secret(const codec::document& pod, std::string_view name);

/// Whether it names any.
bool pod_uses_secrets(const codec::document& pod);

/// The same for a ConfigMap.
bool pod_uses_config_map(const codec::document& pod, std::string_view name);

/// Whether the pod runs as that service account of its namespace.
bool pod_runs_as(const codec::document& pod, std::string_view account);

} // namespace troupe::gateway
