#include "runtime/control/write_request.hpp"

namespace troupe::control {

namespace {

api::verb verb_of(action_kind kind) {
  switch (kind) {
    case action_kind::create:
      return api::verb::create;
    case action_kind::update:
      return api::verb::update;
    case action_kind::remove:
      break;
  }
  return api::verb::remove;
}

} // namespace

api::identity identity_of(std::string_view controller) {
  api::identity out;
  out.name = "system:controller:" + std::string{controller};
  out.groups = {"system:authenticated"};
  return out;
}

api::request to_request(const action& value, std::string_view controller) {
  const auto parts = parse_key(value.target);
  TROUPE_CHECK(parts.has_value(), "a plan names objects by their keys");
  const auto* resource = stored_resource(parts->group, parts->plural);
  TROUPE_CHECK(resource != nullptr, "a plan is about served resources");
  api::request out;
  out.user = identity_of(controller);
  out.verb = verb_of(value.kind);
  out.target = {std::string{parts->group},  std::string{resource->kind.version},
                std::string{parts->plural}, value.subresource,
                std::string{parts->ns},     std::string{parts->name}};
  out.field_manager = controller;
  out.body = value.body;
  out.uid = value.uid;
  out.resource_version = value.resource_version;
  out.propagation_policy = value.propagation_policy;
  out.grace_period_seconds = value.grace_period_seconds;
  return out;
}

verdict judge(const action& value, const api::response& answer) {
  const auto& status = answer.status;
  if (status.success)
    return verdict::done;
  switch (status.code) {
    case 404:
      return value.kind == action_kind::remove ? verdict::done
                                               : verdict::outdated;
    case 409:
      return verdict::outdated;
    case 503:
    case 504:
      return verdict::unknown;
    default:
      return verdict::refused;
  }
}

} // namespace troupe::control
