#include "messages/codec/print/labels_text.hpp"

#include "messages/base/check.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace troupe::codec {

namespace {

constexpr std::string_view nothing = "<none>";

/// A condition with the key it is sorted by.
using condition = std::pair<std::string_view, std::string>;

const node* member_of(const node& object, const schema::type_desc& type,
                      std::string_view name) {
  auto* field = type.find(name);
  return field ? object.find(field->id) : nullptr;
}

void add_labels(std::vector<condition>& to, const node& labels) {
  for (auto& [key, value] : labels.entries()) {
    std::string text{key};
    text += '=';
    text += value->string_or("");
    to.emplace_back(key, std::move(text));
  }
}

std::string joined(std::vector<condition> conditions) {
  if (conditions.empty())
    return std::string{nothing};
  std::ranges::stable_sort(conditions, {}, &condition::first);
  std::string result;
  for (auto& [key, text] : conditions) {
    if (!result.empty())
      result += ',';
    result += text;
  }
  return result;
}

std::string values_text(const node* values) {
  std::vector<std::string_view> sorted;
  if (values)
    for (auto* value : values->items())
      sorted.push_back(value->string_or(""));
  std::ranges::sort(sorted);
  std::string result = "(";
  for (auto value : sorted) {
    if (result.size() > 1)
      result += ',';
    result += value;
  }
  return result + ')';
}

condition make_condition(const node& expression,
                         const schema::type_desc& type) {
  auto text_of = [&](std::string_view name) {
    auto* value = member_of(expression, type, name);
    return value ? value->string_or("") : std::string_view{};
  };
  auto key = text_of("key");
  auto op = text_of("operator");
  std::string text{key};
  if (op == "DoesNotExist")
    text.insert(0, 1, '!');
  else if (op == "In")
    text += " in " + values_text(member_of(expression, type, "values"));
  else if (op == "NotIn")
    text += " notin " + values_text(member_of(expression, type, "values"));
  return {key, std::move(text)};
}

} // namespace

std::string labels_text(const node* labels) {
  std::vector<condition> conditions;
  if (labels)
    add_labels(conditions, *labels);
  return joined(std::move(conditions));
}

std::string selector_text(const node* selector, const schema::type_desc& type) {
  std::vector<condition> conditions;
  if (!selector)
    return joined(std::move(conditions));
  if (auto* labels = member_of(*selector, type, "matchLabels"))
    add_labels(conditions, *labels);
  if (auto* all = member_of(*selector, type, "matchExpressions")) {
    auto* item = type.find("matchExpressions")->object;
    TROUPE_CHECK(item, "a list of objects names their type");
    for (auto* expression : all->items())
      conditions.push_back(make_condition(*expression, *item));
  }
  return joined(std::move(conditions));
}

} // namespace troupe::codec
