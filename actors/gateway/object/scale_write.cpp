#include "actors/gateway/object/scale_write.hpp"

#include "actors/gateway/object/apply.hpp"
#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/patch.hpp"
#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/scale.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "actors/gateway/object/write_record.hpp"
#include "messages/codec/managed/scale_fields.hpp"
#include "messages/codec/validate/object_meta.hpp"
#include "messages/schema/ids/autoscaling_v1.hpp"
#include "messages/view/autoscaling_v1.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

/// What a call wants the Scale to be, given the Scale that is.
using scale_change = std::function<checked<replacement>(const document& scale,
                                                        const stamps& given)>;

/// The call, as one about a Scale.
object_call as_scale(object_call call) {
  call.resource = &scale_resource();
  call.shown = nullptr;
  return call;
}

api::group_resource written_resource(const object_call& call,
                                     std::string& plural) {
  plural = std::string{call.version().plural} + "/scale";
  return {call.version().kind.group, plural};
}

meta::field_errors check_scale(const document& scale) {
  meta::field_errors errors;
  codec::check_object_meta(metadata_of(scale), true, meta::check_subdomain_name,
                           errors);
  const auto replicas = view::autoscaling_v1::scale{scale}.spec().replicas();
  if (replicas < 0)
    errors.push_back(meta::invalid("spec.replicas", std::to_string(replicas),
                                   "must be greater than or equal to 0"));
  return errors;
}

std::optional<api::status> check_uid(const object_call& call,
                                     const document& scale,
                                     const document& object) {
  const auto wanted = uid_of(scale);
  if (wanted.empty() || wanted == uid_of(object))
    return std::nullopt;
  std::string plural;
  return api::conflict(
      written_resource(call, plural), call.name,
      "Precondition failed: UID in precondition: " + std::string{wanted}
          + ", UID in object meta: " + std::string{uid_of(object)});
}

/// The Scale with the owners of its replicas.
document owned_scale(const document& object,
                     const schema::resource_desc& resource) {
  auto out = scale_of(object, resource);
  if (auto entries = codec::decode_managed_fields(object))
    codec::encode_managed_fields(out, codec::to_scale_entries(*entries));
  return out;
}

/// The owners after the replicas were written.
void record_owners(const object_call& call, const document& old, document& next,
                   const replacement& scale, const stamps& given) {
  if (!scale.owned) {
    write_record record{call, given.now};
    return codec::update_managed_fields(&old, next, record.write());
  }
  const auto before = codec::decode_managed_fields(old);
  const auto now = codec::decode_managed_fields(scale.next);
  if (before && now)
    codec::encode_managed_fields(
        next, codec::from_scale_entries(*before, *now,
                                        api_version_of(call.version().kind)));
}

write_decision decide_scale(const object_call& call, const scale_change& change,
                            const store::store_snapshot& state,
                            const stamps& given) {
  const auto& resource = *call.resource;
  auto old =
      read_object(state, object_key(resource, call.ns, call.name), resource);
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  std::string plural;
  if (!*old)
    return {refuse(api::not_found(written_resource(call, plural), call.name)),
            {},
            {}};
  const auto& object = (*old)->object;
  auto scale = change(owned_scale(object, resource), given);
  if (!scale)
    return {refuse(std::move(scale.error())), {}, {}};
  if (const auto errors = check_scale(scale->next); !errors.empty())
    return {refuse(api::invalid({"autoscaling", "Scale"}, call.name, errors)),
            {},
            {}};
  if (auto why = check_uid(call, scale->next, object))
    return {refuse(std::move(*why)), {}, {}};
  auto next = object.clone();
  take_scale(next, resource, scale->next);
  record_owners(call, object, next, *scale, given);
  auto whole = call;
  whole.subresource.clear();
  auto out = decide_replace(whole, **old,
                            {std::move(next), true, std::move(scale->warnings)},
                            state, given);
  if (out.answer.object)
    out.answer.object = std::make_shared<const document>(
        scale_of(*out.answer.object, resource));
  return out;
}

write_step step_of(object_call call, scale_change change) {
  return [call = std::move(call),
          change = std::move(change)](const auto& state, const stamps& given) {
    return decide_scale(call, change, state, given);
  };
}

} // namespace

checked<write_step> plan_scale_update(object_call call, document body) {
  if (auto why = refuse_problems(call))
    return std::move(*why);
  if (auto why = settle_namespace(call, body))
    return std::move(*why);
  if (auto why = check_name(call, body))
    return std::move(*why);
  auto shared = std::make_shared<const document>(std::move(body));
  // The uid of a replacement is a condition, checked before anything else.
  auto replace = [call, shared](const document& scale,
                                const stamps&) -> checked<replacement> {
    const auto uid = uid_of(*shared);
    if (!uid.empty() && uid != uid_of(scale))
      return wrong_uid(call, uid, uid_of(scale));
    return replacement{shared->clone(), false,
                       warnings_of(call, call.problems)};
  };
  return step_of(std::move(call), std::move(replace));
}

write_step plan_scale_patch(object_call call, patch_kind kind, bytes patch) {
  auto shared = make_shared_bytes(std::move(patch));
  auto about = as_scale(call);
  return step_of(std::move(call), [about = std::move(about), kind, shared](
                                      const document& scale, const stamps&) {
    return apply_patch(about, kind, *shared, scale);
  });
}

checked<write_step> plan_scale_apply(object_call call, bytes config,
                                     bool force) {
  auto merge = plan_merge(as_scale(call), std::move(config), force);
  if (!merge)
    return std::move(merge.error());
  return step_of(
      std::move(call),
      [merge = std::move(*merge)](const document& scale, const stamps& given) {
        return merge(&scale, given);
      });
}

} // namespace troupe::gateway
