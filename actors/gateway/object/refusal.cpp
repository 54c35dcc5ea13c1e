#include "actors/gateway/object/refusal.hpp"

#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/storage.hpp"

namespace troupe::gateway {

api::status unclassified(std::string message) {
  api::status out;
  out.code = 500;
  out.message = std::move(message);
  return out;
}

api::status generated_name_taken(const object_call& call,
                                 std::string_view name) {
  auto out = api::already_exists(call.group_resource(), name);
  out.message += ", the server was not able to generate a unique name for the "
                 "object";
  out.details->retry_after_seconds = 1;
  return out;
}

api::status wrong_uid(const object_call& call, std::string_view wanted,
                      std::string_view uid) {
  std::string key = "/registry/";
  if (!call.resource->kind.group.empty())
    key.append(call.resource->kind.group).append("/");
  key.append(call.resource->plural).append("/");
  if (!call.ns.empty())
    key.append(call.ns).append("/");
  key.append(call.name);
  return api::conflict(
      call.group_resource(), call.name,
      "StorageError: invalid object, Code: 4, Key: " + key
          + ", ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: "
            "UID in precondition: "
          + std::string{wanted} + ", UID in object meta: " + std::string{uid});
}

api::status invalid_object(const object_call& call,
                           const codec::document& object,
                           const meta::field_errors& errors) {
  const auto& kind = call.resource->kind;
  return api::invalid({kind.group, kind.kind}, name_of(object), errors);
}

api::status invalid_patch(std::string_view value, std::string detail) {
  return api::invalid(
      {}, "", {meta::invalid("patch", meta::quoted(value), std::move(detail))});
}

api::status unreadable(const error& why) {
  return api::internal_error(why.message);
}

api::status too_large() {
  return api::request_entity_too_large("limit is "
                                       + std::to_string(value_size_max));
}

object_answer refuse(api::status why) {
  object_answer out;
  out.code = why.code;
  out.status = std::move(why);
  return out;
}

void add_first(object_answer& answer,
               const std::vector<std::string>& warnings) {
  if (answer.status.success)
    answer.warnings.insert(answer.warnings.begin(), warnings.begin(),
                           warnings.end());
}

object_answer accept(int code, std::shared_ptr<const codec::document> object,
                     store::revision revision) {
  object_answer out;
  out.code = code;
  out.status.code = code;
  out.status.success = true;
  out.object = std::move(object);
  out.revision = revision.value();
  return out;
}

} // namespace troupe::gateway
