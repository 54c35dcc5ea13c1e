#pragma once

#include "messages/base/result.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace troupe::view::core_v1 {
class pod;
} // namespace troupe::view::core_v1

namespace troupe::pod {

/// hostname as the pod's processes see it: spec.hostname or the pod's name, cut
/// to 63 characters; the node's with hostNetwork; the FQDN if
/// setHostnameAsFQDN. Fails when that is longer than 64.
result<std::string> pod_hostname(const view::core_v1::pod& pod,
                                 std::string_view node_hostname,
                                 std::string_view cluster_domain);

/// hostname.subdomain.namespace.svc.domain, or "" without a subdomain.
std::string pod_fqdn(const view::core_v1::pod& pod,
                     std::string_view cluster_domain);

/// Text of /etc/hosts. With hostNetwork `node_hosts` (the node's own file)
/// leads; hostAliases follow.
std::string hosts_file(const view::core_v1::pod& pod,
                       std::span<const std::string> addresses,
                       std::string_view hostname,
                       std::string_view cluster_domain,
                       std::string_view node_hosts);

/// How names are resolved on this node.
struct dns_settings {
  std::string node_resolv_conf; ///< text of the node's own file
  /// Of the cluster's DNS service; empty: ClusterFirst is as Default.
  std::vector<std::string> cluster_dns;
  std::string cluster_domain = "cluster.local";
};

/// Text of /etc/resolv.conf after dnsPolicy and dnsConfig: at most 3
/// nameservers, 32 search domains of 2048 characters together.
std::string resolv_conf(const view::core_v1::pod& pod, const dns_settings& dns);

} // namespace troupe::pod
