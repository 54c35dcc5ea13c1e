#pragma once

#include "actors/gateway/access/token_authenticator.hpp"
#include "actors/gateway/object/object_writer.hpp"
#include "actors/gateway/object/server_standing.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/store/store_port.hpp"
#include "runtime/watch/watch_port.hpp"

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::gateway {

/// What `/version` answers. `git_version` must parse as a semantic version:
/// kubectl gives up otherwise. Empty members are answered as empty text.
struct server_version {
  std::string major = "1";
  std::string minor = "35";
  std::string git_version = "v1.35.0+troupe";
  std::string git_commit;
  std::string git_tree_state;
  std::string build_date;                  ///< RFC 3339
  std::string go_version = "none (C++20)"; ///< there is no Go in here
  std::string compiler;                    ///< "gcc 12.2.0"
  std::string platform;                    ///< "linux/amd64"
};

/// How the request pipeline behaves. Defaults are kube-apiserver's.
struct gateway_config {
  /// Requests at work at one time, watches not counted; one more gets 429.
  std::size_t mutating_in_flight_max = 200;
  std::size_t read_only_in_flight_max = 400;

  /// Logs, execs and attaches at one time; one more gets 429.
  std::size_t pod_streams_max = 1000;

  /// Longest time a request may take, and what it gets without `timeout`.
  duration request_timeout = std::chrono::seconds{60};

  /// How long the cluster state may take for a write or a linearizable read
  /// of the time that a request has: as etcd's, and some more, for the servers
  /// may be about to find a new leader.
  duration store_timeout = std::chrono::seconds{10};

  /// The same, once this server is known to reach no quorum.
  duration lost_store_timeout = std::chrono::seconds{1};

  /// How long a read waits for a resourceVersion this replica lacks.
  duration catch_up_timeout = std::chrono::seconds{3};

  /// How long a readiness check waits for the store.
  duration health_timeout = std::chrono::seconds{2};

  /// A watch without timeoutSeconds lasts between this and twice this.
  duration watch_timeout = std::chrono::minutes{30};

  /// Octets of a request body; more gets 413.
  std::size_t body_size_max = 3 * 1024 * 1024;

  /// Octets of encoded objects kept for later readers; the least recently used
  /// go first.
  std::size_t encode_cache_size_max = 64 * 1024 * 1024;

  /// "10.0.0.1:6443", told to clients of /api; empty: not told.
  std::string server_address;

  /// What `/.well-known/openid-configuration` and `/openid/v1/jwks` answer, as
  /// JSON; empty: 404.
  std::string openid_configuration;
  std::string openid_keys;

  server_version version;
};

/// The world as the pipeline sees it. What the pointers name must outlive the
/// pipeline and every call begun through it.
struct gateway_ports {
  store::store_port* store = nullptr;
  watch::watch_port* watch = nullptr;
  object_writer* writer = nullptr;
  std::function<wall_time()> wall_now;
  std::function<mono_time()> mono_now;
  std::function<std::uint64_t()> random;
  /// Runs work that may take long (rendering a list) away from the state
  /// thread. Empty: at once, where it is.
  std::function<void(std::function<void()>)> run;
  /// Reaches the nodes. Null: logs, exec and attach answer 503.
  messenger* bus = nullptr;
  /// Asked in this order about a bearer token.
  std::vector<std::shared_ptr<const token_authenticator>> tokens;
  /// Null: taken to be good.
  std::shared_ptr<const server_standing> standing = nullptr;
};

} // namespace troupe::gateway
