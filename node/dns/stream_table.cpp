#include "node/dns/stream_table.hpp"

#include "node/dns/message.hpp"
#include "node/dns/socket.hpp"

#include <algorithm>
#include <utility>

namespace troupe::dns {

namespace {

constexpr std::size_t read_octets_max = 16 * 1024;

} // namespace

stream_table::stream_table(const poller& waiting, std::uint64_t kind,
                           stream_limits limits, listener tell)
    : waiting_(waiting), kind_(kind), limits_(limits), tell_(std::move(tell)) {
  // nop
}

void stream_table::add(unique_fd fd, const ip_address& from, mono_time now) {
  const auto of_client =
      std::count_if(streams_.begin(), streams_.end(),
                    [&](const auto& it) { return it.second.from == from; });
  if (static_cast<std::size_t>(of_client) >= limits_.connections_per_client_max)
    return;
  if (streams_.size() >= limits_.connections_max)
    give_way();
  const auto number = kind_ | ++last_;
  if (waiting_.add(fd.get(), number, wish::read))
    streams_.emplace(number, stream{std::move(fd),
                                    from,
                                    stream_inbox{query_octets_max},
                                    {},
                                    0,
                                    false,
                                    false,
                                    now});
}

bool stream_table::give_way() {
  const auto idlest = std::min_element(streams_.begin(), streams_.end(),
                                       [](const auto& a, const auto& b) {
                                         return a.second.busy < b.second.busy;
                                       });
  if (idlest == streams_.end())
    return false;
  streams_.erase(idlest);
  return true;
}

void stream_table::on_ready(std::uint64_t number, mono_time now) {
  const auto at = streams_.find(number);
  if (at == streams_.end())
    return;
  auto& one = at->second;
  if (!one.unsent.empty()) {
    const auto count = write_some(one.fd.get(), one.unsent);
    if (!count) {
      streams_.erase(at);
      return;
    }
    if (*count > 0)
      one.busy = now;
    one.unsent.erase(0, *count);
  }
  if (!is_full(one))
    read(number, one, now);
  settle(number);
}

bool stream_table::is_full(const stream& one) const {
  return one.waiting >= limits_.waiting_max
         || one.unsent.size() >= limits_.unsent_octets_max;
}

void stream_table::read(std::uint64_t number, stream& one, mono_time now) {
  bytes octets;
  if (!one.ended)
    one.ended =
        read_some(one.fd.get(), octets, read_octets_max) == read_end::over;
  one.inbox.add(octets);
  if (!read_messages(number, now))
    streams_.erase(number);
}

/// False when what comes makes no sense. A message may be answered, and so
/// change the table, before the next one is looked at.
bool stream_table::read_messages(std::uint64_t number, mono_time now) {
  while (true) {
    const auto at = streams_.find(number);
    if (at == streams_.end())
      return true;
    auto& one = at->second;
    one.reading = false;
    if (is_full(one))
      return true;
    auto message = one.inbox.next();
    if (!message)
      return false;
    if (!*message)
      return true;
    one.busy = now;
    one.reading = true;
    ++one.waiting;
    tell_(number, std::move(**message));
  }
}

void stream_table::reply(std::uint64_t number, bytes_view message,
                         mono_time now) {
  const auto at = streams_.find(number);
  if (at == streams_.end())
    return;
  auto& one = at->second;
  TROUPE_CHECK(one.waiting > 0, "each query is answered once");
  const bool was_full = is_full(one);
  --one.waiting;
  one.busy = now;
  if (!message.empty())
    one.unsent += to_stream(message);
  // What has been read already is not announced again.
  if (was_full && !is_full(one) && !one.reading
      && !read_messages(number, now)) {
    streams_.erase(number);
    return;
  }
  settle(number);
}

/// Waits for what is possible now, or closes what is done with.
void stream_table::settle(std::uint64_t number) {
  const auto at = streams_.find(number);
  if (at == streams_.end())
    return;
  const auto& one = at->second;
  const bool reads = !one.ended && !is_full(one);
  const bool writes = !one.unsent.empty();
  if (one.ended && !writes && one.waiting == 0) {
    streams_.erase(at);
    return;
  }
  waiting_.change(one.fd.get(), number,
                  reads && writes ? wish::both
                  : reads         ? wish::read
                  : writes        ? wish::write
                                  : wish::nothing);
}

void stream_table::sweep(mono_time now) {
  std::erase_if(streams_, [&](const auto& it) {
    return now - it.second.busy > limits_.idle_max;
  });
}

} // namespace troupe::dns
