#include "messages/schema/gen/attributes.hpp"

#include "messages/schema/gen/spelling.hpp"

#include <charconv>
#include <span>

namespace troupe::schema::gen {

namespace {

enum class arity { flag, one, list };

/// One attribute of a declaration: `set` returns what was expected, or "".
template <class T>
struct rule {
  std::string_view name;
  arity takes;
  std::string (*set)(T& to, const attribute& from);
};

std::string_view form(arity takes) {
  switch (takes) {
    case arity::flag:
      return "no value";
    case arity::one:
      return "=value";
    case arity::list:
      return "=[values]";
  }
  return {};
}

bool fits(arity takes, const attribute& from) {
  switch (takes) {
    case arity::flag:
      return from.values.empty() && !from.is_list;
    case arity::one:
      return from.values.size() == 1 && !from.is_list;
    case arity::list:
      return !from.values.empty();
  }
  return false;
}

bool fail(const attribute& from, std::string text, diagnostics& errors) {
  errors.push_back({from.at, std::move(text)});
  return false;
}

template <class T, std::size_t N>
bool apply_one(T& to, const attribute& from, const rule<T> (&rules)[N],
               diagnostics& errors) {
  std::string known;
  for (auto& candidate : rules) {
    known += known.empty() ? "" : ", ";
    known += candidate.name;
    if (candidate.name != from.name)
      continue;
    if (!fits(candidate.takes, from))
      return fail(from,
                  "expected " + std::string{form(candidate.takes)} + " after '"
                      + from.name + "'",
                  errors);
    auto expected = candidate.set(to, from);
    if (expected.empty())
      return true;
    return fail(from,
                "expected " + expected + " after '" + from.name + "=', found '"
                    + from.values.front() + "'",
                errors);
  }
  return fail(from, "expected one of " + known + ", found '" + from.name + "'",
              errors);
}

template <class T, std::size_t N>
bool apply_all(T& to, const attributes& from, const rule<T> (&rules)[N],
               diagnostics& errors) {
  for (auto& one : from)
    if (!apply_one(to, one, rules, errors))
      return false;
  return true;
}

template <auto Member, class T>
std::string set_flag(T& to, const attribute&) {
  to.*Member = true;
  return {};
}

template <auto Member, class T>
std::string set_text(T& to, const attribute& from) {
  to.*Member = from.values.front();
  return {};
}

template <auto Member, class T>
std::string set_list(T& to, const attribute& from) {
  to.*Member = from.values;
  return {};
}

template <auto Member, class T>
std::string set_type(T& to, const attribute& from) {
  to.*Member = {from.values.front(), from.at, nullptr};
  return {};
}

std::string set_stored(resource& to, const attribute& from) {
  to.stored = {from.values.front(), from.at, nullptr, nullptr};
  return {};
}

template <auto Member, class T>
std::string set_enum(T& to, const attribute& from) {
  if (from_text(from.values.front(), to.*Member))
    return {};
  return choices(to.*Member);
}

template <class Number, class To>
std::string set_number(To& to, const attribute& from) {
  Number value = 0;
  auto& text = from.values.front();
  auto end = text.data() + text.size();
  auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc{} || stop != end)
    return "a whole number";
  to = value;
  return {};
}

constexpr rule<field> field_rules[] = {
    {"required", arity::flag, set_flag<&field::required>},
    {"pointer", arity::flag, set_flag<&field::pointer>},
    {"always", arity::flag, set_flag<&field::always>},
    {"inline", arity::flag, set_flag<&field::embedded>},
    {"immutable", arity::flag, set_flag<&field::immutable>},
    {"patch", arity::one, set_enum<&field::patch>},
    {"key", arity::one, set_text<&field::merge_key>},
    {"list", arity::one, set_enum<&field::list>},
    {"keys", arity::list, set_list<&field::list_map_keys>},
    {"map", arity::one, set_enum<&field::map>},
    {"default", arity::one, set_text<&field::default_json>},
    {"min", arity::one,
     [](field& to, const attribute& from) {
       return set_number<std::int64_t>(to.minimum, from);
     }},
    {"max", arity::one,
     [](field& to, const attribute& from) {
       return set_number<std::int64_t>(to.maximum, from);
     }},
    {"one_of", arity::list, set_list<&field::one_of>},
    {"format", arity::one, set_text<&field::format>},
    {"stored", arity::one, set_text<&field::stored>},
};

kind_name parse_kind(const std::string& text) {
  if (text == "*")
    return {"*", "*"};
  auto slash = text.find('/');
  if (slash == std::string::npos)
    return {"", text};
  return {text.substr(0, slash), text.substr(slash + 1)};
}

std::string set_kinds(type& to, const attribute& from) {
  if (from.values.empty())
    to.kinds = {{to.owner->group, to.owner->version}};
  for (auto& text : from.values)
    to.kinds.push_back(parse_kind(text));
  return {};
}

constexpr rule<type> type_rules[] = {
    {"map", arity::one, set_enum<&type::map>},
    {"name", arity::one, set_text<&type::full_name>},
    {"kinds", arity::list, set_kinds},
    {"kind", arity::flag, set_kinds},
    {"bare", arity::flag, set_flag<&type::bare>},
};

std::string set_scope(resource& to, const attribute& from) {
  to.namespaced = from.values.front() == "namespaced";
  if (to.namespaced || from.values.front() == "cluster")
    return {};
  return "namespaced or cluster";
}

constexpr rule<resource> resource_rules[] = {
    {"kind", arity::one, set_type<&resource::kind>},
    {"list", arity::one, set_type<&resource::list>},
    {"singular", arity::one, set_text<&resource::singular>},
    {"short", arity::list, set_list<&resource::short_names>},
    {"categories", arity::list, set_list<&resource::categories>},
    {"scope", arity::one, set_scope},
    {"verbs", arity::list, set_list<&resource::verbs>},
    {"generation", arity::flag, set_flag<&resource::generation>},
    {"returns_deleted", arity::flag, set_flag<&resource::returns_deleted>},
    {"stored", arity::one, set_stored},
};

constexpr rule<column> column_rules[] = {
    {"format", arity::one, set_text<&column::format>},
    {"cell", arity::one, set_text<&column::cell>},
    {"priority", arity::one,
     [](column& to, const attribute& from) {
       return set_number<std::int32_t>(to.priority, from);
     }},
};

constexpr rule<selectable> selectable_rules[] = {
    {"path", arity::one, set_text<&selectable::path>},
    {"else", arity::one, set_text<&selectable::otherwise>},
    {"stored", arity::one, set_text<&selectable::stored>},
};

constexpr rule<subresource> subresource_rules[] = {
    {"kind", arity::one, set_type<&subresource::body>},
    {"query", arity::one, set_type<&subresource::query>},
    {"verbs", arity::list, set_list<&subresource::verbs>},
};

} // namespace

bool apply(field& to, const attributes& from, diagnostics& errors) {
  return apply_all(to, from, field_rules, errors);
}

bool apply(type& to, const attributes& from, diagnostics& errors) {
  return apply_all(to, from, type_rules, errors);
}

bool apply(resource& to, const attributes& from, diagnostics& errors) {
  return apply_all(to, from, resource_rules, errors);
}

bool apply(column& to, const attributes& from, diagnostics& errors) {
  return apply_all(to, from, column_rules, errors);
}

bool apply(selectable& to, const attributes& from, diagnostics& errors) {
  return apply_all(to, from, selectable_rules, errors);
}

bool apply(subresource& to, const attributes& from, diagnostics& errors) {
  return apply_all(to, from, subresource_rules, errors);
}

} // namespace troupe::schema::gen
