#include "messages/codec/validate/fields.hpp"

#include "messages/codec/json.hpp"
#include "messages/codec/validate/formats.hpp"

#include <algorithm>

namespace troupe::codec {

namespace {

using meta::field_errors;
using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

constexpr std::string_view object_meta_type =
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

std::string child(const std::string& path, std::string_view name) {
  return path.empty() ? std::string{name} : path + "." + std::string{name};
}

bool is_object_meta(const field_desc& field) {
  return field.object != nullptr && field.object->name == object_meta_type;
}

/// Go holds it by value, so that absence is the empty object, of which the
/// fields that are missing are missed.
bool is_required_struct(const field_desc& field) {
  return field.required && field.always && !field.pointer
         && field.many == cardinality::one && field.type == value_type::object;
}

void check_bounds(std::int64_t value, const schema::constraint_desc& bounds,
                  const std::string& path, field_errors& errors) {
  if ((!bounds.minimum || value >= *bounds.minimum)
      && (!bounds.maximum || value <= *bounds.maximum))
    return;
  std::string detail;
  if (bounds.minimum && bounds.maximum)
    detail = "must be between " + std::to_string(*bounds.minimum) + " and "
             + std::to_string(*bounds.maximum) + ", inclusive";
  else if (bounds.minimum)
    detail =
        "must be greater than or equal to " + std::to_string(*bounds.minimum);
  else
    detail = "must be less than or equal to " + std::to_string(*bounds.maximum);
  errors.push_back(meta::invalid(path, std::to_string(value), detail));
}

void check_text(std::string_view value, const schema::constraint_desc& rules,
                const std::string& path, field_errors& errors) {
  const auto allowed = rules.one_of;
  if (!allowed.empty()
      && std::find(allowed.begin(), allowed.end(), value) == allowed.end())
    errors.push_back(meta::not_supported(path, meta::quoted(value),
                                         {allowed.begin(), allowed.end()}));
  if (rules.format.empty())
    return;
  const auto check = find_format(rules.format);
  TROUPE_CHECK(check != nullptr, "the schema names only known formats");
  for (auto& complaint : check(value))
    errors.push_back(meta::invalid(path, meta::quoted(value), complaint));
}

void check_value(const node& value, const field_desc& field,
                 const std::string& path, field_errors& errors) {
  if (field.type == value_type::object && value.is(node_kind::object))
    check_fields(value, *field.object, path, errors);
  else if (value.is(node_kind::integer))
    check_bounds(value.integer(), field.constraint, path, errors);
  else if (value.is(node_kind::string))
    check_text(value.string(), field.constraint, path, errors);
}

void check_each(const node& value, const field_desc& field,
                const std::string& path, field_errors& errors) {
  if (field.many == cardinality::list && value.is(node_kind::list)) {
    std::size_t index = 0;
    for (const auto* item : value.items())
      check_value(*item, field, path + "[" + std::to_string(index++) + "]",
                  errors);
  } else if (field.many == cardinality::map && value.is(node_kind::map)) {
    for (const auto& [key, item] : value.entries())
      check_value(*item, field, path + "[" + std::string{key} + "]", errors);
  } else if (field.many == cardinality::one) {
    check_value(value, field, path, errors);
  }
}

} // namespace

void check_fields(const node& object, const type_desc& type,
                  const std::string& path, field_errors& errors) {
  for (const auto& field : type.fields) {
    if (is_object_meta(field))
      continue;
    const auto at = child(path, field.name);
    const node* value = object.find(field.id);
    if (value != nullptr)
      check_each(*value, field, at, errors);
    else if (is_required_struct(field))
      check_fields(document{field.object}.root(), *field.object, at, errors);
    else if (field.required)
      errors.push_back(meta::required(at));
  }
}

void check_immutable_fields(const node& object, const node& old,
                            const type_desc& type, const std::string& path,
                            field_errors& errors) {
  for (const auto& field : type.fields) {
    const node* now = object.find(field.id);
    const node* before = old.find(field.id);
    const auto at = child(path, field.name);
    const bool both = now != nullptr && before != nullptr;
    if (field.constraint.immutable) {
      if (now == before || (both && equal(*now, *before)))
        continue;
      errors.push_back(meta::invalid(
          at, now == nullptr ? "null" : encode_json(*now, field.object),
          "field is immutable"));
    } else if (both && field.many == cardinality::one
               && now->is(node_kind::object) && before->is(node_kind::object)
               && field.object != nullptr) {
      check_immutable_fields(*now, *before, *field.object, at, errors);
    }
  }
}

} // namespace troupe::codec
