#include "actors/gateway/object/remove.hpp"

#include "actors/gateway/object/admission.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/remove_grace.hpp"
#include "actors/gateway/object/remove_policy.hpp"
#include "actors/gateway/object/service_claims.hpp"
#include "actors/gateway/object/storage.hpp"
#include "messages/meta/time.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

namespace ids = schema::ids;

std::int64_t generation_of(const document& object) {
  const auto* value =
      codec::find(object.root(), {metadata_id, object_meta::generation});
  return value == nullptr ? 0 : value->integer_or(0);
}

void set_deletion_time(document& object, const stamps& given) {
  if (!is_deleting(object))
    set_meta_text(object, object_meta::deletion_timestamp,
                  meta::format_time(given.now));
}

/// For kinds that are given no time: the period is 0.
void mark(document& object, const stamps& given) {
  const auto generation = generation_of(object);
  if (!is_deleting(object) && generation > 0)
    set_meta_integer(object, object_meta::generation, generation + 1);
  set_deletion_time(object, given);
  set_meta_integer(object, object_meta::deletion_grace_period_seconds, 0);
}

/// Namespaces have a phase to tell it, and no grace period at all.
void mark_namespace(document& object, const stamps& given) {
  set_deletion_time(object, given);
  auto& status = object.object_at(object.root(), ids::namespace_::status);
  object.set(status, ids::namespace_status::phase,
             object.make_string("Terminating"));
}

write_decision answer_standing(const stored_object& old, document object) {
  erase_meta(object, object_meta::resource_version);
  return {accept(200, std::make_shared<document>(std::move(object)), old.at()),
          {},
          {}};
}

write_decision store_marked(const object_call& call, const stored_object& old,
                            document object) {
  erase_meta(object, object_meta::resource_version);
  auto write = make_put(object, *call.resource);
  auto out = answer_standing(old, std::move(object));
  if (*write.value == *old.version->value)
    return out;
  out.guards.push_back(store::key_at_revision{write.key, old.at()});
  out.ops.push_back(std::move(write));
  return out;
}

/// `last` is what a client sees whose kind is answered with.
write_decision erase(const object_call& call, const stored_object& old,
                     document last, const store::store_snapshot& state) {
  write_decision out;
  if (call.resource->returns_deleted) {
    erase_meta(last, object_meta::resource_version);
    out.answer =
        accept(200, std::make_shared<document>(std::move(last)), old.at());
  } else {
    out.answer.status =
        api::ok(call.name, call.group_resource(), uid_of(old.object));
  }
  auto key = object_key(*call.resource, call.ns, call.name);
  out.guards.push_back(store::key_at_revision{key, old.at()});
  out.ops.push_back(store::erase{std::move(key)});
  settle_claims(out, call, &old.object, nullptr);
  drop_endpoints(out, call, state);
  return out;
}

write_decision decide_marked(const object_call& call, const stored_object& old,
                             const std::vector<std::string>& finalizers,
                             void (*mark_it)(document&, const stamps&),
                             const stamps& given) {
  auto next = old.object.clone();
  set_meta_texts(next, object_meta::finalizers, finalizers);
  mark_it(next, given);
  return store_marked(call, old, std::move(next));
}

write_decision decide_graceful(const object_call& call,
                               const delete_call& options,
                               const stored_object& old,
                               const std::vector<std::string>& finalizers,
                               const store::store_snapshot& state,
                               const stamps& given) {
  auto next = old.object.clone();
  const auto step = mark_graceful(next, options.grace_period_seconds, given);
  if (step == grace_step::stand)
    return answer_standing(old, std::move(next));
  set_meta_texts(next, object_meta::finalizers, finalizers);
  if (step == grace_step::erase && finalizers.empty())
    return erase(call, old, std::move(next), state);
  return store_marked(call, old, std::move(next));
}

write_decision decide(const object_call& call, const delete_call& options,
                      const stored_object& old,
                      const store::store_snapshot& state, const stamps& given) {
  const auto& object = old.object;
  if (auto why = check_preconditions(call, options, object))
    return {refuse(std::move(*why)), {}, {}};
  const auto finalizers = finalizers_under(
      options.propagation_policy, meta_texts(object, object_meta::finalizers),
      *call.resource);
  if (is_namespace(*call.resource) && !is_deleting(object))
    return decide_marked(call, old, finalizers, mark_namespace, given);
  if (ends_gracefully(*call.resource))
    return decide_graceful(call, options, old, finalizers, state, given);
  if (has_spec_finalizers(object, *call.resource))
    return answer_standing(old, object.clone());
  if (finalizers.empty())
    return erase(call, old, object.clone(), state);
  return decide_marked(call, old, finalizers, mark, given);
}

write_decision decide_remove(const object_call& call,
                             const delete_call& options,
                             const store::store_snapshot& state,
                             const stamps& given) {
  auto old = read_object(state, object_key(*call.resource, call.ns, call.name),
                         *call.resource);
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  if (!*old)
    return {refuse(api::not_found(call.group_resource(), call.name)), {}, {}};
  return decide(call, options, **old, state, given);
}

} // namespace

checked<write_step> plan_remove(object_call call, delete_call options) {
  if (auto why = admit_removal(call))
    return std::move(*why);
  return write_step{[call = std::move(call), options = std::move(options)](
                        const auto& state, const stamps& given) {
    return decide_remove(call, options, state, given);
  }};
}

} // namespace troupe::gateway
