#pragma once

#include "messages/base/time_point.hpp"
#include "node/dns/message.hpp"
#include "node/dns/poller.hpp"
#include "node/dns/stream_inbox.hpp"
#include "node/dns/upstream.hpp"
#include "node/sys/unique_fd.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace troupe::dns {

struct forwarder_config {
  std::vector<upstream> upstreams; ///< asked in this order
  /// Until the next is asked.
  duration patience = std::chrono::seconds{1};
  /// Questions that wait for an answer; more fail at once.
  std::size_t questions_max = 512;
};

/// What another server said, as it was sent and as it reads.
struct forwarded {
  bytes message;
  response content;
};

/// Asks other servers, over UDP from a port of its own for each question, with
/// an id nobody can guess; over TCP when an answer is cut and the asker can
/// take more. Who cannot be reached is passed over at once. One thread.
class forwarder {
public:
  using done = std::function<void(std::optional<forwarded>)>;

  /// Descriptors wait in `waiting` as `kind` and a number. What is referred to
  /// outlives it.
  forwarder(const poller& waiting, std::uint64_t kind, forwarder_config config);

  /// `tell` hears once, maybe before this returns; none: nobody answered.
  void ask(query asked, bool whole, done tell);

  void on_ready(std::uint64_t token, mono_time now);
  void on_time(mono_time now);

  /// When to call `on_time`.
  std::optional<mono_time> next_time() const;

private:
  struct task {
    query asked;
    bool whole = false;
    done tell;
    std::size_t next = 0; ///< upstream
    unique_fd fd;
    bool stream = false;
    bool sent = false;
    stream_inbox inbox{stream_octets_max};
    mono_time deadline{};
  };

  using tasks = std::map<std::uint64_t, task>;

  void try_next(tasks::iterator at, mono_time now);
  bool begin(std::uint64_t number, task& what, bool stream, mono_time now);
  void read_datagram(tasks::iterator at, mono_time now);
  void go_on_stream(tasks::iterator at, mono_time now);
  void take(tasks::iterator at, bytes message, mono_time now);
  void finish(tasks::iterator at, std::optional<forwarded> outcome);

  const poller& waiting_;
  std::uint64_t kind_;
  forwarder_config config_;
  tasks tasks_;
  std::uint64_t last_ = 0;
};

} // namespace troupe::dns
