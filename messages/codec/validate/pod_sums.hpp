#pragma once

#include "messages/meta/quantity.hpp"
#include "messages/view/core_v1.hpp"

#include <map>
#include <string_view>

namespace troupe::codec {

using resource_sums = std::map<std::string_view, meta::quantity>;

enum class amount_kind { requests, limits };

/// What the containers of a pod take together: all that run at a time, or what
/// an init container takes beside the sidecars started before it, if that is
/// more.
resource_sums container_sums(view::core_v1::pod_spec spec, amount_kind kind);

} // namespace troupe::codec
