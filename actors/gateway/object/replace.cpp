#include "actors/gateway/object/replace.hpp"

#include "actors/gateway/object/admission.hpp"
#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/pod_admission.hpp"
#include "actors/gateway/object/service_allocation.hpp"
#include "actors/gateway/object/write_record.hpp"
#include "messages/codec/validate/strategy.hpp"
#include "messages/codec/validate/validate.hpp"
#include "messages/codec/validate/warnings.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

std::optional<api::status> version_conflict(const object_call& call,
                                            const stored_object& old,
                                            document& next) {
  auto wanted = fixed_version(next);
  if (!wanted)
    return std::move(wanted.error());
  const auto& kind = call.resource->kind;
  // Upstream gives the resource for the kind here.
  if (*wanted == 0 && !codec::updates_unseen(*call.resource))
    return api::invalid({kind.group, call.resource->plural}, call.name,
                        {meta::invalid("metadata.resourceVersion", "0",
                                       "must be specified for an update")});
  if (*wanted == 0)
    erase_meta(next, object_meta::resource_version);
  else if (*wanted != old.at().value())
    return api::modified(call.group_resource(), call.name);
  return std::nullopt;
}

void prepare(const object_call& call, const document& old, document& next) {
  if (call.subresource.empty())
    codec::prepare_for_update(next, old, *call.resource);
  else
    codec::prepare_for_subresource_update(next, old, *call.resource,
                                          call.subresource);
}

meta::field_errors validate(const object_call& call, const document& old,
                            const document& next) {
  if (call.subresource.empty())
    return codec::validate_update(next, old, call.version());
  return codec::validate_subresource_update(next, old, *call.resource,
                                            call.subresource);
}

write_decision store_it(const object_call& call, const stored_object& old,
                        document next, const std::vector<std::string>& warnings,
                        const store::store_snapshot& state) {
  erase_meta(next, object_meta::resource_version);
  auto write = make_put(next, *call.resource);
  if (write.value->size() > value_size_max)
    return {refuse(too_large()), {}, {}};
  write_decision out;
  const bool gone = finishes_deletion(next, old.object, *call.resource);
  const bool same = *write.value == *old.version->value;
  out.answer =
      accept(200, std::make_shared<document>(std::move(next)), old.at());
  out.answer.warnings = codec::warnings_on_update(
      *out.answer.object, old.object, *call.resource, call.subresource);
  add_first(out.answer, warnings);
  if (same && !gone)
    return out;
  out.guards.push_back(store::key_at_revision{write.key, old.at()});
  if (gone)
    out.ops.push_back(store::erase{std::move(write.key)});
  else
    out.ops.push_back(std::move(write));
  settle_claims(out, call, &old.object,
                gone ? nullptr : out.answer.object.get());
  if (gone)
    drop_endpoints(out, call, state);
  return out;
}

} // namespace

write_decision decide_replace(const object_call& call, const stored_object& old,
                              replacement wanted,
                              const store::store_snapshot& state,
                              const stamps& given) {
  auto& next = wanted.next;
  if (auto why = version_conflict(call, old, next))
    return {refuse(std::move(*why)), {}, {}};
  if (!wanted.owned) {
    write_record record{call, given.now};
    codec::update_managed_fields(&old.object, next, record.write());
  }
  if (auto why = admit_pod(call, next, &old.object))
    return {refuse(std::move(*why)), {}, {}};
  prepare(call, old.object, next);
  if (call.subresource.empty())
    if (auto why = allocate_service(call, next, &old.object, state, given))
      return {refuse(std::move(*why)), {}, {}};
  if (auto errors = validate(call, old.object, next); !errors.empty())
    return {refuse(invalid_object(call, next, errors)), {}, {}};
  codec::settle_managed_times(old.object, next);
  return store_it(call, old, std::move(next), wanted.warnings, state);
}

bool finishes_deletion(const document& next, const document& old,
                       const schema::resource_desc& resource) {
  const auto* grace = codec::find(
      old.root(), {metadata_id, object_meta::deletion_grace_period_seconds});
  return is_deleting(old) && (grace == nullptr || grace->integer_or(0) == 0)
         && meta_texts(next, object_meta::finalizers).empty()
         && !has_spec_finalizers(next, resource);
}

} // namespace troupe::gateway
