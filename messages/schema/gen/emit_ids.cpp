#include "messages/schema/gen/emit.hpp"
#include "messages/schema/gen/spelling.hpp"

namespace troupe::schema::gen {

namespace {

std::string hex(field_id id) {
  constexpr auto digits = "0123456789abcdef";
  std::string result;
  for (; id != 0; id >>= 4)
    result.insert(result.begin(), digits[id & 0xf]);
  return "0x" + result;
}

/// Ids of embedded messages in hexadecimal, where the two numbers show.
std::string number(field_id id) {
  return wrapper_number(id) == 0 ? std::to_string(id) : hex(id);
}

std::string emit_type(const type& what) {
  auto name = snake_case(what.name);
  auto result = "\n/// " + what.full_name + "\nnamespace " + name + " {\n";
  for (auto& each : what.fields)
    result += "inline constexpr field_id " + snake_case(each.name) + " = "
              + number(each.id) + ";\n";
  return result + "} // namespace " + name + "\n";
}

} // namespace

/// The namespace of the group version is inline: `ids::config_map` is enough
/// where no other included group version has the name too.
std::string emit_ids(const group_version& what) {
  std::string result = "#pragma once\n\n"
                       "#include \"messages/schema/descriptor.hpp\"\n\n"
                       "namespace troupe::schema::ids {\ninline namespace ";
  result += what.id + " {\n";
  for (auto& each : what.types)
    if (!each->fields.empty())
      result += emit_type(*each);
  return result + "\n} // namespace " + what.id
         + "\n} // namespace troupe::schema::ids\n";
}

} // namespace troupe::schema::gen
