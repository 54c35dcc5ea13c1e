#pragma once

#include "messages/api/request.hpp"
#include "messages/base/time_point.hpp"
#include "messages/codec/document.hpp"
#include "messages/schema/descriptor.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::gateway {

/// How a write treats fields its type does not know.
enum class field_validation : std::uint8_t { ignore, warn, strict };

/// What pods are given that do not say otherwise: how long they stay on a node
/// that is not ready, or not reachable, in seconds.
struct pod_settings {
  std::int64_t not_ready_toleration = 300;
  std::int64_t unreachable_toleration = 300;
};

/// A request about objects of one resource after routing, authorization and
/// negotiation: what every object operation needs to know.
struct object_call {
  api::identity user;
  /// As it is stored; all rules are about this version of the kind.
  const schema::resource_desc* resource = nullptr;
  /// The version the client speaks; null: the stored one.
  const schema::resource_desc* shown = nullptr;
  std::string subresource; ///< "", "status", "finalize", ...
  std::string ns;          ///< empty for cluster-scoped or all namespaces
  std::string name;        ///< empty for collections and creations
  bool dry_run = false;
  std::string field_manager; ///< never empty on writes
  gateway::field_validation validation = field_validation::warn;
  /// What strict decoding found wrong with the body, in upstream's words.
  std::vector<std::string> problems;
  /// Past it the answer is a timeout, and the write may have happened.
  mono_time deadline;
  /// Of who may write only while it holds a lease.
  std::optional<api::fence> fence = {};
  /// The cluster's; whoever carries the call out fills them in.
  pod_settings pods = {};

  const schema::resource_desc& version() const {
    return shown == nullptr ? *resource : *shown;
  }

  api::group_resource group_resource() const {
    return {version().kind.group, version().plural};
  }
};

enum class patch_kind : std::uint8_t { json, merge, strategic, apply };

struct delete_call {
  std::string propagation_policy; ///< "Background", "Foreground", "Orphan", ""
  std::optional<std::int64_t> grace_period_seconds;
  std::string uid;              ///< precondition; empty: none
  std::string resource_version; ///< precondition; empty: none
};

/// What an object operation answers. On success `object` is what the client
/// sees (metadata.resourceVersion is not inside: it is `revision`).
struct object_answer {
  api::status status;
  /// 200, or 201 for a creation. Meaningless on failure.
  int code = 200;
  /// Null on failure and for a deletion that is done: then the client sees
  /// `status`, with the details of what was deleted.
  std::shared_ptr<const codec::document> object;
  /// Of the write, or the standing one when nothing was written. 0, and then
  /// the client sees no resourceVersion: a creation that was only tried.
  std::uint64_t revision = 0;
  /// Texts for Warning headers.
  std::vector<std::string> warnings;
  /// As of `api::response`.
  std::optional<std::uint64_t> fenced_off = {};
};

using object_done = std::function<void(object_answer)>;

} // namespace troupe::gateway
