#pragma once

#include "messages/meta/selector.hpp"
#include "messages/view/core_v1.hpp"
#include "runtime/control/snapshot.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

/// What keeps a number of like pods running, whatever its kind: a ReplicaSet
/// or a ReplicationController. The two have the same fields under the same
/// ids, but for the selector.
namespace troupe::controllers::replicas {

using control::object_key;

/// How the kinds differ.
struct keeper_kind {
  std::string_view group; ///< of the API, "" for the core group
  std::string_view plural;
  std::string_view api_version; ///< as owner references say it
  std::string_view kind;
  /// None when it cannot be read; such a keeper keeps nothing.
  std::optional<meta::label_selector> (*selector_of)(const codec::node& spec);
  /// Whether its status says how many pods are ending.
  bool counts_terminating = false;
};

/// One of them, read.
struct keeper {
  const keeper_kind* kind = nullptr;
  object_key key;
  std::shared_ptr<const codec::document> object;
  std::string ns;
  std::string name;
  std::string_view uid; ///< into `object`
  std::int64_t generation = 0;
  std::int64_t observed_generation = 0;
  std::int64_t replicas = 0;
  std::int64_t min_ready_seconds = 0;
  meta::label_selector selector;
  view::core_v1::pod_template_spec pod_template{nullptr};
  bool deleting = false;
};

/// None when there is nothing under this key that could keep pods.
std::optional<keeper> read_keeper(const control::snapshot& view,
                                  const keeper_kind& kind,
                                  const object_key& key);

/// What the keys of all keepers of a namespace begin with. As a key of its own
/// it stands for the pods of the namespace that nobody controls.
object_key keepers_of(const keeper_kind& kind, std::string_view ns);

} // namespace troupe::controllers::replicas
