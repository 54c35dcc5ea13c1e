#include "messages/schema/gen/cpp_text.hpp"
#include "messages/schema/gen/emit.hpp"

#include <algorithm>
#include <tuple>

namespace troupe::schema::gen {

namespace {

struct resource_row {
  const group_version* owner;
  const resource* what;

  auto key() const {
    return std::tie(owner->group, owner->version, what->plural);
  }
};

struct kind_row {
  kind_name kind;
  const type* what;
  std::string resource; ///< symbol of the resource, or "nullptr"

  auto key() const { return std::tie(what->name, kind.group, kind.version); }
};

struct rows {
  std::vector<const type*> types;
  std::vector<resource_row> resources;
  std::vector<kind_row> kinds;
};

std::string resource_of(const group_version& owner, const type& what,
                        const kind_name& kind) {
  if (kind.group != owner.group || kind.version != owner.version)
    return "nullptr";
  for (auto& each : owner.resources)
    if (each.kind.target == &what)
      return '&' + symbol(owner, each);
  return "nullptr";
}

template <class Row>
void sort_by_key(std::vector<Row>& what) {
  std::sort(what.begin(), what.end(),
            [](auto& a, auto& b) { return a.key() < b.key(); });
}

rows collect(const model& what) {
  rows result;
  for (auto& version : what.versions) {
    for (auto& each : version->types) {
      result.types.push_back(each.get());
      for (auto& kind : each->kinds)
        result.kinds.push_back(
            {kind, each.get(), resource_of(*version, *each, kind)});
    }
    for (auto& each : version->resources)
      result.resources.push_back({version.get(), &each});
  }
  std::sort(result.types.begin(), result.types.end(),
            [](auto a, auto b) { return a->full_name < b->full_name; });
  sort_by_key(result.resources);
  sort_by_key(result.kinds);
  return result;
}

std::string emit_declarations(const model& what) {
  std::string result;
  for (auto& version : what.versions) {
    result += "\nnamespace tables::" + version->id
              + " {\nextern const group_version_desc version;\n";
    for (auto& each : version->types)
      result += "extern const type_desc " + each->name + "_type;\n";
    for (auto& each : version->resources)
      result += "extern const resource_desc " + each.plural + "_resource;\n";
    result += "} // namespace tables::" + version->id + "\n";
  }
  return result;
}

/// `constexpr <type> <name>[] = {...};`, or "" without rows: C++ has no empty
/// arrays.
std::string emit_array(const char* type, const char* name,
                       const std::string& rows) {
  if (rows.empty())
    return {};
  return std::string{"\nconstexpr "} + type + ' ' + name + "[] = {\n" + rows
         + "};\n";
}

} // namespace

std::string emit_registry(const model& what) {
  auto sorted = collect(what);
  std::string versions;
  std::string types;
  std::string resources;
  std::string kinds;
  for (auto& each : what.versions)
    versions += "  &tables::" + each->id + "::version,\n";
  for (auto each : sorted.types)
    types += "  &" + symbol(*each) + ",\n";
  for (auto& each : sorted.resources)
    resources += "  &" + symbol(*each.owner, *each.what) + ",\n";
  for (auto& each : sorted.kinds)
    kinds += "  {" + emit_kind(each.kind, each.what->name) + ", &"
             + symbol(*each.what) + ", " + each.resource + "},\n";
  initializer result;
  if (!versions.empty())
    result.set("versions", "all_versions");
  if (!resources.empty())
    result.set("resources", "all_resources");
  if (!types.empty())
    result.set("types", "all_types");
  if (!kinds.empty())
    result.set("kinds", "all_kinds");
  return "#include \"messages/schema/registry_tables.hpp\"\n\n"
         "namespace troupe::schema {\n\n"
         "using namespace std::string_view_literals;\n"
         + emit_declarations(what) + "\nnamespace {\n"
         + emit_array("const group_version_desc*", "all_versions", versions)
         + emit_array("const resource_desc*", "all_resources", resources)
         + emit_array("const type_desc*", "all_types", types)
         + emit_array("kind_row", "all_kinds", kinds)
         + "\n} // namespace\n\nconstinit const registry_tables registry = "
         + result.text() + ";\n\n} // namespace troupe::schema\n";
}

} // namespace troupe::schema::gen
