#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/network/host_ports.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// The network of one node's pods: a bridge, and for each pod a network
/// namespace with an `eth0` on that bridge.
///
///     node's namespace                      pod's namespace
///     troupe0 (gateway, .1) ─ pod1a2b… ═══ eth0 (address), lo
///       │ routed, never bridged              default route via the gateway
///     eth0 (LAN)
///
/// Pods with `hostNetwork: true` have no place here: they run in the agent's
/// own namespace and bear the node's addresses.
namespace troupe::network {

/// The bridge's name on every node.
inline constexpr std::string_view bridge_name = "troupe0";

struct pod_network_config {
  /// An existing directory of the node's state. The file `addresses` in it
  /// remembers which pod has which address.
  std::string directory;
  /// The Node's spec.podCIDRs: one IPv4 or one IPv6 range, or one of each, the
  /// primary family first. The first address of each is the gateway's.
  std::vector<ip_prefix> pod_cidrs;
  /// Ranges that never leave the cluster (all pods, services, the LAN). What
  /// no better route takes dies on the node as "unreachable".
  std::vector<ip_prefix> private_ranges;
  /// Bytes of a packet, on both ends of a pod's link and on the bridge.
  std::uint32_t mtu = 1500;

  /// What is wrong with the fields above, if anything.
  status_result validate() const;
};

/// A pod that is on the network.
struct pod_attachment {
  std::string pod_uid;
  /// status.podIPs: one for each of the pod CIDRs, in their order.
  std::vector<ip_address> addresses;
  /// Where the namespace is pinned: what a sandbox opens to join it.
  std::string netns_path;
  /// The node's end of the link: "pod" and 12 hexadecimal digits.
  std::string node_link;

  friend bool operator==(const pod_attachment&,
                         const pod_attachment&) = default;
};

/// One node's pod network. Every operation may be repeated, and may follow one
/// that was cut short by a crash at any point: it brings about the state it
/// names from whatever it finds. Calls block (attach some ms, detach some
/// tens, and for the calls before them: they are carried out one at a time);
/// they may come from any thread, the namespace is that of the thread that
/// called `open`.
///
///     auto pods = pod_network::open({dir, {cidr}, ranges});
///     auto pod = (*pods)->attach(uid, pod_dir + "/netns");
///     ...                         // the sandbox joins pod->netns_path
///     (*pods)->detach(uid, pod_dir + "/netns");
///
/// Errors read "<what was attempted>: <reason>".
class pod_network {
public:
  /// Sets up the node's side in the calling thread's network namespace and
  /// reads which addresses are taken. The namespace then belongs to it:
  /// forwarding is switched on there. `errc::corrupt` when the file of
  /// addresses is damaged.
  static result<std::unique_ptr<pod_network>> open(pod_network_config config);

  virtual ~pod_network() = default;

  /// Puts a pod on the network: the namespace exists pinned at `netns_path` (a
  /// file made here, in an existing directory), with lo and eth0 up, and
  /// packets pass. A pod that was attached before, also by an earlier agent,
  /// keeps its addresses. `errc::no_space` when every address is taken.
  virtual result<pod_attachment> attach(std::string_view pod_uid,
                                        const std::string& netns_path) = 0;

  /// Makes just these ports of the node lead to the pod, which is attached.
  /// They do until it is detached, whoever runs the agent by then.
  virtual status_result
  open_host_ports(std::string_view pod_uid,
                  const std::vector<host_port>& ports) = 0;

  /// A pod's attachment as it really is after an agent's restart: read from
  /// its namespace, compared with what is remembered and repaired there.
  /// Changes nothing in the kernel. `errc::not_found` when the namespace or
  /// its eth0 is gone, so that the sandbox has failed.
  virtual result<pod_attachment> adopt(std::string_view pod_uid,
                                       const std::string& netns_path) = 0;

  /// Takes a pod off the network: its ports of the node are closed, link, pin
  /// and file are gone, then its addresses are free. A pod that never was
  /// attached is detached already. The pod's processes should have ended; the
  /// link goes in any case.
  virtual status_result detach(std::string_view pod_uid,
                               const std::string& netns_path) = 0;

  /// The pods that have an address or a link, by uid.
  virtual result<std::set<std::string>> list() const = 0;
};

} // namespace troupe::network
