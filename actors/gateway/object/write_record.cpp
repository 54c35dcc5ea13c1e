#include "actors/gateway/object/write_record.hpp"

#include "actors/gateway/object/identity.hpp"

namespace troupe::gateway {

namespace {

/// What the strategy of this write resets: the status, except for a write to
/// the status, which resets everything but it and the metadata.
codec::field_set ignored_fields(const object_call& call) {
  codec::field_set out;
  if (!call.resource->has_status)
    return out;
  for (const auto& field : call.resource->type->fields) {
    const bool is_status = field.name == "status";
    if (field.name != "metadata" && is_status != (call.subresource == "status"))
      out.insert({codec::field_step(field.name)});
  }
  return out;
}

} // namespace

write_record::write_record(const object_call& call, wall_time now)
    : api_version_{api_version_of(call.version().kind)},
      ignored_{ignored_fields(call)}, write_{call.field_manager,
                                             api_version_,
                                             call.version().kind.kind,
                                             call.subresource,
                                             now,
                                             &ignored_} {}

} // namespace troupe::gateway
