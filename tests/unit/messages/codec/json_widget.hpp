#pragma once

#include "messages/schema/descriptor.hpp"

#include <algorithm>
#include <array>

/// A kind with a field of every type and shape, written out by hand.
namespace troupe::codec::widget {

using schema::cardinality;
using schema::field_desc;
using schema::type_desc;
using schema::value_type;

struct shape {
  cardinality many = cardinality::one;
  bool pointer = false;
  bool always = false;
};

inline field_desc field(field_id id, std::string_view name, value_type type,
                        shape as = {}, const type_desc* object = nullptr) {
  field_desc out;
  out.id = id;
  out.name = name;
  out.type = type;
  out.many = as.many;
  out.pointer = as.pointer;
  out.always = as.always;
  out.object = object;
  return out;
}

/// `fields` ascend by id; the index by name is made here.
template <std::size_t N>
struct type_table {
  std::array<field_desc, N> fields;
  std::array<std::uint16_t, N> by_name;
  type_desc type;

  type_table(std::string_view name, std::array<field_desc, N> from)
      : fields{from} {
    for (std::size_t i = 0; i < N; ++i)
      by_name[i] = static_cast<std::uint16_t>(i);
    std::ranges::sort(by_name, {}, [&](auto i) { return fields[i].name; });
    type.name = name;
    type.fields = fields;
    type.by_name = by_name;
  }

  type_table(const type_table&) = delete;
};

inline const type_desc& metadata() {
  static const type_table<3> table{
      "io.example.v1.Meta",
      {field(1, "name", value_type::string),
       field(6, "resourceVersion", value_type::string),
       field(8, "creationTimestamp", value_type::time, {.always = true})}};
  return table.type;
}

inline const type_desc& part() {
  static const type_table<4> table{
      "io.example.v1.Part",
      {field(1, "name", value_type::string, {.always = true}),
       field(2, "size", value_type::int32, {.pointer = true}),
       // Inlined from the message that is field 3.
       field((3u << 16) | 1, "path", value_type::string),
       field((3u << 16) | 2, "port", value_type::int_or_string,
             {.pointer = true})}};
  return table.type;
}

inline const type_desc& type() {
  constexpr auto list = cardinality::list;
  constexpr auto map = cardinality::map;
  static const type_table<18> table{
      "io.example.v1.Widget",
      {field(1, "metadata", value_type::object, {.always = true}, &metadata()),
       field(2, "flag", value_type::boolean, {.pointer = true}),
       field(3, "count", value_type::int32, {.always = true}),
       field(4, "big", value_type::int64), field(5, "ratio", value_type::real),
       field(6, "text", value_type::string),
       field(7, "secret", value_type::bytes),
       field(8, "amount", value_type::quantity, {.pointer = true}),
       field(9, "port", value_type::int_or_string, {.pointer = true}),
       field(10, "at", value_type::time, {.pointer = true}),
       field(11, "micro", value_type::micro_time, {.pointer = true}),
       field(12, "period", value_type::duration, {.pointer = true}),
       field(13, "parts", value_type::object, {.many = list}, &part()),
       field(14, "labels", value_type::string, {.many = map}),
       field(15, "blobs", value_type::bytes, {.many = map}),
       field(16, "numbers", value_type::int64, {.many = list, .always = true}),
       field(17, "raw", value_type::json, {.pointer = true}),
       field(18, "first", value_type::object, {.pointer = true}, &part())}};
  return table.type;
}

} // namespace troupe::codec::widget
