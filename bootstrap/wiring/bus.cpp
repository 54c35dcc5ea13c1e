#include "bootstrap/wiring/bus.hpp"

#include "bootstrap/cluster/files.hpp"
#include "bootstrap/nodes/nodes.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/nats/nats_messenger.hpp"
#include "runtime/nats/nats_raft_transport.hpp"

namespace troupe::wiring {

namespace {

result<nats_config> describe(const cluster::cluster_record& about,
                             const cluster::layout& files,
                             const bus_peer& self) {
  nats_config config;
  // A server goes to the one beside it, everybody else to any.
  const bool server = self.role == "server";
  auto urls = nodes::bus_urls(about, files, server ? self.name : "");
  if (!urls)
    return urls.error();
  auto ca = cluster::read_file(files.pki() + "/ca.crt");
  if (!ca)
    return ca.error();
  auto credentials =
      cluster::read_file(nodes::credentials_file(files, self.role, self.name));
  if (!credentials)
    return credentials.error();
  config.urls = std::move(*urls);
  config.first_url_first = server;
  config.ca_pem = std::move(*ca);
  config.credentials = std::move(*credentials);
  config.cluster_uid = about.uid;
  config.self = self;
  config.incarnation =
      static_cast<std::uint64_t>(wall_now().time_since_epoch().count());
  return config;
}

} // namespace

result<std::unique_ptr<messenger>>
join_bus(const cluster::cluster_record& about, const cluster::layout& files,
         const bus_peer& self) {
  auto config = describe(about, files, self);
  if (!config)
    return config.error();
  return make_nats_messenger(std::move(*config));
}

result<std::unique_ptr<raft_transport_port>>
join_voters(const cluster::cluster_record& about, const cluster::layout& files,
            const std::string& member, raft_receiver receiver) {
  auto config = describe(about, files, {"server", member});
  if (!config)
    return config.error();
  return make_nats_raft_transport(std::move(*config), std::move(receiver));
}

} // namespace troupe::wiring
