#pragma once

#include "messages/base/result.hpp"
#include "messages/protocol/message_types.hpp"
#include "runtime/port/messenger.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The subjects of a cluster's bus:
///
///     <cluster uid>.<from role>.<from name>.<to role>.<to name>.<lane>
///
/// A process's permissions let it publish only as itself and hear only what is
/// for it, so the sender can be read off the subject. There are no inboxes: an
/// answer is a message like any other.
namespace troupe::bus {

/// Messages of one lane keep their order and share one connection.
enum class lane : std::uint8_t {
  control,  ///< asks, watches
  bulk,     ///< logs, commands: what may be large
  raft,     ///< replicas among each other
  snapshot, ///< the state as a whole, from replica to replica
};

inline constexpr lane lanes[] = {lane::control, lane::bulk, lane::raft,
                                 lane::snapshot};

/// Those of a messenger, and those of a Raft transport.
inline constexpr lane messenger_lanes[] = {lane::control, lane::bulk};
inline constexpr lane replica_lanes[] = {lane::raft, lane::snapshot};

std::string_view to_string(lane value);

/// The lane on which a conversation that begins with this message travels.
lane lane_of(message_type type);

inline constexpr std::string_view server_role = "server";
inline constexpr std::string_view node_role = "node";

/// The name that stands for whichever server is free.
inline constexpr std::string_view any_name = "any";

/// The role that nobody has. What "comes" from it comes from the NATS server:
/// word that a message found nobody.
inline constexpr std::string_view nobody_role = "nobody";

struct subject {
  std::string cluster_uid;
  bus_peer from;
  bus_peer to;
  bus::lane lane = lane::control;

  friend bool operator==(const subject&, const subject&) = default;
};

/// Tokens percent-encode what is outside [A-Za-z0-9_-].
std::string to_string(const subject& value);

/// Fails with `corrupt`. Takes only what `to_string` makes.
result<subject> parse_subject(std::string_view text);

std::string encode_token(std::string_view text);
std::optional<std::string> decode_token(std::string_view token);

/// The process an address belongs to, its first two steps: none unless it reads
/// "/server/<name>..." or "/node/<name>...".
std::optional<bus_peer> process_of(std::string_view address);

/// Whether a process may be called that: a role that exists, a name that is not
/// empty and not kept for a use of its own.
bool is_process(const bus_peer& value);

/// What `self` may publish to, and subscribe to, as NATS patterns. Nodes speak
/// with servers only.
std::vector<std::string> publish_patterns(std::string_view cluster_uid,
                                          const bus_peer& self);
std::vector<std::string> subscribe_patterns(std::string_view cluster_uid,
                                            const bus_peer& self);

/// One subscription of a process. Those in a queue group share the messages.
struct subscription {
  std::string pattern;
  std::string queue; ///< empty: none

  friend bool operator==(const subscription&, const subscription&) = default;
};

std::vector<subscription> subscriptions(std::string_view cluster_uid,
                                        const bus_peer& self, lane on);

/// Where `self` hears that its message `id` found nobody, and the id back from
/// a parsed subject.
std::string nobody_subject(std::string_view cluster_uid, const bus_peer& self,
                           lane on, std::uint64_t id);
std::optional<std::uint64_t> nobody_id(const subject& value);

} // namespace troupe::bus
