#include "runtime/nats/nats_bus_port.hpp"

#include "runtime/base/backoff.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/base/log.hpp"
#include "runtime/bus/bus_messenger.hpp"
#include "runtime/bus/raft_transport.hpp"
#include "runtime/nats/nats_connection.hpp"
#include "runtime/nats/nats_raft_transport.hpp"

#include <array>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace troupe::bus {

namespace {

/// After nats.c gave a connection up, and each time it does so again.
constexpr backoff_policy reopen{std::chrono::milliseconds{100},
                                std::chrono::seconds{10}};

/// Lanes whose connection was given up. Shared with callbacks of NATS, which
/// may come late.
class given_up_lanes {
public:
  void add(lane one) {
    std::lock_guard lock{mutex_};
    lanes_.push_back(one);
    wake_.notify_all();
  }

  /// Waits for the next; none once stopped.
  std::optional<lane> next() {
    std::unique_lock lock{mutex_};
    wake_.wait(lock, [this] { return stopped_ || !lanes_.empty(); });
    if (stopped_)
      return std::nullopt;
    const auto out = lanes_.front();
    lanes_.pop_front();
    return out;
  }

  /// Lets time pass, unless stopped meanwhile.
  void pause(duration time) {
    std::unique_lock lock{mutex_};
    wake_.wait_for(lock, time, [this] { return stopped_; });
  }

  void stop() {
    std::lock_guard lock{mutex_};
    stopped_ = true;
    wake_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<lane> lanes_;
  bool stopped_ = false;
};

class nats_bus_port final : public bus_port {
public:
  nats_bus_port(nats_config config, nats_credentials credentials,
                std::span<const lane> own)
      : config_{std::move(config)}, credentials_{std::move(credentials)},
        own_(own.begin(), own.end()) {}

  ~nats_bus_port() override { stop(); }

  status_result start(bus_listener& listener) override {
    for (auto on : own_)
      if (auto opened = open(on); !opened)
        return opened.error();
    // Whoever hears a message may want to answer on any lane.
    inlet_->open(listener);
    keeper_ = std::thread{[this] { keep(); }};
    return unit{};
  }

  void stop() override {
    lost_->stop();
    if (keeper_.joinable())
      keeper_.join();
    inlet_->close();
  }

  status_result publish(lane on, const std::string& subject,
                        const std::string& reply_to,
                        bytes_view octets) override {
    if (const auto connection = of(on))
      return connection->publish(subject, reply_to, octets);
    return error{errc::unavailable, "the bus: not connected"};
  }

  bool connected() const override {
    for (auto on : own_) {
      const auto connection = of(on);
      if (connection == nullptr || !connection->connected())
        return false;
    }
    return true;
  }

private:
  using connection_ptr = std::shared_ptr<nats_connection>;

  connection_ptr of(lane on) const {
    return connections_.with(
        [&](auto& all) { return all[static_cast<std::size_t>(on)]; });
  }

  /// Fails only for what would fail again.
  status_result open(lane on) {
    auto given_up = [lost = lost_, on] { lost->add(on); };
    auto opened =
        nats_connection::open(config_, credentials_, on, inlet_, given_up);
    if (!opened && opened.error().code != errc::unavailable)
      return opened.error();
    if (!opened)
      lost_->add(on);
    connection_ptr fresh = opened ? std::move(*opened) : nullptr;
    connections_.with(
        [&](auto& all) { all[static_cast<std::size_t>(on)].swap(fresh); });
    return unit{};
  }

  /// Opens anew what was given up.
  void keep() {
    auto last = mono_now();
    unsigned attempt = 0;
    while (const auto on = lost_->next()) {
      // One connection may be told of twice.
      if (const auto old = of(*on); old && !old->closed())
        continue;
      // Those that come long after the last one begin from the start.
      attempt = mono_now() - last > reopen.most * 2 ? 0 : attempt;
      lost_->pause(reopen.delay(attempt++));
      last = mono_now();
      if (auto opened = open(*on); !opened)
        log_error("bus", opened.error().message);
    }
  }

  nats_config config_;
  nats_credentials credentials_;
  std::vector<lane> own_;
  std::shared_ptr<nats_inlet> inlet_ = std::make_shared<nats_inlet>();
  std::shared_ptr<given_up_lanes> lost_ = std::make_shared<given_up_lanes>();
  guarded<std::array<connection_ptr, std::size(lanes)>> connections_;
  std::thread keeper_;
};

} // namespace

result<std::unique_ptr<bus_port>> make_nats_bus_port(nats_config config,
                                                     std::span<const lane> on) {
  auto credentials = parse_credentials(config.credentials);
  if (!credentials)
    return credentials.error();
  if (config.certificate_pem.empty() != config.private_key_pem.empty())
    return error{errc::invalid_argument,
                 "the bus: a certificate and its key go together"};
  return std::unique_ptr<bus_port>{std::make_unique<nats_bus_port>(
      std::move(config), std::move(*credentials), on)};
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

result<std::unique_ptr<raft_transport_port>>
make_nats_raft_transport(nats_config config, raft_receiver receiver) {
  auto uid = config.cluster_uid;
  auto self = config.self;
  auto port = bus::make_nats_bus_port(std::move(config), bus::replica_lanes);
  if (!port)
    return port.error();
  return bus::make_raft_transport(std::move(uid), std::move(self),
                                  std::move(*port), std::move(receiver));
}

} // namespace troupe
