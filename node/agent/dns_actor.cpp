#include "node/agent/dns_actor.hpp"

#include "messages/base/overload.hpp"
#include "node/dns/server.hpp"
#include "runtime/base/log.hpp"

#include <thread>

namespace troupe::agent {

namespace {

constexpr duration retry_pause = std::chrono::seconds{1};

result<dns::server_config> describe_server(const node_config& node) {
  if (node.addresses.empty())
    return error{errc::not_found, "the node has no address"};
  auto own = ip_address::parse(node.addresses.front());
  if (!own)
    return own.error();
  dns::server_config out;
  out.address = *own;
  out.zone.domain = node.cluster_domain;
  out.zone.ranges = node.service_ranges;
  out.zone.ranges.insert(out.zone.ranges.end(), node.pod_ranges.begin(),
                         node.pod_ranges.end());
  for (const auto& each : node.dns.cluster_dns)
    if (auto address = ip_address::parse(each))
      out.zone.addresses.push_back(*address);
  auto not_asked = out.zone.addresses;
  not_asked.push_back(*own);
  out.forwards.upstreams =
      dns::read_upstreams(node.dns.node_resolv_conf, not_asked);
  return out;
}

} // namespace

/// A server and its thread.
class dns_actor::serving {
public:
  serving(std::unique_ptr<dns::server> server,
          std::function<void(dns_input)> tell)
      : server_(std::move(server)), thread_([this, tell = std::move(tell)] {
          if (auto outcome = server_->run(); !outcome)
            tell(dns_over{outcome.error().message});
        }) {}

  ~serving() {
    server_->stop();
    thread_.join();
  }

private:
  std::unique_ptr<dns::server> server_;
  std::thread thread_;
};

dns_actor::dns_actor(caf::actor_config& config,
                     std::shared_ptr<dns_door> entrance,
                     node_services& services)
    : actors::input_actor<dns_input>(config, std::move(entrance)),
      services_(services) {
  // nop
}

dns_actor::~dns_actor() = default;

void dns_actor::on_exit() {
  serving_.reset();
}

void dns_actor::begin() {
  auto config = describe_server(services_.config);
  auto opened =
      config ? dns::server::open(std::move(*config),
                                 [&services = services_] {
                                   return services.names.with(
                                       [](const auto& now) { return now; });
                                 })
             : result<std::unique_ptr<dns::server>>{config.error()};
  if (opened) {
    serving_ = std::make_unique<serving>(std::move(*opened), to_self());
    problem_.clear();
    return;
  }
  // Another may have the port, or the address is not there yet.
  if (std::exchange(problem_, opened.error().message) != opened.error().message)
    log_error("agent", "the node's DNS: " + problem_);
  later(retry_pause, dns_again{});
}

void dns_actor::handle(dns_input& input) {
  std::visit(overload{
                 [this](dns_over& it) {
                   log_error("agent", "the node's DNS: " + it.why);
                   serving_.reset();
                   later(retry_pause, dns_again{});
                 },
                 [this](dns_again&) { begin(); },
             },
             input);
}

} // namespace troupe::agent
