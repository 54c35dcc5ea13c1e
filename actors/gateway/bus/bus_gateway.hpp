#pragma once

#include "actors/gateway/object/local_api.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/watch/watch_port.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <string>

namespace troupe::gateway {

class watch_stream;

/// Most watches one node may have open; a further one is refused.
inline constexpr std::size_t watches_per_node_max = 256;

/// The world as the bus's gateway sees it. What the pointers name must outlive
/// it and every call begun through it.
struct bus_gateway_ports {
  writer_ports writer;
  watch::watch_port* watch = nullptr;
};

/// The API for agents: `api_request` asks and `watch_open` streams (messages/
/// protocol/api/api_call.hpp), to be served at "/server/<member>/gateway". Who
/// asks is the peer that the bus names: a node is `system:node:<name>` and may
/// do what `authorize_node` and `restrict_node` let pass; anybody else nothing.
///
/// A request that cannot be read is answered with 400, one for an unknown type
/// of message not at all. A watch that may not be opened is refused with the
/// Status's message.
class bus_gateway final : public bus_service {
public:
  explicit bus_gateway(bus_gateway_ports ports);

  void on_request(bus_request request, reply<bus_answer> answer) override;

  result<std::shared_ptr<bus_stream_handler>>
  on_open(bus_request request, std::shared_ptr<bus_stream> stream) override;

private:
  using watch_counts = guarded<std::map<std::string, std::size_t>>;

  std::shared_ptr<void> take_ticket(const std::string& node);
  void begin_watch(mono_time deadline, watch::watch_request request,
                   std::shared_ptr<watch_stream> sink);

  bus_gateway_ports ports_;
  std::shared_ptr<local_api> objects_;
  std::shared_ptr<watch_counts> watches_ = std::make_shared<watch_counts>();
};

} // namespace troupe::gateway
