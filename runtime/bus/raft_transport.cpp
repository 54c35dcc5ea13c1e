#include "runtime/bus/raft_transport.hpp"

#include "runtime/bus/outbox.hpp"

namespace troupe::bus {

namespace {

class raft_transport final : public raft_transport_port, public bus_listener {
public:
  raft_transport(std::string cluster_uid, bus_peer self,
                 std::unique_ptr<bus_port> port, raft_receiver receiver)
      : cluster_uid_{std::move(cluster_uid)}, self_{std::move(self)},
        port_{std::move(port)}, receiver_{std::move(receiver)},
        raft_{*port_, [](std::uint64_t) {}}, snapshots_{*port_,
                                                        [](std::uint64_t) {}} {}

  ~raft_transport() override {
    raft_.stop();
    snapshots_.stop();
    port_->stop();
  }

  status_result start() { return port_->start(*this); }

  void send(const raft::member_id& to, bytes message, bool bulk) override {
    const auto on = bulk ? lane::snapshot : lane::raft;
    const subject where{
        cluster_uid_, self_, {std::string{server_role}, to.value()}, on};
    (bulk ? snapshots_ : raft_)
        .put({on, to_string(where), {}, std::move(message), 0});
  }

  void on_message(std::string_view text, bytes_view octets) override {
    const auto where = parse_subject(text);
    if (where && where->cluster_uid == cluster_uid_
        && where->from.role == server_role && where->to == self_)
      receiver_(raft::member_id{where->from.name}, octets);
  }

  void on_nobody(std::uint64_t) override {}

private:
  std::string cluster_uid_;
  bus_peer self_;
  std::unique_ptr<bus_port> port_;
  raft_receiver receiver_;
  outbox raft_;
  outbox snapshots_;
};

} // namespace

result<std::unique_ptr<raft_transport_port>>
make_raft_transport(std::string cluster_uid, bus_peer self,
                    std::unique_ptr<bus_port> port, raft_receiver receiver) {
  auto out =
      std::make_unique<raft_transport>(std::move(cluster_uid), std::move(self),
                                       std::move(port), std::move(receiver));
  if (auto started = out->start(); !started)
    return started.error();
  return std::unique_ptr<raft_transport_port>{std::move(out)};
}

} // namespace troupe::bus
