#include "tests/support/fake_bus.hpp"

#include <utility>
#include <vector>

namespace troupe::test {

class fake_bus::port final {
public:
  port(fake_bus& bus, bus_peer self) : bus_{bus}, self_{std::move(self)} {}

  void listen(bus::bus_listener* listener) {
    std::lock_guard lock{mutex_};
    listener_ = listener;
  }

  bool hear(std::string_view subject, bytes_view octets) {
    std::lock_guard lock{mutex_};
    if (listener_ == nullptr)
      return false;
    listener_->on_message(subject, octets);
    return true;
  }

  void hear_nobody(const std::string& reply_to) {
    const auto parsed = bus::parse_subject(reply_to);
    const auto id = parsed ? bus::nobody_id(*parsed) : std::nullopt;
    std::lock_guard lock{mutex_};
    if (id && listener_ != nullptr)
      listener_->on_nobody(*id);
  }

  status_result publish(const std::string& subject, const std::string& reply_to,
                        bytes_view octets) {
    if (!connected())
      return error{errc::unavailable, "the fake bus is away"};
    const auto parsed = bus::parse_subject(subject);
    TROUPE_CHECK(parsed.has_value(), "what is published has a subject");
    TROUPE_CHECK(parsed->from == self_, "nobody speaks for another");
    if (bus_.is_dead(self_))
      return unit{};
    const auto to = bus_.find(parsed->to);
    if (to == nullptr || !to->hear(subject, octets))
      hear_nobody(reply_to);
    return unit{};
  }

  bool connected() const {
    std::lock_guard lock{bus_.mutex_};
    return !bus_.away_;
  }

  fake_bus& bus_;
  bus_peer self_;

private:
  std::mutex mutex_;
  bus::bus_listener* listener_ = nullptr;
};

namespace {

template <class Port>
class port_handle final : public bus::bus_port {
public:
  explicit port_handle(std::shared_ptr<Port> port) : port_{std::move(port)} {}

  ~port_handle() override { stop(); }

  status_result start(bus::bus_listener& listener) override {
    port_->listen(&listener);
    return unit{};
  }

  void stop() override { port_->listen(nullptr); }

  status_result publish(bus::lane, const std::string& subject,
                        const std::string& reply_to,
                        bytes_view octets) override {
    return port_->publish(subject, reply_to, octets);
  }

  bool connected() const override { return port_->connected(); }

private:
  std::shared_ptr<Port> port_;
};

} // namespace

std::unique_ptr<bus::bus_port> fake_bus::connect(bus_peer self) {
  auto made = std::make_shared<port>(*this, self);
  std::lock_guard lock{mutex_};
  ports_[{self.role, self.name}] = made;
  return std::make_unique<port_handle<port>>(std::move(made));
}

void fake_bus::away(bool value) {
  std::lock_guard lock{mutex_};
  away_ = value;
}

void fake_bus::kill(const bus_peer& who) {
  std::lock_guard lock{mutex_};
  ports_.erase({who.role, who.name});
  dead_.insert({who.role, who.name});
}

bool fake_bus::is_dead(const bus_peer& who) {
  std::lock_guard lock{mutex_};
  return dead_.contains({who.role, who.name});
}

std::shared_ptr<fake_bus::port> fake_bus::find(const bus_peer& to) {
  std::lock_guard lock{mutex_};
  if (to.role != bus::server_role || to.name != bus::any_name) {
    const auto found = ports_.find({to.role, to.name});
    return found == ports_.end() ? nullptr : found->second;
  }
  std::vector<std::shared_ptr<port>> servers;
  for (auto& [name, one] : ports_)
    if (name.first == bus::server_role)
      servers.push_back(one);
  return servers.empty() ? nullptr : servers[turn_++ % servers.size()];
}

} // namespace troupe::test
