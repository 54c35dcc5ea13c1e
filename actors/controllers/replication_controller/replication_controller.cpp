#include "actors/controllers/replication_controller/replication_controller.hpp"

#include "actors/controllers/replicas/replicas.hpp"
#include "messages/schema/ids/apps_v1.hpp"
#include "messages/schema/ids/core_v1.hpp"

namespace troupe::controllers::replication_controller {

namespace {

namespace spec_id = schema::ids::replication_controller_spec;
namespace status_id = schema::ids::replication_controller_status;
namespace set_spec_id = schema::ids::replica_set_spec;
namespace set_status_id = schema::ids::replica_set_status;

// The shared mind reads and writes both kinds by the ids of a ReplicaSet.
static_assert(spec_id::replicas == set_spec_id::replicas);
static_assert(spec_id::template_ == set_spec_id::template_);
static_assert(spec_id::min_ready_seconds == set_spec_id::min_ready_seconds);
static_assert(status_id::replicas == set_status_id::replicas);
static_assert(status_id::fully_labeled_replicas
              == set_status_id::fully_labeled_replicas);
static_assert(status_id::observed_generation
              == set_status_id::observed_generation);
static_assert(status_id::ready_replicas == set_status_id::ready_replicas);
static_assert(status_id::available_replicas
              == set_status_id::available_replicas);
static_assert(status_id::conditions == set_status_id::conditions);

/// Labels that a pod must have. None at all would be all pods.
std::optional<meta::label_selector> selector_of(const codec::node& spec) {
  std::vector<meta::requirement> all;
  for (const auto& [name, value] :
       view::core_v1::replication_controller_spec{&spec}.selector())
    all.push_back(
        {std::string{name}, meta::requirement_op::in, {std::string{value}}});
  if (all.empty())
    return std::nullopt;
  return meta::label_selector{std::move(all)};
}

constexpr replicas::keeper_kind own_kind{"",          "replicationcontrollers",
                                         "v1",        "ReplicationController",
                                         selector_of, false};

} // namespace

control::plan reconcile(const control::snapshot& view, const object_key& key) {
  return replicas::reconcile(view, own_kind, key);
}

void keys_of(const control::object_change& change, const control::owner_index&,
             const std::function<void(const object_key&)>& enqueue) {
  replicas::keys_of(own_kind, change, enqueue);
}

} // namespace troupe::controllers::replication_controller
