#include "messages/protocol/api/api_call.hpp"
#include "messages/protocol/api/document_codec.hpp"
#include "messages/protocol/api/target_codec.hpp"

namespace troupe::api_call {

namespace {

using wire::field_writer;
using wire::reader;
using wire::unknown_field;

constexpr std::size_t selector_max = 64 * 1024;
constexpr std::size_t events_max = 64 * 1024;

// Permanent ids; a retired one is never used again.
enum : std::uint64_t { target_id = 1, labels_id, fields_id, after_id };

enum : std::uint64_t { events_id = 1 };

enum : std::uint64_t {
  type_id = 1,
  revision_id,
  initial_end_id,
  object_id,
};

bool read_field(reader& in, std::uint64_t id, watch_open& value) {
  switch (id) {
    case target_id:
      value.target = read_target(in);
      return true;
    case labels_id:
      value.label_selector = in.text("label selector", selector_max);
      return true;
    case fields_id:
      value.field_selector = in.text("field selector", selector_max);
      return true;
    case after_id:
      value.after = in.number("revision");
      return true;
    default:
      return false;
  }
}

bytes encode_event(const watch_event& value) {
  field_writer out;
  out.number(type_id, static_cast<std::uint64_t>(value.type));
  out.number(revision_id, value.revision);
  out.boolean(initial_end_id, value.initial_end);
  write_object(out, object_id, value.object);
  return std::move(out).take();
}

event_type read_type(reader& in) {
  auto value = in.number("event type");
  if (value > static_cast<std::uint64_t>(event_type::bookmark))
    in.fail(errc::unsupported, "event type: unknown");
  return static_cast<event_type>(value);
}

bool read_field(reader& in, std::uint64_t id, watch_event& value) {
  switch (id) {
    case type_id:
      value.type = read_type(in);
      return true;
    case revision_id:
      value.revision = in.number("revision");
      return true;
    case initial_end_id:
      value.initial_end = in.boolean("initial end");
      return true;
    case object_id:
      value.object = read_object(in);
      return true;
    default:
      return false;
  }
}

watch_event read_event(reader& in) {
  watch_event value;
  in.fields("event", unknown_field::skip,
            [&](std::uint64_t id) { return read_field(in, id, value); });
  // Only a bookmark says nothing about an object.
  if (!in.failed()
      && (value.object == nullptr) != (value.type == event_type::bookmark))
    in.fail(errc::corrupt, "event: an object too many or too few");
  return value;
}

bool read_field(reader& in, std::uint64_t id, watch_batch& value) {
  if (id != events_id)
    return false;
  auto count = in.array("events", events_max);
  for (std::size_t i = 0; i < count && !in.failed(); ++i)
    value.push_back(read_event(in));
  return true;
}

template <class T>
result<T> decode(bytes_view data, std::string_view what) {
  return wire::read_message<T>(data, what,
                               [](reader& in, std::uint64_t id, T& value) {
                                 return read_field(in, id, value);
                               });
}

} // namespace

bytes encode(const watch_open& value) {
  field_writer out;
  out.encoded(target_id, encode_target(value.target));
  out.text(labels_id, value.label_selector);
  out.text(fields_id, value.field_selector);
  out.maybe_number(after_id, value.after);
  return std::move(out).take();
}

bytes encode(const watch_batch& value) {
  field_writer out;
  out.list(events_id, value, [](wire::writer& to, const watch_event& one) {
    to.encoded(encode_event(one));
  });
  return std::move(out).take();
}

result<watch_open> decode_watch_open(bytes_view data) {
  return decode<watch_open>(data, "watch request");
}

result<watch_batch> decode_watch_batch(bytes_view data) {
  return decode<watch_batch>(data, "watch batch");
}

} // namespace troupe::api_call
