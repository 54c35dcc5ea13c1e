#include "actors/gateway/object/versions.hpp"

#include "messages/codec/convert/convert.hpp"
#include "messages/codec/validate/defaults.hpp"

namespace troupe::gateway {

using codec::document;

namespace {

/// Whether the document is an object of a version that is not stored.
bool differs(const object_call& call, const document& object) {
  const auto* type = call.version().type;
  return type != call.resource->type && object.type() == type;
}

} // namespace

document as_stored(const object_call& call, document object) {
  if (!differs(call, object))
    return object;
  const auto& version = call.version();
  codec::apply_table_defaults(object, object.root(), *version.type);
  auto out = codec::to_stored(object, version);
  codec::apply_version_defaults(out, version);
  return out;
}

document config_as_stored(const object_call& call, document config) {
  return differs(call, config) ? codec::to_stored(config, call.version())
                               : std::move(config);
}

document as_shown(const object_call& call, const document& stored) {
  const auto& version = call.version();
  return stored.type() == version.storage().type
             ? codec::to_shown(stored, version)
             : stored.clone();
}

} // namespace troupe::gateway
