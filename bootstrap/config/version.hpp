#pragma once

#include <string_view>

namespace troupe {

/// This build's own version ("0.1.0").
std::string_view product_version();

/// The Kubernetes API it serves ("v1.35").
std::string_view kubernetes_api_version();

} // namespace troupe
