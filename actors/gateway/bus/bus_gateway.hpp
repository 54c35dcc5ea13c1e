#pragma once

#include "actors/gateway/object/local_api.hpp"
#include "actors/gateway/object/server_standing.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/watch/watch_port.hpp"

#include <cstddef>
#include <cstdint>
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
  /// Null: taken to be good.
  std::shared_ptr<const server_standing> standing = nullptr;
};

/// How long the beginning of a watch may wait for the newest state.
inline constexpr duration watch_begin_max = std::chrono::seconds{10};

/// The API for agents: `api_request` asks and `watch_open` streams (messages/
/// protocol/api/api_call.hpp), to be served at "/server/<member>/gateway". Who
/// asks is the peer that the bus names: a node is `system:node:<name>` and may
/// do what `authorize_node` and `restrict_node` let pass; anybody else nothing.
///
/// A request that cannot be read is answered with 400, one for an unknown type
/// of message not at all. A watch that may not be opened is refused with the
/// Status's message.
///
/// A server that has lost its standing serves no node: a node would hear
/// nothing new of it, and cannot tell that from a cluster in which nothing
/// happens. Other servers are there for it.
class bus_gateway final : public bus_service {
public:
  explicit bus_gateway(bus_gateway_ports ports);

  void on_request(bus_request request, reply<bus_answer> answer) override;

  result<std::shared_ptr<bus_stream_handler>>
  on_open(bus_request request, std::shared_ptr<bus_stream> stream) override;

  /// Ends every watch: their nodes look for another server.
  void end_watches();

private:
  struct open_watches {
    std::map<std::string, std::size_t> counts; ///< by node
    std::map<std::uint64_t, std::weak_ptr<watch_stream>> streams;
    std::uint64_t last = 0;
  };

  bool is_lost() const;
  std::shared_ptr<const std::uint64_t> take_ticket(const std::string& node);
  void begin_watch(watch::watch_request request,
                   std::shared_ptr<watch_stream> sink);

  bus_gateway_ports ports_;
  std::shared_ptr<local_api> objects_;
  std::shared_ptr<guarded<open_watches>> watches_ =
      std::make_shared<guarded<open_watches>>();
};

} // namespace troupe::gateway
