#include "messages/protocol/api/api_call.hpp"
#include "messages/protocol/api/document_codec.hpp"
#include "messages/protocol/api/status_codec.hpp"
#include "messages/protocol/api/target_codec.hpp"

namespace troupe::api_call {

namespace {

using wire::field_writer;
using wire::reader;

// Permanent ids; a retired one is never used again.
enum : std::uint64_t {
  verb_id = 1,
  target_id,
  field_manager_id,
  body_id,
  resource_version_id,
  uid_id,
  propagation_policy_id,
  grace_period_id,
};

enum : std::uint64_t { status_id = 1, object_id, revision_id };

api::verb read_verb(reader& in) {
  auto value = in.number("verb");
  if (value > static_cast<std::uint64_t>(api::verb::remove_collection))
    in.fail(errc::unsupported, "verb: unknown");
  return static_cast<api::verb>(value);
}

bool read_field(reader& in, std::uint64_t id, api::request& value) {
  switch (id) {
    case verb_id:
      value.verb = read_verb(in);
      return true;
    case target_id:
      value.target = read_target(in);
      return true;
    case field_manager_id:
      value.field_manager = in.text("field manager", name_max);
      return true;
    case body_id:
      value.body = read_object(in);
      return true;
    case resource_version_id:
      value.resource_version = in.text("resource version", name_max);
      return true;
    case uid_id:
      value.uid = in.text("uid", name_max);
      return true;
    case propagation_policy_id:
      value.propagation_policy = in.text("propagation policy", name_max);
      return true;
    case grace_period_id:
      value.grace_period_seconds = in.signed_number("grace period");
      return true;
    default:
      return false;
  }
}

bool read_field(reader& in, std::uint64_t id, api::response& value) {
  switch (id) {
    case status_id:
      value.status = read_status(in);
      return true;
    case object_id:
      value.object = read_object(in);
      return true;
    case revision_id:
      value.revision = in.number("revision");
      return true;
    default:
      return false;
  }
}

template <class T>
result<T> decode(bytes_view data, std::string_view what) {
  return wire::read_message<T>(data, what,
                               [](reader& in, std::uint64_t id, T& value) {
                                 return read_field(in, id, value);
                               });
}

} // namespace

bytes encode_request(const api::request& value) {
  field_writer out;
  out.number(verb_id, static_cast<std::uint64_t>(value.verb));
  out.encoded(target_id, encode_target(value.target));
  out.text(field_manager_id, value.field_manager);
  write_object(out, body_id, value.body);
  out.text(resource_version_id, value.resource_version);
  out.text(uid_id, value.uid);
  out.text(propagation_policy_id, value.propagation_policy);
  out.signed_number(grace_period_id, value.grace_period_seconds);
  return std::move(out).take();
}

result<api::request> decode_request(bytes_view data) {
  return decode<api::request>(data, "API request");
}

bytes encode_response(const api::response& value) {
  field_writer out;
  out.encoded(status_id, encode_status(value.status));
  write_object(out, object_id, value.object);
  out.number(revision_id, value.revision);
  return std::move(out).take();
}

result<api::response> decode_response(bytes_view data) {
  return decode<api::response>(data, "API response");
}

} // namespace troupe::api_call
