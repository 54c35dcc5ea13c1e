#pragma once

#include "bootstrap/cluster/cluster_file.hpp"
#include "bootstrap/cluster/layout.hpp"
#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "messages/base/time_point.hpp"

#include <string>
#include <vector>

/// The machines of a cluster on this machine: their network, their identities
/// on the bus, their directories, and how every trace of them goes again.
namespace troupe::nodes {

/// The ports of bus and API, inside the lab.
inline constexpr std::uint16_t bus_port = 4222;
inline constexpr std::uint16_t bus_route_port = 6222;
inline constexpr std::uint16_t api_port = 6443;

/// What pods, and services, get their addresses from.
ip_prefix pod_range();
ip_prefix service_range();

/// Where the cluster's DNS is asked: the tenth of the services' addresses, as
/// upstream.
ip_address dns_address();

/// Ranges no member of a lab lets out.
std::vector<ip_prefix> private_ranges();

/// "tls://10.89.0.11:4222" and so on: the bus beside each server, beside
/// `first` (empty: whichever) before the others.
result<std::vector<std::string>> bus_urls(const cluster::cluster_record& about,
                                          const cluster::layout& files,
                                          const std::string& first);

/// Where nodes and pods reach the API, beside `api_port`: every server's
/// address; none for a cluster without a lab.
result<std::vector<ip_address>>
api_addresses(const cluster::cluster_record& about,
              const cluster::layout& files);

/// The address of the server or node `name` on the lab's LAN.
result<ip_address> member_address(const cluster::cluster_record& about,
                                  const cluster::layout& files,
                                  const std::string& name);

/// Where a member's credentials for the bus are: "server-s1", "node-n2".
std::string credentials_file(const cluster::layout& files,
                             const std::string& role, const std::string& name);

/// What every control group of the cluster is below, and those of one node.
std::string cgroup_base(const cluster::cluster_record& about);
std::string cgroup_base(const cluster::cluster_record& about,
                        const std::string& node);

/// Whether the nodes can have an uplink here: lab::check_uplink.
status_result check_uplink(const cluster::cluster_record& about,
                           const cluster::layout& files);

/// Brings about everything the cluster's nodes need before their processes
/// start; what is there stays. A cluster without a lab needs nothing. Needs
/// root.
status_result prepare(const cluster::cluster_record& about,
                      const cluster::layout& files, wall_time now);

/// Kills what runs in the cluster's containers and removes control groups,
/// pods' volumes and directories, and the lab. Logs, images and the state of
/// servers stay. May be called again after any failure, and does nothing where
/// there never was a lab.
status_result remove_traces(const cluster::layout& files,
                            const cluster::cluster_record& about);

} // namespace troupe::nodes
