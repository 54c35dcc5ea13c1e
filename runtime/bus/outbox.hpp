#pragma once

#include "runtime/bus/bus_core.hpp"
#include "runtime/bus/bus_port.hpp"

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace troupe::bus {

/// Octets that may wait for one lane's connection; what comes on top is
/// dropped, as a bus that is away drops it.
inline constexpr std::size_t outbox_octets_max = 64 * 1024 * 1024;

/// Publishes the messages of one lane from a thread of its own, in the order
/// they were put in: whoever sends never waits for the network.
class outbox {
public:
  /// `undelivered` hears the id of each message that could not be published
  /// and has one.
  outbox(bus_port& port, std::function<void(std::uint64_t)> undelivered);
  ~outbox();

  outbox(const outbox&) = delete;
  outbox& operator=(const outbox&) = delete;

  void put(publish message);

  /// Publishes what is left, then ends the thread.
  void stop();

private:
  void run();

  bus_port& port_;
  std::function<void(std::uint64_t)> undelivered_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<publish> waiting_;
  std::deque<std::uint64_t> failed_;
  std::size_t octets_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace troupe::bus
