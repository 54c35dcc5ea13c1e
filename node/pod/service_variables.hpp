#pragma once

#include "messages/view/core_v1.hpp"
#include "node/pod/environment.hpp"

#include <string_view>
#include <vector>

namespace troupe::pod {

/// What a container's environment tells of services with an address, sorted
/// order given: WEB_SERVICE_HOST, WEB_SERVICE_PORT, and the variables of Docker
/// links. Those of `default/kubernetes` always, and with `links`
/// (spec.enableServiceLinks) those of the pod's namespace, of which one of that
/// name comes first.
std::vector<env_var>
make_service_variables(const std::vector<view::core_v1::service>& services,
                       std::string_view ns, bool links);

} // namespace troupe::pod
