#pragma once

#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"
#include "runtime/port/messenger.hpp"

#include <string>
#include <string_view>

/// Who may say what on the bus. A cluster has one operator and one account,
/// made once with it; each process is a user of the account whose JWT names the
/// subjects it may use. The NATS server knows the operator and the account
/// only, so a process joins without the server hearing of it.
namespace troupe::bus {

/// The cluster's signing keys and what the NATS server is told of them. Secret:
/// whoever holds `account_seed` may be anybody on the bus.
struct authority {
  std::string operator_seed; ///< "SO..."
  std::string operator_jwt;
  std::string account_seed; ///< "SA..."
  std::string account_jwt;
  /// By which nats-servers of the cluster know each other: letters and digits.
  /// Empty where there was only ever one.
  std::string route_password;

  friend bool operator==(const authority&, const authority&) = default;
};

/// A new authority for the cluster of that uid.
authority make_authority(std::string_view cluster_uid, wall_time now);

/// One file's worth of it, and back (`corrupt` names what is wrong). Keep it
/// with mode 0600.
std::string to_json(const authority& value);
result<authority> parse_authority(std::string_view text);

/// Credentials (`nats_config::credentials`, the `.creds` form of NATS' tools)
/// with which a process is `self` on the bus and nobody else. They do not
/// expire. Keep them with mode 0600. Fails with `invalid_argument` for a role
/// that is not "server" or "node", an empty name, or the server name "any".
result<std::string> issue_credentials(const authority& by,
                                      std::string_view cluster_uid,
                                      const bus_peer& self, wall_time now);

} // namespace troupe::bus
