#include "messages/protocol/api/target_codec.hpp"

#include "messages/protocol/api/document_codec.hpp"

namespace troupe::api_call {

namespace {

// Permanent ids; a retired one is never used again.
enum : std::uint64_t {
  group_id = 1,
  version_id,
  resource_id,
  subresource_id,
  ns_id,
  name_id,
};

std::string* field_of(api::target& value, std::uint64_t id) {
  switch (id) {
    case group_id:
      return &value.group;
    case version_id:
      return &value.version;
    case resource_id:
      return &value.resource;
    case subresource_id:
      return &value.subresource;
    case ns_id:
      return &value.ns;
    case name_id:
      return &value.name;
    default:
      return nullptr;
  }
}

} // namespace

bytes encode_target(const api::target& value) {
  wire::field_writer out;
  out.text(group_id, value.group);
  out.text(version_id, value.version);
  out.text(resource_id, value.resource);
  out.text(subresource_id, value.subresource);
  out.text(ns_id, value.ns);
  out.text(name_id, value.name);
  return std::move(out).take();
}

api::target read_target(wire::reader& in) {
  api::target value;
  in.fields("target", wire::unknown_field::skip, [&](std::uint64_t id) {
    auto* field = field_of(value, id);
    if (field != nullptr)
      *field = in.text("target", name_max);
    return field != nullptr;
  });
  return value;
}

} // namespace troupe::api_call
