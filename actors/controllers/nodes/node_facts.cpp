#include "actors/controllers/nodes/node_facts.hpp"

#include "messages/view/core_v1.hpp"

#include <algorithm>

namespace troupe::controllers::nodes {

object_key node_key(std::string_view name) {
  return std::string{node_prefix}.append(name);
}

std::string_view node_name(std::string_view key) {
  TROUPE_CHECK(key.starts_with(node_prefix), "the key is a Node's");
  return key.substr(node_prefix.size());
}

std::string_view ready_status(const codec::document& node) {
  for (auto each : view::core_v1::node{node}.status().conditions())
    if (each.type() == "Ready")
      return each.status();
  return {};
}

std::string_view field_of(const store::columns& columns,
                          std::string_view name) {
  const auto found =
      std::ranges::lower_bound(columns.fields, name, {}, &store::column::name);
  if (found == columns.fields.end() || found->name != name)
    return {};
  return found->value;
}

std::vector<object_key> pods_on(const control::snapshot& view,
                                std::string_view node) {
  std::vector<object_key> out;
  view.each(pod_prefix, [&](const object_key& key, const auto& version) {
    if (node_of_pod(*version->columns) == node)
      out.push_back(key);
    return true;
  });
  return out;
}

} // namespace troupe::controllers::nodes
