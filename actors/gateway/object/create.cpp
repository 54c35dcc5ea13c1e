#include "actors/gateway/object/create.hpp"

#include "actors/gateway/object/admission.hpp"
#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/node_admission.hpp"
#include "actors/gateway/object/owners.hpp"
#include "actors/gateway/object/pod_admission.hpp"
#include "actors/gateway/object/service_account_admission.hpp"
#include "actors/gateway/object/service_allocation.hpp"
#include "actors/gateway/object/storage.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "actors/gateway/object/write_record.hpp"
#include "messages/api/query.hpp"
#include "messages/codec/validate/defaults.hpp"
#include "messages/codec/validate/strategy.hpp"
#include "messages/codec/validate/validate.hpp"
#include "messages/codec/validate/warnings.hpp"
#include "messages/meta/names.hpp"
#include "messages/meta/time.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

/// Who has the name already, or null.
store::version_ptr holder_of(const object_call& call, const document& object,
                             const store::store_snapshot& state) {
  return state.get(object_key(*call.resource, call.ns, name_of(object)));
}

/// Completes a generateName with a name that is free in `state`, if one is
/// drawn in time. Without a base, validation will miss the name.
void generate_name(const object_call& call, document& object,
                   const store::store_snapshot& state, const stamps& given) {
  const std::string base{meta_text(object, object_meta::generate_name)};
  if (base.empty() || !name_of(object).empty())
    return;
  for (int i = 0; i < generated_names_max; ++i) {
    set_meta_text(object, object_meta::name,
                  meta::generate_name(base, given.random()));
    if (holder_of(call, object, state) == nullptr)
      return;
  }
}

void stamp(document& object, const stamps& given) {
  set_meta_text(object, object_meta::creation_timestamp,
                meta::format_time(given.now));
  set_meta_text(object, object_meta::uid, given.uid);
}

/// A version that is no number, or 0, fixes nothing.
bool fixes_version(const document& object) {
  const auto version =
      api::parse_unsigned(meta_text(object, object_meta::resource_version));
  return version && *version != 0;
}

/// What was to be created, as it would be stored; or what to decide instead.
result<document, write_decision> complete(const object_call& call,
                                          const document& object, bool owned,
                                          const store::store_snapshot& state,
                                          const stamps& given) {
  auto out = object.clone();
  codec::apply_defaults(out, *call.resource);
  if (!owned) {
    write_record record{call, given.now};
    codec::update_managed_fields(nullptr, out, record.write());
  }
  if (auto why = admit_service_account(call, out, state, given))
    return std::move(*why);
  if (auto why = admit_pod(call, out, nullptr))
    return decline(std::move(*why));
  admit_node(call, out);
  stamp(out, given);
  codec::prepare_for_create(out, *call.resource);
  generate_name(call, out, state, given);
  if (auto why = allocate_service(call, out, nullptr, state, given))
    return decline(std::move(*why));
  erase_meta(out, object_meta::resource_version);
  return out;
}

std::optional<api::status> refusal(const object_call& call,
                                   const document& given,
                                   const document& object,
                                   const store::store_snapshot& state) {
  if (auto errors = codec::validate_create(object, call.version());
      !errors.empty())
    return invalid_object(call, object, errors);
  if (fixes_version(given))
    return unclassified(
        "resourceVersion should not be set on objects to be created");
  const auto holder = holder_of(call, object, state);
  if (holder == nullptr)
    return std::nullopt;
  auto why = has_meta(object, object_meta::generate_name)
                 ? generated_name_taken(call, name_of(object))
                 : api::already_exists(call.group_resource(), name_of(object));
  if (holder->columns->deleting)
    why.message = "object is being deleted: " + why.message;
  return why;
}

} // namespace

checked<write_step> plan_create(object_call call, document body) {
  if (auto why = refuse_problems(call))
    return std::move(*why);
  if (auto why = settle_namespace(call, body))
    return std::move(*why);
  auto warnings = warnings_of(call, call.problems);
  drop_repeated_owners(body, warnings);
  // std::function copies what it holds; a document does not copy.
  auto shared = std::make_shared<const document>(std::move(body));
  return write_step{
      [call = std::move(call), shared,
       warnings = std::move(warnings)](const auto& state, const stamps& given) {
        auto out = decide_create(call, *shared, false, state, given);
        add_first(out.answer, warnings);
        return out;
      }};
}

write_decision decide_create(const object_call& call, const document& object,
                             bool owned, const store::store_snapshot& state,
                             const stamps& given) {
  if (auto why = admit_creation(call, object, state))
    return {refuse(std::move(*why)), {}, {}};
  auto made = complete(call, object, owned, state, given);
  if (!made)
    return std::move(made.error());
  auto whole = std::make_shared<document>(std::move(*made));
  if (auto why = refusal(call, object, *whole, state))
    return {refuse(std::move(*why)), {}, {}};
  auto write = make_put(*whole, *call.resource);
  if (write.value->size() > value_size_max)
    return {refuse(too_large()), {}, {}};
  write_decision out;
  if (call.resource->namespaced)
    out.guards.push_back(store::namespace_active{call.ns});
  out.guards.push_back(store::key_absent{write.key});
  out.ops.push_back(std::move(write));
  settle_claims(out, call, nullptr, whole.get());
  out.answer = accept(201, whole, store::revision{});
  out.answer.warnings = codec::warnings_on_create(*whole, *call.resource);
  return out;
}

} // namespace troupe::gateway
