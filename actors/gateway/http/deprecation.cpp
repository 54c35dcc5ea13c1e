#include "actors/gateway/http/deprecation.hpp"

namespace troupe::gateway {

namespace {

struct deprecation {
  std::string_view group;
  std::string_view version;
  std::string_view kind;
  std::string_view text;
};

constexpr deprecation deprecations[] = {
    {"", "v1", "Endpoints",
     "v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 "
     "EndpointSlice"},
    {"apps", "v1beta1", "Deployment",
     "apps/v1beta1 Deployment is deprecated in v1.8+, unavailable in v1.16+; "
     "use apps/v1 Deployment"},
    {"apps", "v1beta2", "Deployment",
     "apps/v1beta2 Deployment is deprecated in v1.9+, unavailable in v1.16+; "
     "use apps/v1 Deployment"},
    {"apps", "v1beta2", "ReplicaSet",
     "apps/v1beta2 ReplicaSet is deprecated in v1.9+, unavailable in v1.16+; "
     "use apps/v1 ReplicaSet"},
    {"extensions", "v1beta1", "Deployment",
     "extensions/v1beta1 Deployment is deprecated in v1.8+, unavailable in "
     "v1.16+; use apps/v1 Deployment"},
    {"extensions", "v1beta1", "ReplicaSet",
     "extensions/v1beta1 ReplicaSet is deprecated in v1.8+, unavailable in "
     "v1.16+; use apps/v1 ReplicaSet"},
};

} // namespace

std::string_view deprecation_of(const schema::resource_desc& resource) {
  const auto& kind = resource.kind;
  for (const auto& one : deprecations)
    if (one.group == kind.group && one.version == kind.version
        && one.kind == kind.kind)
      return one.text;
  return {};
}

} // namespace troupe::gateway
