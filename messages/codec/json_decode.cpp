#include "messages/base/base64.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/json_repair.hpp"
#include "messages/codec/json_syntax.hpp"
#include "messages/codec/scalars.hpp"

#include <simdjson.h>

#include <bitset>
#include <limits>

namespace troupe::codec {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;
using simdjson::dom::element;
using simdjson::dom::element_type;

namespace {

/// Where the reader is: a chain through the frames of the call stack, so that
/// a path costs nothing until somebody asks for its text.
struct place {
  const place* outer = nullptr;
  std::string_view name;
  std::size_t index = 0; ///< of a list item
  enum class step { field, key, item } by = step::field;

  /// "spec.containers[0].image"; as Go's errors have it, fields only.
  std::string text(bool whole) const {
    std::string out = outer != nullptr ? outer->text(whole) : "";
    if (outer == nullptr || (!whole && by != step::field))
      return out;
    if (by == step::item)
      return out + "[" + std::to_string(index) + "]";
    if (!out.empty())
      out += '.';
    return out += name;
  }
};

/// One field of one struct: what Go's errors mention.
struct target {
  const type_desc& owner;
  const field_desc& field;
  const place& where; ///< of the field
};

class reader {
public:
  reader(decoded& out, const json_limits& limits)
      : out_{out}, doc_{out.doc}, limits_{limits} {}

  node* typed_root(const element& root, const type_desc& type);
  node* untyped(const element& value, const place& at, std::size_t depth);
  void take_type_meta(const simdjson::dom::object& root);

  error& failure() { return failure_; }

private:
  node* object(const simdjson::dom::object& from, const type_desc& type,
               const place& at, std::size_t depth);
  node* field(const element& value, const target& to, std::size_t depth);
  node* list(const element& value, const target& to, std::size_t depth);
  node* map(const element& value, const target& to, std::size_t depth);
  node* one(const element& value, const target& to, const place& at,
            std::size_t depth);
  node* integer(const element& value, const target& to);
  node* text(const element& value, const target& to);
  node* canonical(const target& to, std::string_view text);
  node* untyped_map(const element& value, const place& at, std::size_t depth);
  node* untyped_list(const element& value, const place& at, std::size_t depth);
  void keep_map(node& map, std::size_t first, const place& at);
  bool is_type_meta(std::string_view name, const type_desc& type,
                    const place& at) const;

  void problem(std::string_view what, const place& at, std::string_view name);
  node* fail(errc code, std::string message);
  node* mismatch(std::string value, const target& to, bool element);
  bool enter(std::size_t depth);
  node* counted(node* value);

  decoded& out_;
  document& doc_;
  const json_limits& limits_;
  std::size_t nodes_ = 0;
  error failure_{};
  // Stacks of unfinished maps and lists; each level pops its own part.
  std::vector<entry> entries_;
  std::vector<node*> items_;
};

std::string_view kind_name(const element& value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "array";
    case element_type::OBJECT:
      return "object";
    case element_type::STRING:
      return "string";
    case element_type::BOOL:
      return "bool";
    case element_type::NULL_VALUE:
      return "null";
    default:
      return "number";
  }
}

std::string number_of(const element& value) {
  std::int64_t integer = 0;
  if (value.get(integer) == simdjson::SUCCESS)
    return std::to_string(integer);
  std::uint64_t big = 0;
  if (value.get(big) == simdjson::SUCCESS)
    return std::to_string(big);
  double real = 0;
  std::string out;
  if (value.get(real) == simdjson::SUCCESS)
    append_real(out, real);
  return out;
}

// -- bookkeeping --------------------------------------------------------------

node* reader::fail(errc code, std::string message) {
  failure_ = {code, std::move(message)};
  return nullptr;
}

node* reader::mismatch(std::string value, const target& to, bool element) {
  return fail(errc::invalid_argument,
              "json: cannot unmarshal " + value + " into Go struct field "
                  + std::string{short_name(to.owner)} + "."
                  + to.where.text(false) + " of type "
                  + go_type_name(to.field, element));
}

bool reader::enter(std::size_t depth) {
  if (depth < limits_.depth_max)
    return true;
  fail(errc::too_large,
       "json: exceeded max depth of " + std::to_string(limits_.depth_max));
  return false;
}

node* reader::counted(node* value) {
  if (value == nullptr || ++nodes_ <= limits_.nodes_max)
    return value;
  return fail(errc::too_large, "json: more than "
                                   + std::to_string(limits_.nodes_max)
                                   + " values");
}

void reader::problem(std::string_view what, const place& at,
                     std::string_view name) {
  if (out_.problems.size() >= decoded::problems_max)
    return;
  const place here{&at, name};
  auto text = std::string{what} + " \"" + here.text(true) + "\"";
  if (std::ranges::find(out_.problems, text) == out_.problems.end())
    out_.problems.push_back(std::move(text));
}

// -- typed --------------------------------------------------------------------

node* reader::typed_root(const element& root, const type_desc& type) {
  simdjson::dom::object from;
  if (root.get(from) == simdjson::SUCCESS) {
    take_type_meta(from);
    return object(from, type, {}, 0);
  }
  if (root.is_null())
    return doc_.make_object();
  field_desc whole;
  whole.type = value_type::object;
  whole.object = &type;
  return fail(errc::invalid_argument,
              "json: cannot unmarshal " + std::string{kind_name(root)}
                  + " into Go value of type " + go_type_name(whole, true));
}

void reader::take_type_meta(const simdjson::dom::object& root) {
  for (const auto& [name, value] : root) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS)
      continue;
    if (name == "apiVersion")
      out_.api_version = text;
    else if (name == "kind")
      out_.kind = text;
  }
}

bool reader::is_type_meta(std::string_view name, const type_desc& type,
                          const place& at) const {
  return (name == "apiVersion" || name == "kind")
         && (at.outer == nullptr || !type.kinds.empty());
}

node* reader::object(const simdjson::dom::object& from, const type_desc& type,
                     const place& at, std::size_t depth) {
  if (!enter(depth))
    return nullptr;
  auto* out = counted(doc_.make_object());
  std::bitset<256> seen;
  for (const auto& [name, value] : from) {
    const auto* field = type.find(name);
    if (field == nullptr) {
      if (!is_type_meta(name, type, at))
        problem("unknown field", at, name);
      continue;
    }
    const auto index = static_cast<std::size_t>(field - type.fields.data());
    if (index < seen.size() && seen.test(index)) {
      problem("duplicate field", at, name);
      doc_.erase(*out, field->id);
    }
    if (index < seen.size())
      seen.set(index);
    if (value.is_null())
      continue;
    const place here{&at, name};
    auto* child = this->field(value, {type, *field, here}, depth + 1);
    if (child == nullptr)
      return nullptr;
    if (!equals_absence(*field, *child))
      doc_.set(*out, field->id, child);
  }
  return out;
}

node* reader::field(const element& value, const target& to, std::size_t depth) {
  switch (to.field.many) {
    case cardinality::list:
      return list(value, to, depth);
    case cardinality::map:
      return map(value, to, depth);
    case cardinality::one:
      break;
  }
  return one(value, to, to.where, depth);
}

node* reader::list(const element& value, const target& to, std::size_t depth) {
  simdjson::dom::array from;
  if (value.get(from) != simdjson::SUCCESS)
    return mismatch(std::string{kind_name(value)}, to, false);
  if (!enter(depth))
    return nullptr;
  const auto first = items_.size();
  place here{&to.where, {}, 0, place::step::item};
  for (const auto item : from) {
    auto* child = item.is_null() ? counted(zero_element(doc_, to.field))
                                 : one(item, to, here, depth + 1);
    if (child == nullptr)
      return nullptr;
    items_.push_back(child);
    ++here.index;
  }
  auto* out = doc_.make_list();
  doc_.assign(*out, std::span{items_}.subspan(first));
  items_.resize(first);
  return counted(out);
}

node* reader::map(const element& value, const target& to, std::size_t depth) {
  simdjson::dom::object from;
  if (value.get(from) != simdjson::SUCCESS)
    return mismatch(std::string{kind_name(value)}, to, false);
  if (!enter(depth))
    return nullptr;
  const auto first = entries_.size();
  for (const auto& [name, item] : from) {
    const place here{&to.where, name, 0, place::step::key};
    auto* child = item.is_null() ? counted(zero_element(doc_, to.field))
                                 : one(item, to, here, depth + 1);
    if (child == nullptr)
      return nullptr;
    entries_.push_back({doc_.intern(name), child});
  }
  auto* out = doc_.make_map();
  keep_map(*out, first, to.where);
  return counted(out);
}

void reader::keep_map(node& map, std::size_t first, const place& at) {
  const auto mine = std::span{entries_}.subspan(first);
  doc_.assign(map, mine);
  // Assigning has sorted them: equal keys are neighbours.
  if (map.size() != mine.size())
    for (std::size_t i = 1; i < mine.size(); ++i)
      if (mine[i].key == mine[i - 1].key)
        problem("duplicate field", at, mine[i].key);
  entries_.resize(first);
}

node* reader::one(const element& value, const target& to, const place& at,
                  std::size_t depth) {
  switch (to.field.type) {
    case value_type::boolean: {
      bool flag = false;
      if (value.get(flag) != simdjson::SUCCESS)
        return mismatch(std::string{kind_name(value)}, to, true);
      return counted(doc_.make_boolean(flag));
    }
    case value_type::int32:
    case value_type::int64:
      return integer(value, to);
    case value_type::real: {
      double real = 0;
      if (!value.is_number() || value.get(real) != simdjson::SUCCESS)
        return mismatch(std::string{kind_name(value)}, to, true);
      return counted(doc_.make_real(real));
    }
    case value_type::int_or_string:
      return value.is_string() ? text(value, to) : integer(value, to);
    case value_type::quantity:
      return value.is_number() ? canonical(to, number_of(value))
                               : text(value, to);
    case value_type::object: {
      simdjson::dom::object from;
      if (value.get(from) != simdjson::SUCCESS)
        return mismatch(std::string{kind_name(value)}, to, true);
      return object(from, *to.field.object, at, depth);
    }
    case value_type::json:
      return untyped(value, at, depth);
    default:
      return text(value, to);
  }
}

node* reader::integer(const element& value, const target& to) {
  std::int64_t number = 0;
  if (!value.is_number())
    return mismatch(std::string{kind_name(value)}, to, true);
  const bool wide = to.field.type == value_type::int64;
  using narrow = std::numeric_limits<std::int32_t>;
  if (value.get(number) != simdjson::SUCCESS
      || (!wide && (number < narrow::min() || number > narrow::max())))
    return mismatch("number " + number_of(value), to, true);
  return counted(doc_.make_integer(number));
}

node* reader::text(const element& value, const target& to) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS)
    return mismatch(std::string{kind_name(value)}, to, true);
  switch (to.field.type) {
    case value_type::string:
    case value_type::int_or_string:
      return counted(doc_.make_string(text));
    case value_type::bytes: {
      auto octets = base64_decode(text);
      if (!octets)
        return fail(octets.error().code, octets.error().message);
      return counted(doc_.make_string(*octets));
    }
    default:
      return canonical(to, text);
  }
}

node* reader::canonical(const target& to, std::string_view text) {
  auto form = canonical_text(to.field.type, text);
  if (!form)
    return fail(form.error().code, form.error().message);
  return counted(doc_.make_string(*form));
}

// -- untyped ------------------------------------------------------------------

node* reader::untyped(const element& value, const place& at,
                      std::size_t depth) {
  switch (value.type()) {
    case element_type::OBJECT:
      return untyped_map(value, at, depth);
    case element_type::ARRAY:
      return untyped_list(value, at, depth);
    case element_type::STRING:
      return counted(doc_.make_string(value.get_string().value_unsafe()));
    case element_type::BOOL:
      return counted(doc_.make_boolean(value.get_bool().value_unsafe()));
    case element_type::INT64:
      return counted(doc_.make_integer(value.get_int64().value_unsafe()));
    case element_type::UINT64:
    case element_type::DOUBLE:
      return counted(doc_.make_real(value.get_double().value_unsafe()));
    case element_type::NULL_VALUE:
      break;
  }
  return counted(doc_.make_null());
}

node* reader::untyped_map(const element& value, const place& at,
                          std::size_t depth) {
  if (!enter(depth))
    return nullptr;
  const auto first = entries_.size();
  const simdjson::dom::object members = value.get_object().value_unsafe();
  for (const auto& [name, item] : members) {
    const place here{&at, name};
    auto* child = untyped(item, here, depth + 1);
    if (child == nullptr)
      return nullptr;
    entries_.push_back({doc_.intern(name), child});
  }
  auto* out = doc_.make_map();
  keep_map(*out, first, at);
  return counted(out);
}

node* reader::untyped_list(const element& value, const place& at,
                           std::size_t depth) {
  if (!enter(depth))
    return nullptr;
  const auto first = items_.size();
  place here{&at, {}, 0, place::step::item};
  const simdjson::dom::array items = value.get_array().value_unsafe();
  for (const auto item : items) {
    auto* child = untyped(item, here, depth + 1);
    if (child == nullptr)
      return nullptr;
    items_.push_back(child);
    ++here.index;
  }
  auto* out = doc_.make_list();
  doc_.assign(*out, std::span{items_}.subspan(first));
  items_.resize(first);
  return counted(out);
}

/// Parsers keep their buffers; those of big texts are not worth keeping.
constexpr std::size_t kept_parser_size_max = 64 * 1024;

simdjson::error_code parse(simdjson::dom::parser& parser, bytes_view text,
                           element& root) {
  auto code = parser.parse(text.data(), text.size()).get(root);
  if (code != simdjson::UTF8_ERROR && code != simdjson::STRING_ERROR
      && code != simdjson::NUMBER_ERROR)
    return code;
  const auto repaired = repair_json_text(text);
  return parser.parse(repaired.data(), repaired.size()).get(root);
}

/// What is wrong with a text that the parser refused.
error syntax_error(simdjson::error_code code, bytes_view text) {
  if (code == simdjson::CAPACITY || code == simdjson::DEPTH_ERROR)
    return {errc::too_large, "json: exceeded max depth"};
  // Without a fault the parser found more than syntax: a number out of range.
  auto fault = json_syntax_fault(text);
  return {errc::invalid_argument,
          fault ? std::move(*fault)
                : std::string{"json: "} + simdjson::error_message(code)};
}

result<decoded> decode(simdjson::dom::parser& parser, bytes_view text,
                       const type_desc* type, const json_limits& limits) {
  element root;
  if (const auto code = parse(parser, text, root); code != simdjson::SUCCESS)
    return syntax_error(code, text);
  decoded out{document{type}, {}, {}, {}};
  reader from{out, limits};
  node* top = nullptr;
  if (type != nullptr) {
    top = from.typed_root(root, *type);
  } else {
    simdjson::dom::object members;
    if (root.get(members) == simdjson::SUCCESS)
      from.take_type_meta(members);
    top = from.untyped(root, {}, 0);
  }
  if (top == nullptr)
    return std::move(from.failure());
  out.doc.root(*top);
  return out;
}

} // namespace

result<decoded> decode_json(bytes_view text, const type_desc* type,
                            const json_limits& limits) {
  if (text.size() > limits.size_max)
    return error{errc::too_large, "json: more than "
                                      + std::to_string(limits.size_max)
                                      + " bytes"};
  if (text.size() > kept_parser_size_max) {
    simdjson::dom::parser parser;
    return decode(parser, text, type, limits);
  }
  static thread_local simdjson::dom::parser parser;
  return decode(parser, text, type, limits);
}

} // namespace troupe::codec
