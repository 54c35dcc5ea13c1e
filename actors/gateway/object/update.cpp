#include "actors/gateway/object/update.hpp"

#include "actors/gateway/object/create.hpp"
#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/owners.hpp"
#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/strategy.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

write_decision decide_update(const object_call& call, const document& body,
                             const std::vector<std::string>& warnings,
                             const store::store_snapshot& state,
                             const stamps& given) {
  auto old = read_object(state, object_key(*call.resource, call.ns, call.name),
                         *call.resource);
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  const bool creates =
      call.subresource.empty() && codec::creates_on_update(*call.resource);
  if (!*old && !creates)
    return {refuse(api::not_found(call.group_resource(), call.name)), {}, {}};
  const std::string uid{uid_of(body)};
  const auto stands = *old ? uid_of((*old)->object) : std::string_view{};
  // The uid of a replacement is a condition; that of a patched object is a
  // field that cannot change.
  if (!uid.empty() && uid != stands)
    return {refuse(wrong_uid(call, uid, stands)), {}, {}};
  if (*old)
    return decide_replace(call, **old, {body.clone(), false, warnings}, state,
                          given);
  auto made = body.clone();
  erase_meta(made, object_meta::resource_version);
  auto out = decide_create(call, made, false, state, given);
  add_first(out.answer, warnings);
  return out;
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
