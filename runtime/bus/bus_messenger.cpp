#include "runtime/bus/bus_messenger.hpp"

#include "runtime/bus/bus_hub.hpp"

#include <utility>

namespace troupe::bus {

namespace {

class registration final : public bus_registration {
public:
  registration(std::shared_ptr<bus_hub> hub, std::string address,
               std::shared_ptr<service_entry> entry)
      : hub_{std::move(hub)}, address_{std::move(address)}, entry_{std::move(
                                                                entry)} {}

  ~registration() override { hub_->withdraw(address_, *entry_); }

private:
  std::shared_ptr<bus_hub> hub_;
  std::string address_;
  std::shared_ptr<service_entry> entry_;
};

class bus_messenger final : public messenger {
public:
  explicit bus_messenger(std::shared_ptr<bus_hub> hub) : hub_{std::move(hub)} {}

  ~bus_messenger() override { hub_->stop(); }

  void ask(std::string address, message_type type, bytes payload,
           mono_time deadline,
           std::function<void(result<bus_answer>)> done) override {
    hub_->ask(address, type, std::move(payload), deadline, std::move(done));
  }

  std::shared_ptr<bus_stream>
  open(std::string address, message_type type, bytes payload,
       std::shared_ptr<bus_stream_handler> handler) override {
    return hub_->open(address, type, std::move(payload), std::move(handler));
  }

  std::unique_ptr<bus_registration>
  serve(std::string address, std::shared_ptr<bus_service> service) override {
    auto entry = hub_->serve(address, std::move(service));
    return std::make_unique<registration>(hub_, std::move(address),
                                          std::move(entry));
  }

  bool connected() const override { return hub_->connected(); }

private:
  std::shared_ptr<bus_hub> hub_;
};

} // namespace

result<std::unique_ptr<messenger>>
make_messenger(messenger_config config, std::unique_ptr<bus_port> port) {
  if (!is_process(config.self) || config.cluster_uid.empty()
      || config.incarnation == 0)
    return error{errc::invalid_argument,
                 "a messenger needs a cluster, a process and an incarnation"};
  auto hub = std::make_shared<bus_hub>(std::move(config), std::move(port));
  if (auto started = hub->start(); !started)
    return started.error();
  return std::unique_ptr<messenger>{
      std::make_unique<bus_messenger>(std::move(hub))};
}

} // namespace troupe::bus
