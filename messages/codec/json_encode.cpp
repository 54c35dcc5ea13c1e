#include "messages/base/base64.hpp"
#include "messages/base/check.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/scalars.hpp"

#include <array>
#include <charconv>

namespace troupe::codec {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

namespace {

/// A text that stands in for one member of an object, or of the object behind
/// that member.
struct stand_in {
  field_id id;
  const stand_in* inner; ///< null on the last step
  std::string_view text;
};

class writer {
public:
  explicit writer(std::string& out) : out_{out} {}

  void value(const node& value, const type_desc* type, bool is_bytes);
  void object(std::span<const member> members, const type_desc& type,
              const encode_options& root, const stand_in* instead);

private:
  void integer(std::int64_t value);
  void map(const node& value, const type_desc* type, bool is_bytes);
  void list(const node& value, const type_desc* type, bool is_bytes);
  void absent(const field_desc& field);
  void key(std::string_view name, bool& first);

  std::string& out_;
};

void writer::key(std::string_view name, bool& first) {
  if (!first)
    out_ += ',';
  first = false;
  append_quoted(out_, name);
  out_ += ':';
}

void writer::integer(std::int64_t value) {
  std::array<char, 24> buffer;
  const auto end =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  out_.append(buffer.data(), end.ptr);
}

void writer::value(const node& value, const type_desc* type, bool is_bytes) {
  switch (value.kind()) {
    case node_kind::null:
      out_ += "null";
      break;
    case node_kind::boolean:
      out_ += value.boolean() ? "true" : "false";
      break;
    case node_kind::integer:
      integer(value.integer());
      break;
    case node_kind::real:
      append_real(out_, value.real());
      break;
    case node_kind::string:
      if (is_bytes)
        out_.append("\"").append(base64_encode(value.string())).append("\"");
      else
        append_quoted(out_, value.string());
      break;
    case node_kind::object:
      TROUPE_CHECK(type != nullptr, "a written object has a type");
      object(value.members(), *type, {}, nullptr);
      break;
    case node_kind::map:
      map(value, type, is_bytes);
      break;
    case node_kind::list:
      list(value, type, is_bytes);
      break;
  }
}

void writer::map(const node& value, const type_desc* type, bool is_bytes) {
  out_ += '{';
  bool first = true;
  for (const auto& [name, child] : value.entries()) {
    key(name, first);
    this->value(*child, type, is_bytes);
  }
  out_ += '}';
}

void writer::list(const node& value, const type_desc* type, bool is_bytes) {
  out_ += '[';
  bool first = true;
  for (const auto* child : value.items()) {
    if (!first)
      out_ += ',';
    first = false;
    this->value(*child, type, is_bytes);
  }
  out_ += ']';
}

void writer::object(std::span<const member> members, const type_desc& type,
                    const encode_options& root, const stand_in* instead) {
  out_ += '{';
  bool first = true;
  if (!root.kind.empty()) {
    key("kind", first);
    append_quoted(out_, root.kind);
  }
  if (!root.api_version.empty()) {
    key("apiVersion", first);
    append_quoted(out_, root.api_version);
  }
  // Fields and members both ascend by id: one merge finds them all.
  auto at = members.begin();
  for (const auto& field : type.fields) {
    while (at != members.end() && at->id < field.id)
      ++at;
    const bool present = at != members.end() && at->id == field.id
                         && !at->value->is(node_kind::null);
    if (instead != nullptr && instead->id == field.id) {
      key(field.name, first);
      if (instead->inner == nullptr)
        append_quoted(out_, instead->text);
      else
        object(present ? at->value->members() : std::span<const member>{},
               *field.object, {}, instead->inner);
    } else if (present) {
      key(field.name, first);
      value(*at->value, field.object, field.type == value_type::bytes);
    } else if (field.always) {
      key(field.name, first);
      absent(field);
    }
  }
  out_ += '}';
}

void writer::absent(const field_desc& field) {
  if (field.many != cardinality::one) {
    out_ += "null";
    return;
  }
  switch (field.type) {
    case value_type::boolean:
      out_ += "false";
      break;
    case value_type::int32:
    case value_type::int64:
    case value_type::real:
    case value_type::int_or_string:
      out_ += '0';
      break;
    case value_type::string:
      out_ += "\"\"";
      break;
    case value_type::quantity:
      out_ += "\"0\"";
      break;
    case value_type::duration:
      out_ += "\"0s\"";
      break;
    case value_type::object:
      if (field.pointer)
        out_ += "null";
      else
        object({}, *field.object, {}, nullptr);
      break;
    case value_type::bytes:
    case value_type::time:
    case value_type::micro_time:
    case value_type::json:
      out_ += "null";
      break;
  }
}

} // namespace

void append_json(std::string& out, const node& value, const type_desc* type,
                 const encode_options& options) {
  writer to{out};
  if (!value.is(node_kind::object)) {
    to.value(value, type, false);
    return;
  }
  TROUPE_CHECK(type != nullptr, "a written object has a type");
  if (!options.resource_version) {
    to.object(value.members(), *type, options, nullptr);
    return;
  }
  const auto* metadata = type->find("metadata");
  TROUPE_CHECK(metadata != nullptr && metadata->object != nullptr,
               "what has a resourceVersion has metadata");
  const auto* version = metadata->object->find("resourceVersion");
  TROUPE_CHECK(version != nullptr, "metadata has a resourceVersion");
  const stand_in inner{version->id, nullptr, *options.resource_version};
  const stand_in outer{metadata->id, &inner, {}};
  to.object(value.members(), *type, options, &outer);
}

std::string encode_json(const node& value, const type_desc* type,
                        const encode_options& options) {
  std::string out;
  append_json(out, value, type, options);
  return out;
}

} // namespace troupe::codec
