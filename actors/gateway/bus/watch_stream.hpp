#pragma once

#include "messages/protocol/api/api_call.hpp"
#include "messages/schema/descriptor.hpp"
#include "runtime/base/guarded.hpp"
#include "runtime/port/messenger.hpp"
#include "runtime/watch/watch_port.hpp"

#include <atomic>
#include <cstddef>
#include <memory>

namespace troupe::gateway {

/// Octets of changes that may wait for a watcher; one that is further behind is
/// reset and begins anew. The objects of the beginning do not count.
inline constexpr std::size_t watch_queue_max = 8 * 1024 * 1024;

/// Octets of objects in one message; one object may have more.
inline constexpr std::size_t watch_batch_octets = 64 * 1024;

/// Carries a watch into a stream: what the hub delivers becomes `watch_batch`
/// messages. Either's end is the other's.
class watch_stream final : public watch::watch_sink, public bus_stream_handler {
public:
  /// `ticket` is kept as long as the watch is open.
  watch_stream(const schema::resource_desc& resource,
               std::shared_ptr<bus_stream> stream,
               std::shared_ptr<const void> ticket);

  /// The watch that delivers here. Once.
  void hold(std::unique_ptr<watch::watch_handle> handle);

  bool deliver(std::span<const watch::delivery> batch) override;
  void end(watch::watch_end why) override;

  void on_message(bytes message) override;
  void on_drained() override;
  void on_end(stream_end how, std::string why) override;

private:
  struct place {
    std::unique_ptr<watch::watch_handle> handle;
    std::shared_ptr<const void> ticket;
    bool ended = false;
  };

  bool send(std::span<const watch::delivery> batch);

  const schema::resource_desc& resource_;
  std::shared_ptr<bus_stream> stream_;
  guarded<place> place_;
  bool begun_ = false; ///< the objects of the beginning were delivered
  std::atomic<std::size_t> beginning_{0}; ///< octets of them that may wait
};

} // namespace troupe::gateway
