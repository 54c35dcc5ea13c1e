#pragma once

#include "messages/api/request.hpp"
#include "node/agent/moment.hpp"
#include "node/agent/node_document.hpp"
#include "node/agent/return_gate.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace troupe::agent {

enum class node_call { create_node, get_node, update_status, renew_lease };

/// A request to make; its answer comes back with the same kind.
struct node_request {
  node_call kind = node_call::create_node;
  api::request request;
};

struct node_effects {
  std::vector<node_request> requests;
  /// The Node is registered: watch it.
  bool watch_node = false;
  /// The Node has addresses for pods: open the network with them.
  std::vector<std::string> open_network;
  /// List the pods from the beginning: what came before may be too old.
  bool list_pods = false;
  std::vector<control::event_note> events; ///< about the node
};

/// What is known of the node's pods.
struct pods_news {
  /// The pods were listed as of this revision, or later; absent: not since they
  /// were asked for.
  std::optional<std::uint64_t> listed;
  /// How many that are to go still run.
  std::size_t leaving = 0;
};

/// Intervals of the heartbeat beside the Lease's; the defaults are kubelet's.
struct heartbeat_config {
  duration status = std::chrono::minutes{5};
  duration retry = std::chrono::seconds{1};
  /// Between two tries to register: nothing goes on before.
  duration registration_retry = std::chrono::milliseconds{100};
};

/// One node's registration and heartbeat. Pure.
///
///     registering --(1)--> registered --(2)--> networked
///          ^                    |                  |
///          +--------(3)---------+------------------+
///
/// 1. The Node exists. 2. It has a podCIDR and the network is open. 3. The Node
/// is gone: it is registered again. With another podCIDR than before, the
/// network is opened again.
class node_core {
public:
  node_core(const node_config& config, machine_facts machine,
            heartbeat_config beat = {});

  /// Once a second, and more often while the node is not networked.
  node_effects tick(moment now, std::vector<node_image> images);

  node_effects answered(node_call kind, const api::response& answer,
                        moment now);

  /// The watch saw the Node; `gone`: it was deleted.
  node_effects seen(std::shared_ptr<const codec::document> node, bool gone,
                    moment now);

  /// Before each tick, and when they were listed.
  node_effects pods(const pods_news& news, moment now);

  /// What became of `open_network`; empty: it is open.
  void network_opened(std::string problem, moment now);

  bool networked() const { return networked_; }

  /// Networked, and nothing keeps it from being ready.
  bool settled() const { return networked_ && gate_.is_settled(); }

private:
  /// A kind of request: one under way at a time.
  struct call_slot {
    bool busy = false;
    std::optional<mono_time> next;

    bool due(mono_time now) const { return !busy && (!next || now >= *next); }
  };

  void adopt(std::shared_ptr<const codec::document> node, node_effects& out);
  std::string problem() const;
  node_request start(call_slot& slot, node_call kind, api::verb verb,
                     std::shared_ptr<const codec::document> body) const;
  codec::document wanted_status(moment now) const;
  void want_status(moment now, node_effects& out);
  void written(const api::response& answer, moment now, node_effects& out);
  void want_lease(moment now, node_effects& out);
  void want_network(moment now, node_effects& out);
  void renewed(const api::response& answer, moment now);
  void register_with(const api::response& answer, moment now,
                     node_effects& out);

  const node_config& config_;
  machine_facts machine_;
  heartbeat_config beat_;
  std::shared_ptr<const codec::document> node_; ///< null: not registered
  std::shared_ptr<const codec::document> lease_;
  bool lease_absent_ = false; ///< the API said so: it is to be created
  std::vector<node_image> images_;
  bool networked_ = false;
  std::vector<std::string> opened_; ///< ranges of the network
  std::string network_problem_ = "the node has no podCIDR yet";
  call_slot registration_;
  call_slot status_;
  call_slot renewal_;
  call_slot opening_;                ///< of the network
  std::optional<mono_time> beat_at_; ///< when the status was last written
  std::shared_ptr<const codec::document> status_sent_; ///< the last one
  bool outdated_ = false; ///< it met a Node not seen yet
  /// What the status that is being written makes news.
  std::vector<control::event_note> status_events_;
  return_gate gate_;
  bool started_ = false;       ///< and said so
  bool unschedulable_ = false; ///< as last told
};

} // namespace troupe::agent
