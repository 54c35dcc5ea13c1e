#include "messages/codec/print/cell.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/print/age_text.hpp"
#include "messages/codec/print/labels_text.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

error refuse(std::string message) {
  return {errc::invalid_argument, std::move(message)};
}

/// The text between `name(` and a final `)`.
std::optional<std::string_view> argument_of(std::string_view text,
                                            std::string_view name) {
  if (!text.starts_with(name))
    return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with('(') || !text.ends_with(')'))
    return std::nullopt;
  return text.substr(1, text.size() - 2);
}

bool is_time(const field_desc& field) {
  return field.many == cardinality::one
         && (field.type == value_type::time
             || field.type == value_type::micro_time);
}

/// Whether the path ends in one value that is no object.
bool is_scalar(const field_path& path) {
  auto& field = path.field();
  if (field.type == value_type::json)
    return path.inside_field();
  if (field.type == value_type::object)
    return false;
  return field.many == cardinality::one
         || (field.many == cardinality::map && path.inside_field());
}

bool is_selector(const field_desc& field) {
  return field.many == cardinality::one && field.type == value_type::object
         && field.object->find("matchLabels");
}

bool is_labels(const field_desc& field) {
  return field.many == cardinality::map && field.type == value_type::string;
}

std::string_view zero_of(std::string_view type_name) {
  if (type_name == "integer" || type_name == "number")
    return "0";
  return type_name == "boolean" ? "false" : "\"\"";
}

} // namespace

result<cell::program> cell::compile_scalar(std::string_view type_name,
                                           std::string_view text,
                                           const type_desc& type) {
  auto path = field_path::parse(text, type);
  if (!path)
    return path.error();
  if (!is_scalar(*path))
    return refuse("path \"" + std::string{text} + "\" ends in no scalar");
  auto empty = zero_of(type_name);
  return program{scalar{*std::move(path), empty == "\"\"", empty}};
}

result<cell::program> cell::compile_length(std::string_view text,
                                           const type_desc& type) {
  length result;
  while (true) {
    auto plus = text.find('+');
    auto inner = argument_of(text.substr(0, plus), "len");
    if (!inner || result.paths.size() == terms_max)
      return refuse("expected len(path), joined by + and at most "
                    + std::to_string(terms_max) + " of them");
    auto path = field_path::parse(*inner, type);
    if (!path)
      return path.error();
    if (path->field().many == cardinality::one || path->inside_field())
      return refuse("path \"" + std::string{*inner}
                    + "\" ends in no list or map");
    result.paths.push_back(*std::move(path));
    if (plus == text.npos)
      return program{std::move(result)};
    text.remove_prefix(plus + 1);
  }
}

result<cell::program> cell::compile_age(std::string_view text,
                                        const type_desc& type) {
  auto path = field_path::parse(text, type);
  if (!path)
    return path.error();
  if (!is_time(path->field()))
    return refuse("path \"" + std::string{text} + "\" ends in no time");
  return program{age{*std::move(path)}};
}

result<cell::program> cell::compile_labels(std::string_view text,
                                           const type_desc& type) {
  auto path = field_path::parse(text, type);
  if (!path)
    return path.error();
  auto& field = path->field();
  if (path->inside_field() || (!is_labels(field) && !is_selector(field)))
    return refuse("path \"" + std::string{text} + "\" ends in no labels");
  return program{labels{*std::move(path)}};
}

result<cell::program> cell::compile(std::string_view type_name,
                                    std::string_view text,
                                    const type_desc& type,
                                    std::span<const cell_function> functions) {
  constexpr std::string_view call = "fn:";
  if (text.starts_with(call)) {
    auto found = std::ranges::find(functions, text.substr(call.size()),
                                   &cell_function::name);
    if (found == functions.end())
      return refuse("no function is registered for \"" + std::string{text}
                    + "\"");
    return program{*found};
  }
  if (text.starts_with("len("))
    return compile_length(text, type);
  if (auto inner = argument_of(text, "age"))
    return compile_age(*inner, type);
  if (auto inner = argument_of(text, "labels"))
    return compile_labels(*inner, type);
  return compile_scalar(type_name, text, type);
}

result<cell> cell::parse(const schema::column_desc& column,
                         const type_desc& type,
                         std::span<const cell_function> functions) {
  auto compiled = compile(column.type, column.cell, type, functions);
  if (!compiled)
    return refuse("column \"" + std::string{column.name}
                  + "\": " + compiled.error().message);
  return cell{*std::move(compiled)};
}

void cell::append(std::string& out, const scalar& what, const node& object,
                  wall_time) {
  auto* value = what.path.follow(object);
  if (!value || value->is(node_kind::null) || value->is(node_kind::object)
      || value->is(node_kind::map) || value->is(node_kind::list))
    out += what.empty;
  else if (what.quoted && !value->is(node_kind::string))
    append_json_string(out, encode_json(*value, nullptr));
  else
    append_json(out, *value, nullptr);
}

void cell::append(std::string& out, const length& what, const node& object,
                  wall_time) {
  std::size_t sum = 0;
  for (auto& path : what.paths)
    if (auto* container = path.follow(object))
      sum += container->size();
  out += std::to_string(sum);
}

void cell::append(std::string& out, const age& what, const node& object,
                  wall_time now) {
  append_json_string(out, age_text(what.path.follow(object), now));
}

void cell::append(std::string& out, const labels& what, const node& object,
                  wall_time) {
  auto* value = what.path.follow(object);
  auto& field = what.path.field();
  append_json_string(out, is_selector(field)
                              ? selector_text(value, *field.object)
                              : labels_text(value));
}

void cell::append(std::string& out, const cell_function& what,
                  const node& object, wall_time now) {
  what.append(out, object, now);
}

void cell::append(std::string& out, const node& object, wall_time now) const {
  std::visit([&](auto& what) { append(out, what, object, now); }, program_);
}

} // namespace troupe::codec
