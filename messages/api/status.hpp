#pragma once

#include "messages/meta/field_error.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::api {

struct status_cause {
  std::string reason;
  std::string message;
  std::string field;

  friend bool operator==(const status_cause&, const status_cause&) = default;
};

struct status_details {
  std::string name;
  std::string group;
  std::string kind;
  std::string uid;
  std::vector<status_cause> causes;
  int retry_after_seconds = 0;

  friend bool operator==(const status_details&,
                         const status_details&) = default;
};

/// metav1.Status: the one shape of every error a client sees. Texts and
/// reasons are upstream's (apimachinery pkg/api/errors), for clients branch on
/// them.
struct status {
  int code = 500;     ///< HTTP status
  std::string reason; ///< "NotFound"; empty on success
  std::string message;
  std::optional<status_details> details;
  bool success = false;
  /// metadata.continue: where a list that cannot go on consistently may go on.
  std::string continue_token = {};

  friend bool operator==(const status&, const status&) = default;
};

/// `configmaps`, or `deployments.apps`.
struct group_resource {
  std::string_view group;
  std::string_view resource;
};

struct group_kind {
  std::string_view group;
  std::string_view kind;
};

status ok(std::string_view name, group_resource resource, std::string_view uid);
status bad_request(std::string message);
status unauthorized();
/// `what` reads on from "<resource> <quoted name> is forbidden: ".
status forbidden(group_resource resource, std::string_view name,
                 std::string_view what);
status not_found(group_resource resource, std::string_view name);
/// "the server could not find the requested resource"
status path_not_found();
status already_exists(group_resource resource, std::string_view name);
/// `what` reads on from "Operation cannot be fulfilled on ...: ".
status conflict(group_resource resource, std::string_view name,
                std::string_view what);
/// The conflict of a stale resourceVersion.
status modified(group_resource resource, std::string_view name);
status invalid(group_kind kind, std::string_view name,
               const meta::field_errors& errors);
/// 405 of a path that is there, but not for this method.
status method_not_allowed();
status method_not_supported(group_resource resource, std::string_view verb);
/// 406 for an Accept header none of `supported` satisfies.
status not_acceptable(const std::vector<std::string_view>& supported);
/// 415 for a body's Content-Type.
status unsupported_media_type(const std::vector<std::string_view>& supported);
/// 410: the resourceVersion or continue token is older than history kept.
status expired(std::string message);
status gone(std::string message);
status request_entity_too_large(std::string message);
status too_many_requests(std::string message, int retry_after_seconds);
status server_timeout(group_resource resource, std::string_view verb,
                      int retry_after_seconds);
/// 504 "Too large resource version: ..." with the cause clients look for.
status too_large_resource_version(std::uint64_t asked, std::uint64_t current,
                                  int retry_after_seconds);
status timeout(std::string message, int retry_after_seconds);
/// `retry_after_seconds` only when nothing was done: clients try again then,
/// whatever they asked for.
status service_unavailable(std::string message, int retry_after_seconds = 0);
status internal_error(std::string message);
/// 403 of a write whose writer does not hold the lease any more; no client's
/// write has a fence.
status fenced_off(std::string_view lease, std::uint64_t epoch,
                  std::uint64_t standing);

/// The status as compact JSON, as kubectl and client-go read it.
std::string to_json(const status& value);

} // namespace troupe::api
