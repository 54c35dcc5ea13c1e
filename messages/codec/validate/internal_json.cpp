#include "messages/codec/validate/internal_json.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/validate/internal_types.hpp"
#include "messages/codec/validate/unified_diff.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

bool same_letters(std::string_view a, std::string_view b) {
  const auto lower = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return std::ranges::equal(a, b, {}, lower, lower);
}

const field_desc* find_field(const type_desc& type, std::string_view name) {
  for (const auto& field : type.fields)
    if (same_letters(field.name, name))
      return &field;
  return nullptr;
}

/// An object and where it stands: some fields upstream keeps one level deeper
/// than the schema does.
struct place {
  const node* value;
  const type_desc* type;
  const place* parent = nullptr;
};

class writer {
public:
  std::string text() && { return std::move(out_); }

  void object(const place& here) {
    const auto dot = here.type->name.rfind('.');
    const auto* layout = find_internal_type(here.type->name.substr(dot + 1));
    if (layout == nullptr)
      return append_json(out_, *here.value, here.type);
    auto rest = layout->fields;
    for (char before = '{'; !rest.empty(); before = ',') {
      const auto end = std::min(rest.find(' '), rest.size());
      out_ += before;
      member(here, rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    out_ += '}';
  }

private:
  void member(const place& here, std::string_view word) {
    const auto equals = word.find('=');
    const auto shown = word.substr(0, equals);
    const auto name =
        equals == std::string_view::npos ? shown : word.substr(equals + 1);
    out_.append("\"").append(shown).append("\":");
    const auto* from = &here;
    const auto* field = find_field(*here.type, name);
    if (field == nullptr && here.parent != nullptr) {
      from = here.parent;
      field = find_field(*from->type, name);
    }
    if (field == nullptr)
      out_ += "null";
    else
      value(from->value->find(field->id), *field, here);
  }

  void value(const node* given, const field_desc& field, const place& here) {
    const bool empty = given == nullptr || given->is(node_kind::null);
    if (field.many == cardinality::list)
      return list(empty ? nullptr : given, field, here);
    if (field.many == cardinality::map)
      return map(empty ? nullptr : given, field, here);
    if (!empty)
      return one(*given, field, here);
    if (field.type == value_type::object && !field.pointer) {
      const document none{field.object};
      return object({&none.root(), field.object, &here});
    }
    out_ += zero(field);
  }

  static std::string_view zero(const field_desc& field) {
    if (field.pointer)
      return "null";
    switch (field.type) {
      case value_type::boolean:
        return "false";
      case value_type::int32:
      case value_type::int64:
      case value_type::int_or_string:
        return "0";
      case value_type::string:
        return "\"\"";
      case value_type::quantity:
        return "\"0\"";
      default:
        return "null";
    }
  }

  void one(const node& given, const field_desc& field, const place& here) {
    if (field.type == value_type::object)
      object({&given, field.object, &here});
    else
      append_json(out_, given, nullptr);
  }

  void list(const node* given, const field_desc& field, const place& here) {
    if (given == nullptr || given->empty()) {
      out_ += "null";
      return;
    }
    char before = '[';
    for (const auto* item : given->items()) {
      out_ += before;
      one(*item, field, here);
      before = ',';
    }
    out_ += ']';
  }

  void map(const node* given, const field_desc& field, const place& here) {
    if (given == nullptr || given->empty()) {
      out_ += "null";
      return;
    }
    char before = '{';
    for (const auto& [key, item] : given->entries()) {
      out_ += before;
      append_json_string(out_, key);
      out_ += ':';
      one(*item, field, here);
      before = ',';
    }
    out_ += '}';
  }

  std::string out_;
};

/// One member or item a line, a blank a level.
std::string indented(std::string_view json) {
  std::string out;
  std::size_t depth = 0;
  bool in_text = false;
  const auto line = [&] {
    out += '\n';
    out.append(depth, ' ');
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    const char c = json[i];
    const bool opens = c == '{' || c == '[';
    if (in_text) {
      out += c;
      if (c == '\\')
        out += json[++i];
      in_text = c != '"';
    } else if (opens && (json[i + 1] == '}' || json[i + 1] == ']')) {
      out.append(json.substr(i++, 2));
    } else if (opens) {
      out += c;
      ++depth;
      line();
    } else if (c == '}' || c == ']') {
      --depth;
      line();
      out += c;
    } else {
      out += c;
      if (c == ',')
        line();
      else if (c == ':')
        out += ' ';
      in_text = c == '"';
    }
  }
  return out;
}

} // namespace

std::string internal_json(const node& value, const type_desc& type) {
  writer out;
  out.object({&value, &type});
  return std::move(out).text();
}

std::string internal_json_list(const node* list, const type_desc* type) {
  if (list == nullptr)
    return "null";
  std::string out;
  for (const auto* item : list->items()) {
    out += out.empty() ? '[' : ',';
    out += type == nullptr ? json_string(item->string_or(""))
                           : internal_json(*item, *type);
  }
  return out.empty() ? "[]" : out + "]";
}

std::string internal_diff(const node& before, const node& after,
                          const type_desc& type) {
  return unified_diff(indented(internal_json(before, type)),
                      indented(internal_json(after, type)));
}

} // namespace troupe::codec
