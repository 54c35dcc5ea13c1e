#pragma once

#include "messages/api/status.hpp"
#include "messages/base/bytes.hpp"
#include "messages/codec/document.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace troupe::api {

/// Who asks, as authentication found.
struct identity {
  std::string name; ///< "system:controller:namespace"
  std::string uid;
  std::vector<std::string> groups;
  /// What else authentication knows: "authentication.kubernetes.io/pod-name".
  std::map<std::string, std::vector<std::string>> extra;

  friend bool operator==(const identity&, const identity&) = default;
};

/// Kubernetes' request verbs for resources.
enum class verb : std::uint8_t {
  get,
  list,
  watch,
  create,
  update,
  patch,
  remove,
  remove_collection,
};

/// "get", "list", "watch", "create", "update", "patch", "delete",
/// "deletecollection".
std::string_view to_string(verb value);

/// What a request is about; `name` is empty for collections.
struct target {
  std::string group; ///< empty for the core group
  std::string version;
  std::string resource; ///< plural
  std::string subresource;
  std::string ns; ///< empty for cluster-scoped, or for "all namespaces"
  std::string name;

  friend bool operator==(const target&, const target&) = default;
};

/// "Only while this holding of a lease is the newest": a write that carries it
/// is refused once a higher epoch of the same name was raised.
struct fence {
  std::string name; ///< of the lease: "kube-scheduler"
  std::uint64_t epoch = 0;

  friend bool operator==(const fence&, const fence&) = default;
};

/// One request of a component in this process (a controller, the scheduler, an
/// agent's relay): the same door as users, with a document for a body. The
/// media-typed form that arrives over HTTP is decoded to the same.
struct request {
  identity user;
  api::verb verb = api::verb::get;
  api::target target;
  /// Recorded as the owner of the fields it writes.
  std::string field_manager;
  /// The object to create or update. Null otherwise.
  std::shared_ptr<const codec::document> body;
  /// Update and delete: only if the object still has this resourceVersion or
  /// uid. Empty: unconditionally (update takes the body's resourceVersion).
  std::string resource_version;
  std::string uid;
  /// Delete: "Background", "Foreground" or "Orphan"; empty for the default.
  std::string propagation_policy;
  std::optional<std::int64_t> grace_period_seconds;
  /// Of who may write only while it holds a lease. Never comes from elsewhere.
  std::optional<api::fence> fence = {};
};

/// What became of it.
struct response {
  api::status status; ///< `success` or why not
  /// The object as stored. Null for failures and for finished deletions.
  std::shared_ptr<const codec::document> object;
  /// Revision of the write, or of the object read; 0 when nothing was written.
  std::uint64_t revision = 0;
  /// The request's fence was refused, and this epoch stands. Nothing was
  /// written, and nothing under that fence ever will be.
  std::optional<std::uint64_t> fenced_off = {};
};

} // namespace troupe::api
