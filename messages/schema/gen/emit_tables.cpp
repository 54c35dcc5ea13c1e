#include "messages/schema/gen/cpp_text.hpp"
#include "messages/schema/gen/emit.hpp"
#include "messages/schema/gen/spelling.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

namespace troupe::schema::gen {

namespace {

// -- declarations of types, so that tables may point at each other ---------

using types_by_version = std::map<std::string, std::set<std::string>>;

void add(types_by_version& to, const type* what) {
  if (what != nullptr)
    to[what->owner->id].insert(what->name);
}

types_by_version referenced_types(const group_version& what) {
  types_by_version result;
  for (auto& each : what.types) {
    add(result, each.get());
    for (auto& one : each->fields)
      add(result, one.of.target);
  }
  for (auto& each : what.resources)
    for (auto& sub : each.subresources)
      add(result, sub.body.target);
  return result;
}

std::string symbol(const resource_ref& what) {
  return "tables::" + what.owner->id + "::" + what.target->plural + "_resource";
}

std::string emit_declarations(const group_version& what) {
  std::string result;
  for (auto& [version, names] : referenced_types(what)) {
    result += "\nnamespace tables::" + version + " {\n";
    for (auto& name : names)
      result += "extern const type_desc " + name + "_type;\n";
    result += "} // namespace tables::" + version + "\n";
  }
  for (auto& each : what.resources)
    if (each.stored.target != nullptr)
      result += "\nnamespace tables::" + each.stored.owner->id
                + " {\nextern const resource_desc " + each.stored.target->plural
                + "_resource;\n} // namespace tables::" + each.stored.owner->id
                + "\n";
  return result;
}

// -- types -----------------------------------------------------------------

std::string emit_constraint(const field& what, const std::string& prefix) {
  initializer result;
  if (what.minimum)
    result.set("minimum", std::to_string(*what.minimum));
  if (what.maximum)
    result.set("maximum", std::to_string(*what.maximum));
  if (!what.one_of.empty())
    result.set("one_of", prefix + "_one_of");
  result.set_text("format", what.format);
  result.set_flag("immutable", what.immutable);
  return result.empty() ? std::string{} : result.text();
}

void set_type(initializer& to, const field& what) {
  if (what.value != value_type::string)
    to.set("type", to_cpp(what.value));
  if (what.many != cardinality::one)
    to.set("many", to_cpp(what.many));
}

void set_merging(initializer& to, const field& what,
                 const std::string& prefix) {
  if (what.patch != patch_strategy::replace)
    to.set("patch", to_cpp(what.patch));
  to.set_text("merge_key", what.merge_key);
  if (what.list != list_type::unset)
    to.set("list", to_cpp(what.list));
  if (!what.list_map_keys.empty())
    to.set("list_map_keys", prefix + "_keys");
  if (what.map != map_type::unset)
    to.set("map", to_cpp(what.map));
}

std::string emit_field(const field& what, const std::string& prefix) {
  initializer result;
  result.set_text("name", what.name);
  result.set_text("doc", what.doc);
  result.set("id", std::to_string(what.id));
  set_type(result, what);
  result.set_flag("required", what.required);
  result.set_flag("pointer", what.pointer);
  result.set_flag("always", what.always);
  set_merging(result, what, prefix);
  result.set_text("default_json", what.default_json);
  auto constraint = emit_constraint(what, prefix);
  if (!constraint.empty())
    result.set("constraint", constraint);
  if (what.of.target != nullptr)
    result.set(what.value == value_type::object ? "object" : "named",
               '&' + symbol(*what.of.target));
  result.set_text("stored", what.stored);
  return "  " + result.text() + ",\n";
}

std::string field_prefix(const type& owner, const field& what) {
  return owner.name + '_' + snake_case(what.name);
}

/// The lists that fields of the type refer to.
std::string emit_field_lists(const type& what) {
  std::string result;
  for (auto& each : what.fields) {
    auto prefix = field_prefix(what, each);
    result += emit_strings(prefix + "_keys", each.list_map_keys);
    result += emit_strings(prefix + "_one_of", each.one_of);
  }
  return result;
}

std::string emit_fields(const type& what) {
  auto result = "constexpr field_desc " + what.name + "_fields[] = {\n";
  for (auto& each : what.fields)
    result += emit_field(each, field_prefix(what, each));
  return result + "};\n";
}

std::string emit_name_order(const type& what) {
  std::vector<std::size_t> order(what.fields.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](auto a, auto b) {
    return what.fields[a].name < what.fields[b].name;
  });
  auto result = "constexpr std::uint16_t " + what.name + "_by_name[] = {";
  for (auto each : order)
    result += std::to_string(each) + ", ";
  return result + "};\n";
}

std::string emit_kinds(const type& what) {
  auto result = "constexpr group_version_kind " + what.name + "_kinds[] = {";
  for (auto& each : what.kinds)
    result += emit_kind(each, what.name) + ", ";
  return result + "};\n";
}

std::string emit_type(const type& what) {
  std::string lists = emit_field_lists(what);
  initializer result;
  result.set_text("name", what.full_name);
  result.set_text("doc", what.doc);
  if (!what.fields.empty()) {
    lists += emit_fields(what) + emit_name_order(what);
    result.set("fields", what.name + "_fields");
    result.set("by_name", what.name + "_by_name");
  }
  if (what.map != map_type::unset)
    result.set("map", to_cpp(what.map));
  if (!what.kinds.empty()) {
    lists += emit_kinds(what);
    result.set("kinds", what.name + "_kinds");
    result.set_flag("type_meta", !what.bare);
  }
  if (what.value != value_type::object)
    result.set("value", to_cpp(what.value));
  if (!lists.empty())
    lists = "\nnamespace {\n" + lists + "} // namespace\n";
  return lists + "\nconstinit const type_desc " + what.name
         + "_type = " + result.text() + ";\n";
}

// -- resources -------------------------------------------------------------

std::string emit_columns(const resource& what) {
  auto result = "constexpr column_desc " + what.plural + "_columns[] = {\n";
  for (auto& each : what.columns) {
    initializer one;
    one.set_text("name", each.name);
    one.set_text("type", each.type);
    one.set_text("format", each.format);
    one.set_text("doc", each.doc);
    if (each.priority != 0)
      one.set("priority", std::to_string(each.priority));
    one.set_text("cell", each.cell);
    result += "  " + one.text() + ",\n";
  }
  return result + "};\n";
}

std::string emit_selectable(const resource& what) {
  auto result =
      "constexpr selectable_field " + what.plural + "_selectable[] = {\n";
  for (auto& each : what.selectable_fields) {
    initializer one;
    one.set_text("label", each.label);
    one.set_text("path", each.path);
    one.set_text("otherwise", each.otherwise);
    one.set_text("stored", each.stored);
    result += "  " + one.text() + ",\n";
  }
  return result + "};\n";
}

std::string emit_query(const subresource& what) {
  return what.query.target == nullptr
             ? std::string{}
             : ", .query = &" + symbol(*what.query.target);
}

std::string emit_subresources(const group_version& owner,
                              const resource& what) {
  std::string lists;
  std::string rows;
  for (auto& each : what.subresources) {
    auto verbs = what.plural + '_' + snake_case(each.name) + "_verbs";
    lists += emit_strings(verbs, each.verbs);
    rows +=
        "  {.name = " + quoted(each.name) + ", .kind = "
        + emit_kind(kind_in(owner, *each.body.target), each.body.target->name)
        + ", .type = &" + symbol(*each.body.target) + ", .verbs = " + verbs
        + emit_query(each) + "},\n";
  }
  return lists + "constexpr subresource_desc " + what.plural
         + "_subresources[] = {\n" + rows + "};\n";
}

std::string emit_resource_lists(const group_version& owner,
                                const resource& what) {
  auto result = emit_strings(what.plural + "_short_names", what.short_names)
                + emit_strings(what.plural + "_categories", what.categories)
                + emit_strings(what.plural + "_verbs", what.verbs);
  if (!what.subresources.empty())
    result += emit_subresources(owner, what);
  if (!what.columns.empty())
    result += emit_columns(what);
  if (!what.selectable_fields.empty())
    result += emit_selectable(what);
  return result;
}

void set_list(initializer& to, const char* name, const resource& what,
              bool any) {
  if (any)
    to.set(name, what.plural + '_' + name);
}

bool has_status(const resource& what) {
  return std::any_of(what.subresources.begin(), what.subresources.end(),
                     [](auto& each) { return each.name == "status"; });
}

std::string emit_resource(const group_version& owner, const resource& what) {
  initializer result;
  result.set("kind",
             emit_kind({owner.group, owner.version}, what.kind.target->name));
  result.set_text("plural", what.plural);
  result.set_text("singular", what.singular);
  if (what.list.target != nullptr)
    result.set_text("list_kind", what.list.target->name);
  set_list(result, "short_names", what, !what.short_names.empty());
  set_list(result, "categories", what, !what.categories.empty());
  set_list(result, "verbs", what, true);
  result.set("namespaced", what.namespaced ? "true" : "false");
  result.set_flag("has_status", has_status(what));
  result.set_flag("has_generation", what.generation);
  result.set_flag("returns_deleted", what.returns_deleted);
  result.set("type", '&' + symbol(*what.kind.target));
  if (what.list.target != nullptr)
    result.set("list_type", '&' + symbol(*what.list.target));
  set_list(result, "subresources", what, !what.subresources.empty());
  set_list(result, "columns", what, !what.columns.empty());
  set_list(result, "selectable", what, !what.selectable_fields.empty());
  if (what.stored.target != nullptr)
    result.set("stored", '&' + symbol(what.stored));
  auto name = what.plural + "_resource";
  return "\nnamespace {\n" + emit_resource_lists(owner, what)
         + "} // namespace\n\nextern const resource_desc " + name
         + ";\nconstinit const resource_desc " + name + " = " + result.text()
         + ";\n";
}

// -- the group version -----------------------------------------------------

std::string emit_version(const group_version& what) {
  std::string lists;
  initializer result;
  result.set_text("group", what.group);
  result.set_text("version", what.version);
  if (!what.types.empty()) {
    lists += "constexpr const type_desc* all_types[] = {\n";
    for (auto& each : what.types)
      lists += "  &" + each->name + "_type,\n";
    lists += "};\n";
    result.set("types", "all_types");
  }
  if (!what.resources.empty()) {
    lists += "constexpr const resource_desc* all_resources[] = {\n";
    for (auto& each : what.resources)
      lists += "  &" + each.plural + "_resource,\n";
    lists += "};\n";
    result.set("resources", "all_resources");
  }
  return "\nnamespace {\n" + lists + "} // namespace\n"
         + "\nextern const group_version_desc version;\n"
           "constinit const group_version_desc version = "
         + result.text() + ";\n";
}

} // namespace

std::string emit_tables(const group_version& what) {
  std::string result = "#include \"messages/schema/descriptor.hpp\"\n\n"
                       "namespace troupe::schema {\n\n"
                       "using namespace std::string_view_literals;\n";
  result += emit_declarations(what);
  result += "\nnamespace tables::" + what.id + " {\n";
  for (auto& each : what.types)
    result += emit_type(*each);
  for (auto& each : what.resources)
    result += emit_resource(what, each);
  result += emit_version(what);
  return result + "\n} // namespace tables::" + what.id
         + "\n} // namespace troupe::schema\n";
}

} // namespace troupe::schema::gen
