#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "runtime/caf/live_tree.hpp"
#include "runtime/port/http_port.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/port/raft_transport.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace troupe::wiring {

/// One member of a control plane, as far as it differs from others.
struct control_plane_config {
  std::string cluster_uid;
  std::string member;          ///< "s1"
  std::string state_directory; ///< of this member's log and snapshots
  std::string server_address;  ///< "127.0.0.1:6443", told to clients
  std::string authority;       ///< the cluster's certificate, PEM
  std::string signing_key;     ///< of service accounts' tokens, PEM
  messenger* bus = nullptr;    ///< outlives the control plane; null: no lab
  /// What Services get their addresses from, one range of a family at most.
  std::vector<ip_prefix> service_ranges;
  ip_address dns_address; ///< in the first of them
  /// Where the Service `kubernetes` leads: addresses that nodes and pods reach,
  /// and the API's port there.
  std::vector<ip_address> api_addresses;
  std::uint16_t api_port = 0;
  cluster::node_times node_times = {};
  /// The members that hold the state together, `member` among them; in the
  /// same order everywhere. None: it alone.
  std::vector<std::string> voters = {};
  /// To the other voters; not called for a sole one.
  std::function<result<std::unique_ptr<raft_transport_port>>(raft_receiver)>
      open_transport = {};
  /// Told, again and again, whether this server reaches a quorum; nothing while
  /// that is not known. Must not block for long.
  std::function<void(bool)> on_standing = {};
};

/// The actors of one server under their supervision tree:
///
///     /server/<member>                      root
///       /server/<member>/state/main         its replica, on its own thread
///       /server/<member>/watch              fan-out of changes
///       /server/<member>/gateway            keeps the request pipeline
///       /server/<member>/controller/system-namespaces
///       /server/<member>/controller         holds the controllers' lease
///         /server/<member>/controller/...   one each
///       /server/<member>/scheduler          holds the scheduler's lease
///         /server/<member>/scheduler/queue  places pods on nodes
///
/// A supervisor that gives up ends the process, and so does a disk that cannot
/// be trusted: whoever started it starts it again, from what is durable.
class control_plane {
public:
  /// Starts everything and returns at once; requests wait until the state is
  /// ready. Recovery happens on the state's own thread.
  explicit control_plane(control_plane_config config);

  /// Stops the actors and waits for them. Requests in flight are answered as
  /// lost.
  ~control_plane();

  control_plane(const control_plane&) = delete;
  control_plane& operator=(const control_plane&) = delete;

  /// The API. Safe from any thread, as long as the control plane lives.
  http_handler handler() const;

  /// Hands leadership of the state to another voter, if this member has it and
  /// another takes it within `patience`: then nobody waits for an election.
  void step_down(duration patience);

  /// The actors, to be looked at and killed.
  actors::live_tree& tree() const;

private:
  class impl;
  std::unique_ptr<impl> impl_;
};

} // namespace troupe::wiring
