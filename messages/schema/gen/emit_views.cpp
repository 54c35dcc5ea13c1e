#include "messages/schema/gen/emit.hpp"
#include "messages/schema/gen/spelling.hpp"

#include <set>

namespace troupe::schema::gen {

namespace {

/// A value type's reading; objects by the name of their own view.
std::string element(const field& what) {
  if (what.of.target != nullptr && what.value == value_type::object)
    return what.of.target->owner->id + "::" + snake_case(what.of.target->name);
  switch (what.value) {
    case value_type::boolean:
      return "bool";
    case value_type::int32:
    case value_type::int64:
      return "std::int64_t";
    case value_type::real:
      return "double";
    case value_type::int_or_string:
      return "int_or_string";
    case value_type::object:
    case value_type::json:
      return "const codec::node*";
    default:
      return "std::string_view";
  }
}

std::string reading(const field& what) {
  switch (what.many) {
    case cardinality::list:
      return "list<" + element(what) + ">";
    case cardinality::map:
      return "map<" + element(what) + ">";
    default:
      return element(what);
  }
}

/// A member may not bear the name of its class.
std::string member_name(const type& of, const field& what) {
  auto name = snake_case(what.name);
  return name == snake_case(of.name) ? name + '_' : name;
}

std::string emit_class(const type& what) {
  const auto name = snake_case(what.name);
  auto result = "/// " + what.full_name + "\nclass " + name
                + " : public object {\npublic:\n  using object::object;\n";
  for (auto& each : what.fields) {
    const auto member = member_name(what, each);
    const auto id = std::to_string(each.id);
    result += "  inline " + reading(each) + " " + member + "() const;\n";
    result += "  bool has_" + snake_case(each.name) + "() const { return has("
              + id + "); }\n";
  }
  return result + "};\n\n";
}

std::string emit_members(const type& what) {
  const auto name = snake_case(what.name);
  std::string result;
  for (auto& each : what.fields)
    result += "inline " + reading(each) + " " + name
              + "::" + member_name(what, each) + "() const { return read<"
              + reading(each) + ">(at(" + std::to_string(each.id) + ")); }\n";
  return result;
}

/// Group versions whose types are fields of this one's.
std::set<std::string> foreign(const group_version& what) {
  std::set<std::string> result;
  for (auto& each : what.types)
    for (auto& field : each->fields)
      if (field.of.target != nullptr && field.value == value_type::object
          && field.of.target->owner != &what)
        result.insert(field.of.target->owner->id);
  return result;
}

} // namespace

std::string emit_views(const group_version& what) {
  std::string result = "#pragma once\n\n";
  for (auto& each : foreign(what))
    result += "#include \"messages/view/" + each + ".hpp\"\n";
  result += "#include \"messages/view/view.hpp\"\n\n"
            "namespace troupe::view::"
            + what.id + " {\n\n";
  for (auto& each : what.types)
    if (each->value == value_type::object)
      result += "class " + snake_case(each->name) + ";\n";
  result += '\n';
  for (auto& each : what.types)
    if (each->value == value_type::object)
      result += emit_class(*each);
  for (auto& each : what.types)
    if (each->value == value_type::object)
      result += emit_members(*each);
  return result + "\n} // namespace troupe::view::" + what.id + "\n";
}

} // namespace troupe::schema::gen
