#include "runtime/control/event.hpp"

#include "runtime/control/object_codec.hpp"
#include "runtime/control/object_meta.hpp"

namespace troupe::control {

event_subject subject_of(std::string_view key, const codec::document& object) {
  const auto parts = parse_key(key);
  const auto* resource = resource_of(key);
  TROUPE_CHECK(parts && resource, "a subject has a key of a served resource");
  const auto& kind = resource->kind;
  event_subject out;
  out.api_version =
      kind.group.empty()
          ? std::string{kind.version}
          : std::string{kind.group}.append("/").append(kind.version);
  out.kind = kind.kind;
  out.ns = parts->ns;
  out.name = parts->name;
  out.uid = uid_of(object);
  out.resource_version = resource_version_of(object);
  return out;
}

std::string to_string(const event_note& note) {
  std::string out = note.warning ? "Warning " : "Normal ";
  out += note.reason;
  if (!note.field_path.empty())
    out += ' ' + note.field_path;
  return out + ": " + note.message;
}

} // namespace troupe::control
