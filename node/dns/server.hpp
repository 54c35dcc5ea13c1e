#pragma once

#include "messages/base/ip.hpp"
#include "messages/base/result.hpp"
#include "node/dns/answerer.hpp"
#include "node/dns/forwarder.hpp"
#include "node/dns/stream_table.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace troupe::dns {

struct server_config {
  ip_address address;
  std::uint16_t port = 53; ///< of both UDP and TCP; 0: any, for tests
  zone_config zone;
  forwarder_config forwards;
  stream_limits streams;
};

/// A DNS server on one address, in the network namespace of the thread that
/// opens it.
class server {
public:
  /// The names as they are now; null: not known yet. From the serving thread.
  using names = std::function<std::shared_ptr<const name_table>()>;

  static result<std::unique_ptr<server>> open(server_config config,
                                              names known);
  ~server();

  /// Serves on the calling thread until `stop`. Fails when it cannot go on.
  status_result run();

  /// Makes `run` return. From any thread.
  void stop();

  std::uint16_t port() const;

private:
  class impl;
  explicit server(std::unique_ptr<impl> made);

  std::unique_ptr<impl> impl_;
};

} // namespace troupe::dns
