#include "runtime/nats/nats_bus_port.hpp"

#include "runtime/bus/bus_messenger.hpp"
#include "runtime/nats/nats_connection.hpp"

#include <array>
#include <utility>

namespace troupe::bus {

namespace {

class nats_bus_port final : public bus_port {
public:
  nats_bus_port(nats_config config, nats_credentials credentials)
      : config_{std::move(config)}, credentials_{std::move(credentials)} {}

  ~nats_bus_port() override { stop(); }

  status_result start(bus_listener& listener) override {
    inlet_ = std::make_shared<nats_inlet>();
    for (auto on : lanes) {
      auto opened = nats_connection::open(config_, credentials_, on, inlet_);
      if (!opened)
        return opened.error();
      of(on) = std::move(*opened);
    }
    // Whoever hears a message may want to answer on any lane.
    inlet_->open(listener);
    return unit{};
  }

  void stop() override {
    if (auto inlet = std::exchange(inlet_, nullptr))
      inlet->close();
  }

  status_result publish(lane on, const std::string& subject,
                        const std::string& reply_to,
                        bytes_view octets) override {
    return of(on)->publish(subject, reply_to, octets);
  }

  bool connected() const override {
    for (auto& one : connections_)
      if (!one->connected())
        return false;
    return true;
  }

private:
  std::unique_ptr<nats_connection>& of(lane on) {
    return connections_[static_cast<std::size_t>(on)];
  }

  nats_config config_;
  nats_credentials credentials_;
  std::shared_ptr<nats_inlet> inlet_;
  std::array<std::unique_ptr<nats_connection>, std::size(lanes)> connections_;
};

} // namespace

result<std::unique_ptr<bus_port>> make_nats_bus_port(nats_config config) {
  auto credentials = parse_credentials(config.credentials);
  if (!credentials)
    return credentials.error();
  if (config.certificate_pem.empty() != config.private_key_pem.empty())
    return error{errc::invalid_argument,
                 "the bus: a certificate and its key go together"};
  return std::unique_ptr<bus_port>{std::make_unique<nats_bus_port>(
      std::move(config), std::move(*credentials))};
}

} // namespace troupe::bus

namespace troupe {

result<std::unique_ptr<messenger>> make_nats_messenger(nats_config config) {
  bus::messenger_config own{config.cluster_uid, config.self,
                            config.incarnation};
  auto port = bus::make_nats_bus_port(std::move(config));
  if (!port)
    return port.error();
  return bus::make_messenger(std::move(own), std::move(*port));
}

} // namespace troupe
