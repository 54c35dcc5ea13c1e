#include "node/dns/forwarder.hpp"

#include "node/dns/socket.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/entropy.hpp"

#include <algorithm>
#include <utility>

namespace troupe::dns {

forwarder::forwarder(const poller& waiting, std::uint64_t kind,
                     forwarder_config config)
    : waiting_(waiting), kind_(kind), config_(std::move(config)) {
  // nop
}

void forwarder::ask(query asked, bool whole, done tell) {
  if (tasks_.size() >= config_.questions_max)
    return tell(std::nullopt);
  task made;
  made.asked = std::move(asked);
  made.asked.id = static_cast<std::uint16_t>(random_u64());
  made.whole = whole;
  made.tell = std::move(tell);
  const auto at = tasks_.emplace(kind_ | ++last_, std::move(made)).first;
  try_next(at, mono_now());
}

void forwarder::try_next(tasks::iterator at, mono_time now) {
  auto& what = at->second;
  while (what.next < config_.upstreams.size()) {
    ++what.next;
    if (begin(at->first, what, false, now))
      return;
  }
  finish(at, std::nullopt);
}

/// Asks the server before `next`.
bool forwarder::begin(std::uint64_t number, task& what, bool stream,
                      mono_time now) {
  const auto& to = config_.upstreams[what.next - 1];
  auto fd = stream ? connect_stream(to.address, to.port)
                   : connect_datagrams(to.address, to.port);
  if (!fd)
    return false;
  what.fd = std::move(*fd);
  what.stream = stream;
  what.sent = !stream;
  what.inbox = stream_inbox{stream_octets_max};
  what.deadline = now + config_.patience;
  if (!stream && !write_some(what.fd.get(), encode_query(what.asked)))
    return false;
  return waiting_.add(what.fd.get(), number, stream ? wish::write : wish::read)
      .has_value();
}

void forwarder::on_ready(std::uint64_t token, mono_time now) {
  const auto at = tasks_.find(token);
  if (at == tasks_.end())
    return;
  if (at->second.stream)
    go_on_stream(at, now);
  else
    read_datagram(at, now);
}

/// A refusal (ICMP) reads as an end.
void forwarder::read_datagram(tasks::iterator at, mono_time now) {
  bytes message;
  switch (dns::read_datagram(at->second.fd.get(), message, stream_octets_max)) {
    case read_end::some:
      return take(at, std::move(message), now);
    case read_end::over:
      return try_next(at, now);
    case read_end::nothing_now:
      return;
  }
}

void forwarder::go_on_stream(tasks::iterator at, mono_time now) {
  auto& what = at->second;
  if (!what.sent) {
    // It is empty yet, so it takes a question whole.
    const auto octets = to_stream(encode_query(what.asked));
    if (write_some(what.fd.get(), octets) != octets.size())
      return try_next(at, now);
    what.sent = true;
    return waiting_.change(what.fd.get(), at->first, wish::read);
  }
  bytes octets;
  const auto end = read_some(what.fd.get(), octets, stream_octets_max);
  if (end == read_end::over)
    return try_next(at, now);
  what.inbox.add(octets);
  auto message = what.inbox.next();
  if (!message)
    return try_next(at, now);
  if (*message)
    take(at, std::move(**message), now);
}

/// What answers another question was sent by somebody else, and waiting goes
/// on.
void forwarder::take(tasks::iterator at, bytes message, mono_time now) {
  auto& what = at->second;
  auto content = parse_response(message, what.asked);
  if (!content)
    return;
  if (content->truncated && what.whole && !what.stream
      && begin(at->first, what, true, now))
    return;
  finish(at, forwarded{std::move(message), std::move(*content)});
}

void forwarder::finish(tasks::iterator at, std::optional<forwarded> outcome) {
  const auto tell = std::move(at->second.tell);
  tasks_.erase(at);
  tell(std::move(outcome));
}

void forwarder::on_time(mono_time now) {
  std::vector<std::uint64_t> late;
  for (const auto& [number, what] : tasks_)
    if (what.deadline <= now)
      late.push_back(number);
  for (const auto number : late)
    if (const auto at = tasks_.find(number); at != tasks_.end())
      try_next(at, now);
}

std::optional<mono_time> forwarder::next_time() const {
  const auto first = std::min_element(
      tasks_.begin(), tasks_.end(), [](const auto& a, const auto& b) {
        return a.second.deadline < b.second.deadline;
      });
  return first == tasks_.end() ? std::nullopt
                               : std::optional{first->second.deadline};
}

} // namespace troupe::dns
