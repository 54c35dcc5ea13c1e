#include "messages/codec/protobuf.hpp"

#include "messages/base/utf8.hpp"
#include "messages/codec/protobuf_fields.hpp"
#include "messages/codec/scalars.hpp"
#include "messages/meta/time.hpp"

#include <algorithm>
#include <bit>
#include <chrono>
#include <limits>
#include <optional>

namespace troupe::codec {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

namespace {

constexpr bytes_view magic{"k8s\0", 4};

constexpr std::int64_t nanos_per_second = 1'000'000'000;

/// The fields of a message that JSON inlines into its parent have ids in the
/// upper half; 0 for a message of its own.
using wrapper = std::uint32_t;

class reader {
public:
  reader(document& doc, const protobuf_limits& limits)
      : doc_{doc}, limits_{limits} {}

  bool message(bytes_view from, const type_desc& type, wrapper inside,
               node& into, std::size_t depth);

  error failure() const {
    return failure_.value_or(
        error{errc::invalid_argument, "protobuf: malformed"});
  }

private:
  /// Entries of one map, which may lie anywhere in the message.
  struct open_map {
    const field_desc* field;
    std::vector<entry> entries;
  };

  using open_maps = std::vector<open_map>;

  bool field(const wire_field& from, const field_desc& to, node& into,
             open_maps& maps, std::size_t depth);
  bool map_entry(const wire_field& from, const field_desc& to, open_maps& maps,
                 std::size_t depth);
  bool list_items(const wire_field& from, const field_desc& to, node& into,
                  std::size_t depth);
  bool one(const wire_field& from, const field_desc& to, node& into,
           std::size_t depth);
  node* element(const wire_field& from, const field_desc& to, node* known,
                std::size_t depth);
  node* number(std::uint64_t bits, value_type type);
  node* text(bytes_view from);
  node* special(bytes_view from, const field_desc& to, std::size_t depth);
  node* time(bytes_view from, value_type type);
  node* int_or_string(bytes_view from);
  node* duration_text(bytes_view from);
  node* quantity(bytes_view from);
  node* json(bytes_view from, std::size_t depth);

  node* counted(node* value);
  bool fail(errc code, std::string_view what);

  document& doc_;
  const protobuf_limits& limits_;
  std::size_t nodes_ = 0;
  std::optional<error> failure_;
};

bool reader::fail(errc code, std::string_view what) {
  if (!failure_)
    failure_ = error{code, "protobuf: " + std::string{what}};
  return false;
}

node* reader::counted(node* value) {
  if (++nodes_ <= limits_.nodes_max)
    return value;
  fail(errc::too_large, "too many values");
  return nullptr;
}

wire_type wire_of(value_type type) {
  switch (type) {
    case value_type::boolean:
    case value_type::int32:
    case value_type::int64:
      return wire_type::varint;
    case value_type::real:
      return wire_type::fixed64;
    default:
      return wire_type::length_delimited;
  }
}

/// Whether `type` inlines the message that is its field `number`.
bool inlines(const type_desc& type, std::uint32_t number) {
  if (number > 0xffff)
    return false;
  const auto at = std::ranges::lower_bound(type.fields, field_id{number} << 16,
                                           {}, &field_desc::id);
  return at != type.fields.end() && schema::wrapper_number(at->id) == number;
}

// -- messages -----------------------------------------------------------------

bool reader::message(bytes_view from, const type_desc& type, wrapper inside,
                     node& into, std::size_t depth) {
  if (depth >= limits_.depth_max)
    return fail(errc::too_large, "too deep");
  open_maps maps;
  wire_fields fields{from};
  wire_field at;
  while (fields.next(at)) {
    if (inside == 0 && at.type == wire_type::length_delimited
        && inlines(type, at.number)) {
      if (!message(at.octets, type, at.number, into, depth + 1))
        return false;
      continue;
    }
    const auto* to = at.number > 0xffff
                         ? nullptr
                         : type.find(field_id{inside << 16 | at.number});
    if (to != nullptr && !field(at, *to, into, maps, depth))
      return false;
  }
  for (auto& map : maps)
    doc_.assign(doc_.map_at(into, map.field->id), map.entries);
  return !fields.failed() || fail(errc::invalid_argument, "malformed");
}

bool reader::field(const wire_field& from, const field_desc& to, node& into,
                   open_maps& maps, std::size_t depth) {
  switch (to.many) {
    case cardinality::map:
      return map_entry(from, to, maps, depth);
    case cardinality::list:
      return list_items(from, to, into, depth);
    case cardinality::one:
      break;
  }
  return one(from, to, into, depth);
}

bool reader::map_entry(const wire_field& from, const field_desc& to,
                       open_maps& maps, std::size_t depth) {
  if (from.type != wire_type::length_delimited)
    return fail(errc::invalid_argument, "a map entry of another type");
  bytes_view key;
  std::optional<wire_field> value;
  wire_fields fields{from.octets};
  wire_field at;
  while (fields.next(at)) {
    if (at.number == 1 && at.type == wire_type::length_delimited)
      key = at.octets;
    else if (at.number == 2)
      value = at;
  }
  if (fields.failed() || !is_utf8(key))
    return fail(errc::invalid_argument, "malformed map entry");
  auto* child = value ? element(*value, to, nullptr, depth)
                      : counted(zero_element(doc_, to));
  if (child == nullptr)
    return false;
  auto map = std::ranges::find(maps, &to, &open_map::field);
  if (map == maps.end())
    map = maps.insert(maps.end(), open_map{&to, {}});
  map->entries.push_back({doc_.intern(key), child});
  return true;
}

bool reader::list_items(const wire_field& from, const field_desc& to,
                        node& into, std::size_t depth) {
  auto& list = doc_.list_at(into, to.id);
  const auto wire = wire_of(to.type);
  if (from.type == wire || wire == wire_type::length_delimited) {
    auto* item = element(from, to, nullptr, depth);
    if (item != nullptr)
      doc_.push_back(list, item);
    return item != nullptr;
  }
  if (from.type != wire_type::length_delimited)
    return fail(errc::invalid_argument, "a field of another type");
  wire_fields packed{from.octets};
  while (!packed.at_end()) {
    std::uint64_t bits = 0;
    const bool read =
        wire == wire_type::varint ? packed.varint(bits) : packed.fixed(8, bits);
    auto* item = read ? number(bits, to.type) : nullptr;
    if (item == nullptr)
      return fail(errc::invalid_argument, "malformed packed list");
    doc_.push_back(list, item);
  }
  return true;
}

bool reader::one(const wire_field& from, const field_desc& to, node& into,
                 std::size_t depth) {
  // A message that comes twice is merged, any other value replaced.
  auto* child = element(from, to, into.find(to.id), depth);
  if (child == nullptr)
    return false;
  if (equals_absence(to, *child))
    doc_.erase(into, to.id);
  else
    doc_.set(into, to.id, child);
  return true;
}

// -- values -------------------------------------------------------------------

node* reader::element(const wire_field& from, const field_desc& to, node* known,
                      std::size_t depth) {
  if (from.type != wire_of(to.type)) {
    fail(errc::invalid_argument, "a field of another type");
    return nullptr;
  }
  switch (to.type) {
    case value_type::boolean:
    case value_type::int32:
    case value_type::int64:
    case value_type::real:
      return number(from.scalar, to.type);
    case value_type::string:
      return text(from.octets);
    case value_type::bytes:
      return counted(doc_.make_string(from.octets));
    case value_type::object: {
      auto* child = known != nullptr ? known : counted(doc_.make_object());
      const bool read =
          child != nullptr
          && message(from.octets, *to.object, 0, *child, depth + 1);
      return read ? child : nullptr;
    }
    default:
      return special(from.octets, to, depth);
  }
}

node* reader::number(std::uint64_t bits, value_type type) {
  switch (type) {
    case value_type::boolean:
      return counted(doc_.make_boolean(bits != 0));
    case value_type::int32:
      return counted(doc_.make_integer(static_cast<std::int32_t>(bits)));
    case value_type::int64:
      return counted(doc_.make_integer(static_cast<std::int64_t>(bits)));
    default:
      return counted(doc_.make_real(std::bit_cast<double>(bits)));
  }
}

node* reader::text(bytes_view from) {
  if (is_utf8(from))
    return counted(doc_.make_string(from));
  fail(errc::invalid_argument, "text that is no UTF-8");
  return nullptr;
}

node* reader::special(bytes_view from, const field_desc& to,
                      std::size_t depth) {
  switch (to.type) {
    case value_type::time:
    case value_type::micro_time:
      return time(from, to.type);
    case value_type::int_or_string:
      return int_or_string(from);
    case value_type::duration:
      return duration_text(from);
    case value_type::quantity:
      return quantity(from);
    default:
      return json(from, depth);
  }
}

/// The value of field `number` with that wire type; the last one counts.
std::optional<wire_field> last_field(bytes_view from, std::uint32_t number,
                                     wire_type type, bool& failed) {
  std::optional<wire_field> found;
  wire_fields fields{from};
  wire_field at;
  while (fields.next(at))
    if (at.number == number && at.type == type)
      found = at;
  failed = failed || fields.failed();
  return found;
}

std::int64_t scalar_of(const std::optional<wire_field>& field) {
  return field ? static_cast<std::int64_t>(field->scalar) : 0;
}

bytes_view octets_of(const std::optional<wire_field>& field) {
  return field ? field->octets : bytes_view{};
}

/// Time and MicroTime are {1: seconds, 2: nanos}; empty is the zero time.
node* reader::time(bytes_view from, value_type type) {
  if (from.empty())
    return counted(doc_.make_null());
  bool failed = false;
  const auto seconds =
      scalar_of(last_field(from, 1, wire_type::varint, failed));
  auto nanos = scalar_of(last_field(from, 2, wire_type::varint, failed));
  constexpr auto seconds_max =
      std::numeric_limits<std::int64_t>::max() / nanos_per_second - 1;
  if (failed || seconds > seconds_max || seconds < -seconds_max || nanos < 0
      || nanos >= nanos_per_second) {
    fail(errc::invalid_argument, "a time out of range");
    return nullptr;
  }
  if (type == value_type::time)
    nanos = 0;
  const wall_time value{duration{seconds * nanos_per_second + nanos}};
  return counted(doc_.make_string(type == value_type::time
                                      ? meta::format_time(value)
                                      : meta::format_micro_time(value)));
}

/// IntOrString is {1: type (0 integer, 1 string), 2: intVal, 3: strVal}.
node* reader::int_or_string(bytes_view from) {
  bool failed = false;
  const auto type = scalar_of(last_field(from, 1, wire_type::varint, failed));
  const auto value = last_field(from, 2, wire_type::varint, failed);
  const auto string = last_field(from, 3, wire_type::length_delimited, failed);
  if (failed || type < 0 || type > 1) {
    fail(errc::invalid_argument, "malformed IntOrString");
    return nullptr;
  }
  if (type == 1)
    return text(octets_of(string));
  return number(value ? value->scalar : 0, value_type::int32);
}

/// Duration is {1: nanoseconds}.
node* reader::duration_text(bytes_view from) {
  bool failed = false;
  const auto nanos = scalar_of(last_field(from, 1, wire_type::varint, failed));
  if (!failed)
    return counted(doc_.make_string(format_duration(duration{nanos})));
  fail(errc::invalid_argument, "malformed Duration");
  return nullptr;
}

/// Quantity is {1: text}.
node* reader::quantity(bytes_view from) {
  bool failed = false;
  const auto string =
      octets_of(last_field(from, 1, wire_type::length_delimited, failed));
  if (failed || string.empty()) {
    if (!failed)
      return counted(doc_.make_string("0"));
    fail(errc::invalid_argument, "malformed Quantity");
    return nullptr;
  }
  auto form = canonical_text(value_type::quantity, string);
  if (form)
    return counted(doc_.make_string(*form));
  fail(form.error().code, form.error().message);
  return nullptr;
}

/// RawExtension, FieldsV1 and JSON are {1: JSON text}.
node* reader::json(bytes_view from, std::size_t depth) {
  bool failed = false;
  const auto raw =
      octets_of(last_field(from, 1, wire_type::length_delimited, failed));
  if (failed) {
    fail(errc::invalid_argument, "malformed raw value");
    return nullptr;
  }
  if (raw.empty())
    return counted(doc_.make_null());
  if (nodes_ >= limits_.nodes_max || depth >= limits_.depth_max) {
    fail(errc::too_large, "too many values");
    return nullptr;
  }
  const json_limits rest{limits_.size_max, limits_.depth_max - depth,
                         limits_.nodes_max - nodes_};
  auto value = decode_json(raw, nullptr, rest);
  if (!value) {
    fail(value.error().code, value.error().message);
    return nullptr;
  }
  // Every node takes more than its own size in the arena.
  nodes_ += value->doc.footprint() / sizeof(node);
  return doc_.clone(value->doc.root());
}

// -- entry --------------------------------------------------------------------

/// runtime.Unknown: {1: {1: apiVersion, 2: kind}, 2: raw, 3: contentEncoding,
/// 4: contentType}.
struct envelope {
  bytes_view api_version;
  bytes_view kind;
  bytes_view raw;
  bytes_view content_encoding;
  bytes_view content_type;
};

bool open_envelope(bytes_view data, envelope& out) {
  bool failed = false;
  const auto part = [&](bytes_view from, std::uint32_t number) {
    return octets_of(
        last_field(from, number, wire_type::length_delimited, failed));
  };
  const auto type_meta = part(data, 1);
  out.api_version = part(type_meta, 1);
  out.kind = part(type_meta, 2);
  out.raw = part(data, 2);
  out.content_encoding = part(data, 3);
  out.content_type = part(data, 4);
  return !failed && is_utf8(out.api_version) && is_utf8(out.kind);
}

error malformed(std::string what) {
  return {errc::invalid_argument, "protobuf: " + std::move(what)};
}

} // namespace

bool is_protobuf(bytes_view data) {
  return data.starts_with(magic);
}

result<decoded> decode_protobuf(bytes_view data, const type_lookup& lookup,
                                const protobuf_limits& limits) {
  if (data.size() > limits.size_max)
    return error{errc::too_large, "protobuf: more than "
                                      + std::to_string(limits.size_max)
                                      + " bytes"};
  if (!is_protobuf(data))
    return malformed("the body does not start with the expected prefix");
  envelope from;
  if (!open_envelope(data.substr(magic.size()), from))
    return malformed("malformed envelope");
  if (!from.content_encoding.empty()
      || (!from.content_type.empty()
          && from.content_type != "application/vnd.kubernetes.protobuf"))
    return malformed("the message is not encoded as protobuf");
  const auto* type = lookup(from.api_version, from.kind);
  if (type == nullptr)
    return error{errc::not_found, "no kind \"" + std::string{from.kind}
                                      + "\" is registered for version \""
                                      + std::string{from.api_version} + "\""};
  decoded out{document{type},
              std::string{from.api_version},
              std::string{from.kind},
              {}};
  reader in{out.doc, limits};
  if (!in.message(from.raw, *type, 0, out.doc.root(), 0))
    return in.failure();
  return out;
}

} // namespace troupe::codec
