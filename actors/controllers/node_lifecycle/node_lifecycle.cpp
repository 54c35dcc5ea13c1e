#include "actors/controllers/node_lifecycle/node_lifecycle.hpp"

#include "actors/controllers/node_lifecycle/node_health.hpp"
#include "actors/controllers/node_lifecycle/node_taints.hpp"
#include "actors/controllers/nodes/node_facts.hpp"

namespace troupe::controllers::node_lifecycle {

namespace {

using enqueuer = std::function<void(const object_key&)>;

void hear_pod(const control::object_change& change, const enqueuer& enqueue) {
  if (change.now == nullptr)
    return;
  const auto node = nodes::node_of_pod(*change.now->columns);
  if (!node.empty())
    enqueue(nodes::node_key(node));
}

} // namespace

control::plan reconcile(const settings& how, const control::snapshot& view,
                        const object_key& key) {
  return key == all_nodes() ? plan_taints(how, view)
                            : plan_health(how, view, key);
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const enqueuer& enqueue) {
  const std::string_view key{change.key};
  if (key.starts_with(nodes::lease_prefix))
    return enqueue(nodes::node_key(key.substr(nodes::lease_prefix.size())));
  if (key.starts_with(nodes::pod_prefix))
    return hear_pod(change, enqueue);
  enqueue(change.key);
  enqueue(all_nodes());
}

object_key all_nodes() {
  return object_key{nodes::node_prefix};
}

} // namespace troupe::controllers::node_lifecycle
