#include "messages/codec/managed/typed_walk.hpp"

#include "messages/codec/json.hpp"

#include <algorithm>
#include <optional>

namespace troupe::codec {

using schema::cardinality;
using schema::field_desc;
using schema::value_type;

namespace {

structure record_or_leaf(const typed_place& place) {
  auto atomic = !place.object || place.object->map == schema::map_type::atomic
                || (place.field && !place.element
                    && place.field->map == schema::map_type::atomic);
  return atomic ? structure::leaf : structure::record;
}

structure list_structure(const field_desc& list) {
  switch (list.list) {
    case schema::list_type::set:
      return structure::set;
    case schema::list_type::map:
      return list.object ? structure::keyed_list : structure::leaf;
    default:
      return structure::leaf;
  }
}

/// One node of each zero value.
struct zero_values {
  document doc;
  const node* object = doc.make_object();
  const node* text = doc.make_string("");
  const node* integer = doc.make_integer(0);
  const node* real = doc.make_real(0);
  const node* boolean = doc.make_boolean(false);
  const node* null = doc.make_null();
};

const node* zero_of(const field_desc& field) {
  static const zero_values zeros;
  if (field.many != cardinality::one)
    return zeros.null;
  switch (field.type) {
    case value_type::object:
      return zeros.object;
    case value_type::boolean:
      return zeros.boolean;
    case value_type::int32:
    case value_type::int64:
    case value_type::int_or_string:
      return zeros.integer;
    case value_type::real:
      return zeros.real;
    case value_type::time:
    case value_type::micro_time:
    case value_type::json:
      return zeros.null;
    default:
      return zeros.text;
  }
}

/// Whether Go writes the field even when nobody set it.
bool never_absent(const field_desc& field) {
  return field.always
         || (field.many == cardinality::one && field.type == value_type::object
             && !field.pointer);
}

typed_place place_of(const field_desc& field) {
  return {&field, field.object, false};
}

typed_place element_of(const typed_place& place) {
  return {place.field, place.field->object, true};
}

void record_children(std::vector<typed_child>& out, const node& value,
                     const typed_place& place, absent_fields absent) {
  for (auto& field : place.object->fields) {
    auto* member = value.find(field.id);
    if (!member && absent == absent_fields::zero && never_absent(field))
      member = zero_of(field);
    if (member)
      out.push_back({field_step(field.name), member, place_of(field)});
  }
}

void list_children(std::vector<typed_child>& out, const node& value,
                   const typed_place& place) {
  std::size_t index = 0;
  for (auto* item : value.items())
    out.push_back({item_step(*item, place, index++), item, element_of(place)});
}

} // namespace

structure structure_of(const typed_place& place) {
  if (place.field && !place.element) {
    if (place.field->many == cardinality::list)
      return list_structure(*place.field);
    if (place.field->many == cardinality::map)
      return place.field->map == schema::map_type::atomic ? structure::leaf
                                                          : structure::map;
  }
  return record_or_leaf(place);
}

typed_place root_place(const schema::type_desc& type) {
  return {nullptr, &type, false};
}

typed_place descend(const typed_place& place, const path_step& step) {
  switch (structure_of(place)) {
    case structure::record: {
      if (!step.starts_with("f:"))
        return {};
      auto* field = place.object->find(std::string_view{step}.substr(2));
      return field ? place_of(*field) : typed_place{};
    }
    case structure::leaf:
      return {};
    default:
      return element_of(place);
  }
}

path_step item_step(const node& item, const typed_place& list,
                    std::size_t index) {
  if (structure_of(list) == structure::set)
    return value_step(item);
  std::vector<key_part> parts;
  std::vector<document> defaults;
  for (auto name : list.field->list_map_keys) {
    auto* key = list.object->find(name);
    auto* value = key ? item.find(key->id) : nullptr;
    if (key && !value && !key->default_json.empty()) {
      auto zero = decode_json(key->default_json, nullptr);
      TROUPE_CHECK(zero.has_value(), "a default of the schema is JSON");
      value = &defaults.emplace_back(std::move(zero->doc)).root();
    } else if (key && !value && key->always) {
      value = zero_of(*key);
    }
    if (!value)
      return index_step(index);
    parts.push_back({name, value});
  }
  return key_step(std::move(parts));
}

std::vector<typed_child>
children_of(const node& value, const typed_place& place, absent_fields absent) {
  std::vector<typed_child> out;
  switch (structure_of(place)) {
    case structure::leaf:
      break;
    case structure::record:
      if (value.is(node_kind::object))
        record_children(out, value, place, absent);
      break;
    case structure::map:
      if (value.is(node_kind::map))
        for (auto& [key, item] : value.entries())
          out.push_back({field_step(key), item, element_of(place)});
      break;
    default:
      if (value.is(node_kind::list))
        list_children(out, value, place);
  }
  std::ranges::stable_sort(out, {}, &typed_child::step);
  return out;
}

} // namespace troupe::codec
