#include "messages/schema/gen/rules.hpp"

#include "messages/schema/gen/spelling.hpp"

#include <algorithm>
#include <set>

namespace troupe::schema::gen {

namespace {

constexpr std::string_view verbs[] = {"create", "delete", "deletecollection",
                                      "get",    "list",   "patch",
                                      "update", "watch"};

void fail(const position& at, std::string text, diagnostics& errors) {
  errors.push_back({at, std::move(text)});
}

/// Enters `name`; reports one that is there already.
void check_new(std::set<std::string>& seen, const std::string& name,
               const char* what, const position& at, diagnostics& errors) {
  if (!seen.insert(name).second)
    fail(at,
         std::string{"expected a new "} + what + ", found a second '" + name
             + "'",
         errors);
}

const field* find(const type& owner, std::string_view name) {
  auto at = std::find_if(owner.fields.begin(), owner.fields.end(),
                         [&](auto& each) { return each.name == name; });
  return at == owner.fields.end() ? nullptr : &*at;
}

/// Whether a dotted path of JSON names leads to a field of `from`.
bool leads_to_field(const type& from, std::string_view path) {
  auto dot = path.find('.');
  auto step = find(from, path.substr(0, dot));
  if (step == nullptr || dot == std::string_view::npos)
    return step != nullptr;
  return step->value == value_type::object && step->many == cardinality::one
         && leads_to_field(*step->of.target, path.substr(dot + 1));
}

std::string id_text(field_id id) {
  auto inner = std::to_string(field_number(id));
  return wrapper_number(id) == 0
             ? inner
             : std::to_string(wrapper_number(id)) + '.' + inner;
}

bool is_integer(value_type value) {
  return value == value_type::int32 || value == value_type::int64;
}

void check_key(const field& what, const std::string& key, diagnostics& errors) {
  if (what.value != value_type::object || find(*what.of.target, key) == nullptr)
    fail(what.at,
         "expected a field of the items of '" + what.name + "' as key, found '"
             + key + "'",
         errors);
}

void check_merging(const field& what, diagnostics& errors) {
  auto merges = what.patch == patch_strategy::merge
                || what.patch == patch_strategy::merge_retain_keys;
  auto objects = what.value == value_type::object;
  if (what.many == cardinality::list && merges && objects
      && what.merge_key.empty())
    fail(what.at,
         "expected 'key=' beside 'patch=merge' of field '" + what.name + "'",
         errors);
  if (!what.merge_key.empty())
    check_key(what, what.merge_key, errors);
  if ((what.list == list_type::map) != !what.list_map_keys.empty())
    fail(what.at,
         "expected 'keys=' and 'list=map' together for field '" + what.name
             + "'",
         errors);
  for (auto& key : what.list_map_keys)
    check_key(what, key, errors);
}

void check_shape(const field& what, diagnostics& errors) {
  if (what.list != list_type::unset && what.many != cardinality::list)
    fail(what.at,
         "expected 'list=' only on a list, found it on field '" + what.name
             + "'",
         errors);
  if (what.map != map_type::unset && what.many != cardinality::map
      && (what.value != value_type::object || what.many == cardinality::list))
    fail(what.at,
         "expected 'map=' only on a map or a message, found it on "
         "field '"
             + what.name + "'",
         errors);
  if (what.pointer && what.many == cardinality::map)
    fail(what.at,
         "expected 'pointer' only on a value or a list, found it on "
         "field '"
             + what.name + "'",
         errors);
}

void check_constraint(const field& what, diagnostics& errors) {
  if ((what.minimum || what.maximum) && !is_integer(what.value))
    fail(what.at,
         "expected 'min=' and 'max=' only on integers, found one on "
         "field '"
             + what.name + "'",
         errors);
  if (what.minimum && what.maximum && *what.minimum > *what.maximum)
    fail(what.at, "expected min <= max for field '" + what.name + "'", errors);
  if ((!what.one_of.empty() || !what.format.empty())
      && what.value != value_type::string
      && what.value != value_type::int_or_string)
    fail(what.at,
         "expected 'one_of=' and 'format=' only on strings, found one "
         "on field '"
             + what.name + "'",
         errors);
}

/// A default is JSON text; scalars are checked against their type.
void check_default(const field& what, diagnostics& errors) {
  auto& text = what.default_json;
  if (text.empty() || what.many != cardinality::one)
    return;
  auto is_number = [&] {
    auto digits = text.substr(text.starts_with('-'));
    return !digits.empty()
           && digits.find_first_not_of("0123456789") == std::string::npos;
  };
  auto is_string =
      text.size() >= 2 && text.front() == '"' && text.back() == '"';
  bool ok = true;
  if (what.value == value_type::boolean)
    ok = text == "true" || text == "false";
  else if (is_integer(what.value))
    ok = is_number();
  else if (what.value == value_type::string)
    ok = is_string;
  if (!ok)
    fail(what.at,
         "expected a default of the type of field '" + what.name
             + "' as JSON, found '" + text + "'",
         errors);
}

void check_verbs(const std::vector<std::string>& given, const position& at,
                 diagnostics& errors) {
  for (auto& verb : given)
    if (std::find(std::begin(verbs), std::end(verbs), verb) == std::end(verbs))
      fail(at,
           "expected a verb (create, delete, deletecollection, get, list, "
           "patch, update, watch), found '"
               + verb + "'",
           errors);
  if (given.empty())
    fail(at, "expected 'verbs='", errors);
}

bool has_kind(const group_version& version, const type& what) {
  return std::any_of(what.kinds.begin(), what.kinds.end(), [&](auto& each) {
    return each.group == version.group && each.version == version.version;
  });
}

/// A cell is a path, `fn:<name>`, or calls over paths; only paths are checked.
void check_columns(const resource& what, diagnostics& errors) {
  std::set<std::string> names;
  for (auto& each : what.columns) {
    check_new(names, each.name, "column", each.at, errors);
    auto is_path = each.cell.find_first_of("(:") == std::string::npos;
    if (is_path && !leads_to_field(*what.kind.target, each.cell))
      fail(each.at,
           "expected 'cell=' with a path to a field, found '" + each.cell + "'",
           errors);
  }
}

void check_path(const resource& what, const std::string& path,
                const position& at, diagnostics& errors) {
  if (!leads_to_field(*what.kind.target, path))
    fail(at, "expected a path to a field, found '" + path + "'", errors);
}

} // namespace

void check_type(const type& what, diagnostics& errors) {
  std::set<std::string> names;
  std::set<std::string> cpp_names;
  std::set<std::string> ids;
  for (auto& each : what.fields) {
    check_new(names, each.name, "field name", each.at, errors);
    check_new(cpp_names, snake_case(each.name), "C++ name", each.at, errors);
    check_new(ids, id_text(each.id), "field id", each.at, errors);
    check_merging(each, errors);
    check_shape(each, errors);
    check_constraint(each, errors);
    check_default(each, errors);
  }
}

void check_resource(const group_version& version, const resource& what,
                    diagnostics& errors) {
  for (auto ref : {&what.kind, &what.list})
    if (ref->target != nullptr && !has_kind(version, *ref->target))
      fail(ref->at,
           "expected a type that is a kind of this group version, "
           "found '"
               + ref->name + "'",
           errors);
  check_verbs(what.verbs, what.at, errors);
  check_columns(what, errors);
  std::set<std::string> names;
  for (auto& each : what.subresources) {
    check_new(names, each.name, "subresource", each.at, errors);
    check_verbs(each.verbs, each.at, errors);
    if (each.body.target->kinds.empty())
      fail(each.at,
           "expected a kind as body of subresource '" + each.name + "', found '"
               + each.body.name + "'",
           errors);
  }
  std::set<std::string> labels;
  for (auto& each : what.selectable_fields) {
    check_new(labels, each.label, "selectable field", each.at, errors);
    check_path(what, each.path, each.at, errors);
    if (!each.otherwise.empty())
      check_path(what, each.otherwise, each.at, errors);
  }
}

void check_model(const model& what, diagnostics& errors) {
  std::set<std::string> names;
  std::set<std::string> kinds;
  for (auto& version : what.versions) {
    for (auto& each : version->types) {
      check_new(names, each->full_name, "OpenAPI name", each->at, errors);
      for (auto& kind : each->kinds)
        check_new(kinds, kind.group + '/' + kind.version + ' ' + each->name,
                  "kind", each->at, errors);
    }
    std::set<std::string> plurals;
    for (auto& each : version->resources)
      check_new(plurals, each.plural, "resource", each.at, errors);
  }
}

} // namespace troupe::schema::gen
