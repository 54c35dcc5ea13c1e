#include "actors/gateway/object/update.hpp"

#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/owners.hpp"
#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "messages/codec/validate/defaults.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

/// Somebody who names the uid cannot mean an object that is not there.
api::status absent(const object_call& call, const document& body) {
  return uid_of(body).empty() ? api::not_found(call.group_resource(), call.name)
                              : wrong_uid(call, uid_of(body), "");
}

write_decision decide_update(const object_call& call, const document& body,
                             const std::vector<std::string>& warnings,
                             const store::store_snapshot& state,
                             const stamps& given) {
  auto old = read_object(state, object_key(*call.resource, call.ns, call.name),
                         *call.resource);
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  if (!*old)
    return {refuse(absent(call, body)), {}, {}};
  return decide_replace(call, **old, {body.clone(), false, warnings}, given);
}

} // namespace

checked<write_step> plan_update(object_call call, document body) {
  if (auto why = refuse_problems(call))
    return std::move(*why);
  if (auto why = settle_namespace(call, body))
    return std::move(*why);
  if (auto why = check_name(call, body))
    return std::move(*why);
  codec::apply_defaults(body, *call.resource);
  auto warnings = warnings_of(call, call.problems);
  drop_repeated_owners(body, warnings);
  auto shared = std::make_shared<const document>(std::move(body));
  return write_step{
      [call = std::move(call), shared,
       warnings = std::move(warnings)](const auto& state, const stamps& given) {
        return decide_update(call, *shared, warnings, state, given);
      }};
}

} // namespace troupe::gateway
