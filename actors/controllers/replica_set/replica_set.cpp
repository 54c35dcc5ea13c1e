#include "actors/controllers/replica_set/replica_set.hpp"

#include "actors/controllers/replicas/replicas.hpp"
#include "messages/view/apps_v1.hpp"
#include "messages/view/selectors.hpp"

namespace troupe::controllers::replica_set {

namespace {

std::optional<meta::label_selector> selector_of(const codec::node& spec) {
  auto selector =
      view::to_selector(view::apps_v1::replica_set_spec{&spec}.selector());
  if (!selector)
    return std::nullopt;
  return std::move(*selector);
}

constexpr replicas::keeper_kind own_kind{"apps",       "replicasets", "apps/v1",
                                         "ReplicaSet", selector_of,   true};

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  return replicas::reconcile(view, own_kind, key);
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  replicas::keys_of(own_kind, change, enqueue);
}

} // namespace troupe::controllers::replica_set
