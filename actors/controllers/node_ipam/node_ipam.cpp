#include "actors/controllers/node_ipam/node_ipam.hpp"

#include "actors/controllers/node_ipam/range_table.hpp"
#include "messages/codec/validate/object_ids.hpp"
#include "messages/schema/ids/core_v1.hpp"

#include <vector>

namespace troupe::controllers::node_ipam {

namespace {

namespace node_id = schema::ids::node;
namespace spec_id = schema::ids::node_spec;

/// The ranges a node has, as text. The singular field repeats the first.
std::vector<std::string_view> ranges_of(const codec::document& node) {
  std::vector<std::string_view> out;
  const auto* spec = node.root().find(node_id::spec);
  for (const auto* item : codec::items_of(spec, spec_id::pod_cidrs))
    out.push_back(item->string_or(""));
  if (const auto one = codec::text_of(spec, spec_id::pod_cidr); !one.empty())
    out.push_back(one);
  return out;
}

control::action give(const object_key& key, const codec::document& node,
                     const ip_prefix& range) {
  const auto text = range.to_string();
  auto changed = node.clone();
  auto& spec = changed.object_at(changed.root(), node_id::spec);
  changed.set(spec, spec_id::pod_cidr, changed.make_string(text));
  auto& list = changed.list_at(spec, spec_id::pod_cidrs);
  changed.clear(list);
  changed.push_back(list, changed.make_string(text));
  auto out = control::update_of(key, std::move(changed),
                                "no node has the pod range " + text);
  out.confirm = true;
  return out;
}

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  range_table ranges{*ip_prefix::parse(cluster_range), node_range_length};
  std::vector<object_key> without;
  bool all_read = true;
  view.each(key, [&](const object_key& node_key, const auto& version) {
    const auto node = view.get(node_key);
    all_read = node != nullptr;
    if (!all_read)
      return false;
    const auto has = ranges_of(*node);
    for (const auto text : has)
      if (const auto range = ip_prefix::parse_masked(text))
        ranges.take(*range);
    if (has.empty() && !version->columns->deleting)
      without.push_back(node_key);
    return true;
  });
  control::plan out;
  if (!all_read)
    return out;
  for (const auto& node_key : without) {
    const auto range = ranges.take_lowest();
    if (!range)
      break;
    out.actions.push_back(give(node_key, *view.get(node_key), *range));
  }
  return out;
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  const bool same = change.before != nullptr && change.now != nullptr
                    && change.before->columns->uid == change.now->columns->uid;
  if (!same)
    enqueue(all_nodes());
}

object_key all_nodes() {
  const auto* resource = control::stored_resource("", "nodes");
  TROUPE_CHECK(resource != nullptr, "nodes are always served");
  return control::key_prefix(*resource);
}

} // namespace troupe::controllers::node_ipam
