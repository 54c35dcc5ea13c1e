#include "actors/gateway/object/patch.hpp"

#include "actors/gateway/object/identity.hpp"
#include "actors/gateway/object/metadata.hpp"
#include "actors/gateway/object/owners.hpp"
#include "actors/gateway/object/replace.hpp"
#include "actors/gateway/object/strictness.hpp"
#include "actors/gateway/object/versions.hpp"
#include "messages/codec/patch/go_print.hpp"
#include "messages/codec/patch/json_patch.hpp"
#include "messages/codec/patch/merge_patch.hpp"
#include "messages/codec/patch/patch.hpp"
#include "messages/codec/patch/strategic_merge.hpp"
#include "messages/codec/patch/untyped.hpp"
#include "messages/codec/validate/defaults.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

codec::patch_kind to_codec(patch_kind kind) {
  switch (kind) {
    case patch_kind::json:
      return codec::patch_kind::json;
    case patch_kind::merge:
      return codec::patch_kind::merge;
    case patch_kind::strategic:
      return codec::patch_kind::strategic;
    case patch_kind::apply:
      break;
  }
  TROUPE_CHECK(false, "apply decides by ownership, not by patching");
}

/// 422 without a reason to show, as upstream answers what it cannot apply.
api::status unprocessable() {
  api::status out;
  out.code = 422;
  out.reason = "Invalid";
  out.message = "the server rejected our request due to an error in our "
                "request";
  out.details.emplace();
  return out;
}

api::status to_status(const codec::patch_error& why) {
  switch (why.fault) {
    case codec::patch_fault::malformed:
      return api::bad_request(why.message);
    case codec::patch_fault::too_many_operations: {
      auto out = api::request_entity_too_large({});
      out.message = why.message;
      return out;
    }
    case codec::patch_fault::not_applicable:
      return unprocessable();
    case codec::patch_fault::unclassified:
      return unclassified(why.message);
    case codec::patch_fault::invalid_result:
      break;
  }
  return invalid_patch(why.value, why.message);
}

/// What a refusal under strict shows: the patched object with the fields its
/// type does not know or, of a strategic patch, the patch.
std::string shown_value(patch_kind kind, const document& old,
                        const codec::encode_options& as, bytes_view patch) {
  auto change = codec::decode_json(patch, nullptr);
  auto target = codec::to_untyped(old, as);
  TROUPE_CHECK(change, "the patch was read before");
  TROUPE_CHECK(target, "the object was read before");
  if (kind == patch_kind::strategic)
    return codec::go_print(change->doc.root());
  auto done = kind == patch_kind::json
                  ? codec::apply_json_patch(*target, change->doc.root())
                  : codec::apply_merge_patch(*target, change->doc.root());
  TROUPE_CHECK(done, "the patch was applied before");
  return codec::encode_json(target->root(), nullptr);
}

/// A patch may not make the object one of another kind.
std::optional<api::status> check_kind(const codec::decoded& patched,
                                      const codec::encode_options& as) {
  if (patched.api_version == as.api_version && patched.kind == as.kind)
    return std::nullopt;
  if (patched.kind == as.kind)
    return api::bad_request("the API version in the data ("
                            + patched.api_version
                            + ") does not match the expected API version ("
                            + std::string{as.api_version} + ")");
  return api::bad_request("the kind in the data (" + patched.kind
                          + ") does not match the expected kind ("
                          + std::string{as.kind} + ")");
}

std::optional<api::status> check_patched(const object_call& call,
                                         document& patched) {
  if (auto why = settle_namespace(call, patched))
    return why;
  return check_name(call, patched);
}

write_decision decide_patch(const object_call& call, patch_kind kind,
                            bytes_view patch,
                            const store::store_snapshot& state,
                            const stamps& given) {
  auto old = read_object(state, object_key(*call.resource, call.ns, call.name),
                         *call.resource);
  if (!old)
    return {refuse(unreadable(old.error())), {}, {}};
  if (!*old)
    return {refuse(api::not_found(call.group_resource(), call.name)), {}, {}};
  auto wanted = apply_patch(call, kind, patch, (*old)->object);
  if (!wanted)
    return {refuse(std::move(wanted.error())), {}, {}};
  return decide_replace(call, **old, std::move(*wanted), state, given);
}

} // namespace

checked<replacement> apply_patch(const object_call& call, patch_kind kind,
                                 bytes_view patch, const document& old) {
  const auto version = api_version_of(call.version().kind);
  const codec::encode_options as{version, call.version().kind.kind, {}};
  const auto shown = as_shown(call, old);
  auto patched = codec::patch_object(shown, as, to_codec(kind), patch);
  if (!patched)
    return to_status(patched.error());
  if (call.validation == field_validation::strict && !patched->problems.empty())
    return invalid_patch(shown_value(kind, shown, as, patch),
                         strict_text(patched->problems));
  if (auto why = check_kind(*patched, as))
    return std::move(*why);
  patched->doc = as_stored(call, std::move(patched->doc));
  codec::apply_defaults(patched->doc, *call.resource);
  if (auto why = check_patched(call, patched->doc))
    return std::move(*why);
  auto warnings = warnings_of(call, patched->problems);
  drop_repeated_owners(patched->doc, warnings);
  return replacement{std::move(patched->doc), false, std::move(warnings)};
}

write_step plan_patch(object_call call, patch_kind kind, bytes patch) {
  auto shared = make_shared_bytes(std::move(patch));
  return [call = std::move(call), kind, shared](const auto& state,
                                                const stamps& given) {
    return decide_patch(call, kind, *shared, state, given);
  };
}

} // namespace troupe::gateway
