#include "messages/codec/validate/defaults.hpp"

#include "messages/base/json_escape.hpp"
#include "messages/codec/json.hpp"
#include "messages/codec/validate/kind_rules.hpp"

namespace troupe::codec {

namespace {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;

void fill(document& doc, node& object, const field_desc& field,
          const type_desc& owner) {
  // Decoded as a member of its owner, the text takes the field's type.
  const auto text = "{" + json_string(field.name) + ":"
                    + std::string{field.default_json} + "}";
  auto parsed = decode_json(text, &owner);
  TROUPE_CHECK(parsed.has_value(), "a default is JSON of its field's type");
  if (const node* value = parsed->doc.root().find(field.id))
    doc.set(object, field.id, doc.clone(*value));
}

void descend(document& doc, node& value, const field_desc& field) {
  if (field.many == cardinality::one && value.is(node_kind::object))
    apply_table_defaults(doc, value, *field.object);
  else if (field.many == cardinality::list)
    for (auto* item : value.items())
      apply_table_defaults(doc, *item, *field.object);
  else if (field.many == cardinality::map)
    for (const auto& [key, item] : value.entries())
      apply_table_defaults(doc, *item, *field.object);
}

} // namespace

void apply_table_defaults(document& doc, node& object, const type_desc& type) {
  if (!object.is(node_kind::object))
    return;
  for (const auto& field : type.fields) {
    if (!field.default_json.empty() && object.find(field.id) == nullptr)
      fill(doc, object, field, type);
    node* value = object.find(field.id);
    if (value != nullptr && field.object != nullptr)
      descend(doc, *value, field);
  }
}

void apply_defaults(document& object, const schema::resource_desc& resource) {
  apply_table_defaults(object, object.root(), *resource.type);
  const auto& rules = find_rules(resource.kind.group, resource.kind.kind);
  if (rules.fill_defaults != nullptr)
    rules.fill_defaults(object);
}

} // namespace troupe::codec
