#include "node/dns/server.hpp"

#include "messages/base/overload.hpp"
#include "node/dns/poller.hpp"
#include "node/dns/socket.hpp"
#include "node/sys/os_error.hpp"
#include "runtime/base/clock.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <utility>

namespace troupe::dns {

namespace {

/// What a token is of; the rest of it is a number.
constexpr std::uint64_t kind_bits = 0xffULL << 56;
constexpr std::uint64_t wake_token = 0;
constexpr std::uint64_t datagram_token = 1ULL << 56;
constexpr std::uint64_t listener_token = 2ULL << 56;
constexpr std::uint64_t forward_kind = 3ULL << 56;
constexpr std::uint64_t stream_kind = 4ULL << 56;

/// Datagrams in a row, before others have their turn.
constexpr int datagrams_max = 64;
constexpr int accepts_max = 16;
constexpr duration sweep_period = std::chrono::milliseconds{500};

/// Both transports on one port.
struct entrances {
  unique_fd datagrams;
  unique_fd streams;
};

result<entrances> open_entrances(const ip_address& at, std::uint16_t port) {
  entrances out;
  auto datagrams = bind_datagrams(at, port);
  if (!datagrams)
    return datagrams.error();
  out.datagrams = std::move(*datagrams);
  auto streams = listen_streams(at, port_of(out.datagrams.get()));
  if (!streams)
    return streams.error();
  out.streams = std::move(*streams);
  return out;
}

bool are_used_up(int number) {
  return number == EMFILE || number == ENFILE || number == ENOBUFS
         || number == ENOMEM;
}

} // namespace

class server::impl {
public:
  /// Takes a response in octets; empty: none.
  using reply = std::function<void(bytes)>;

  impl(server_config config, names known, entrances doors, unique_fd wake,
       poller waiting)
      : config_(std::move(config)), names_(std::move(known)),
        doors_(std::move(doors)), wake_(std::move(wake)),
        waiting_(std::move(waiting)),
        forwards_(waiting_, forward_kind, config_.forwards),
        streams_(waiting_, stream_kind, config_.streams,
                 [this](std::uint64_t number, bytes message) {
                   hear_stream(number, message);
                 }) {
    // nop
  }

  status_result begin() {
    for (const auto& [fd, token] :
         {std::pair{wake_.get(), wake_token},
          std::pair{doors_.datagrams.get(), datagram_token},
          std::pair{doors_.streams.get(), listener_token}})
      if (auto added = waiting_.add(fd, token, wish::read); !added)
        return added;
    return unit{};
  }

  status_result run() {
    while (!stopped_) {
      auto ready = waiting_.wait(patience());
      if (!ready)
        return ready.error();
      for (const auto& each : *ready)
        serve(each.token);
      const auto now = mono_now();
      forwards_.on_time(now);
      sweep(now);
    }
    return unit{};
  }

  void stop() {
    stopped_ = true;
    const std::uint64_t one = 1;
    static_cast<void>(::write(wake_.get(), &one, sizeof one));
  }

  std::uint16_t port() const { return port_of(doors_.datagrams.get()); }

private:
  /// Long when nothing waits.
  duration patience() const {
    duration out = std::chrono::minutes{1};
    if (!streams_.empty() || deaf_)
      out = sweep_period;
    if (const auto next = forwards_.next_time())
      out = std::min(out, *next - mono_now());
    return out;
  }

  void serve(std::uint64_t token) {
    switch (token & kind_bits) {
      case datagram_token:
        return hear_datagrams();
      case listener_token:
        return accept_streams();
      case forward_kind:
        return forwards_.on_ready(token, mono_now());
      case stream_kind:
        return streams_.on_ready(token, mono_now());
      default:
        return; // woken
    }
  }

  void sweep(mono_time now) {
    if (now < next_sweep_)
      return;
    next_sweep_ = now + sweep_period;
    streams_.sweep(now);
    if (std::exchange(deaf_, false))
      waiting_.change(doors_.streams.get(), listener_token, wish::read);
  }

  void hear_datagrams();
  void accept_streams();
  void hear_stream(std::uint64_t number, bytes_view message);

  void hear(bytes_view message, bool stream, const reply& tell);
  void ask_others_for(const query& asked, bool stream, reply tell);
  void ask_alias(const query& asked, bool stream, ask_for_alias found,
                 reply tell);

  static std::size_t room(const query& asked, bool stream) {
    return stream ? stream_octets_max : asked.response_octets_max();
  }

  server_config config_;
  names names_;
  entrances doors_;
  unique_fd wake_;
  poller waiting_;
  forwarder forwards_;
  stream_table streams_;
  std::uint64_t turn_ = 0;
  mono_time next_sweep_{};
  bool deaf_ = false; ///< no descriptors were left for another connection
  std::atomic<bool> stopped_ = false;
};

void server::impl::hear_datagrams() {
  bytes buffer(query_octets_max + 1, '\0');
  for (int i = 0; i < datagrams_max; ++i) {
    peer from;
    from.length = sizeof from.address;
    auto* address = reinterpret_cast<sockaddr*>(&from.address);
    const int fd = doors_.datagrams.get();
    const auto count =
        ::recvfrom(fd, buffer.data(), buffer.size(), 0, address, &from.length);
    if (count < 0)
      return; // none left, or an asker's refusal to hear
    hear({buffer.data(), static_cast<std::size_t>(count)}, false,
         [fd, from](const bytes& response) {
           // What cannot be sent now is asked for again.
           if (!response.empty())
             ::sendto(fd, response.data(), response.size(), MSG_NOSIGNAL,
                      reinterpret_cast<const sockaddr*>(&from.address),
                      from.length);
         });
  }
}

void server::impl::accept_streams() {
  for (int i = 0; i < accepts_max; ++i) {
    peer from;
    from.length = sizeof from.address;
    unique_fd fd{::accept4(doors_.streams.get(),
                           reinterpret_cast<sockaddr*>(&from.address),
                           &from.length, SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (fd) {
      if (const auto address = address_of(from))
        streams_.add(std::move(fd), *address, mono_now());
      continue;
    }
    if (!are_used_up(errno) || streams_.give_way())
      return;
    // Out of descriptors: looked at again in a while, and not all the time.
    deaf_ = true;
    return waiting_.change(doors_.streams.get(), listener_token, wish::nothing);
  }
}

void server::impl::hear_stream(std::uint64_t number, bytes_view message) {
  hear(message, true, [this, number](const bytes& response) {
    streams_.reply(number, response, mono_now());
  });
}

void server::impl::hear(bytes_view message, bool stream, const reply& tell) {
  const auto parsed = parse_query(message);
  if (!parsed)
    return tell(parsed.error().response);
  const auto& asked = *parsed;
  const auto known = names_();
  auto said = answer_question(config_.zone, known.get(), asked, turn_++);
  std::visit(
      overload{
          [&](const answer& it) {
            tell(encode_response(asked, it, room(asked, stream)));
          },
          [&](const ask_others&) { ask_others_for(asked, stream, tell); },
          [&](ask_for_alias& it) {
            ask_alias(asked, stream, std::move(it), tell);
          },
      },
      said);
}

void server::impl::ask_others_for(const query& asked, bool stream, reply tell) {
  forwards_.ask(
      asked, stream,
      [asked, stream,
       tell = std::move(tell)](const std::optional<forwarded>& said) {
        const auto max = room(asked, stream);
        tell(said ? relay_response(said->message, asked, max)
                  : encode_response(
                      asked, failure(response_code::server_failure), max));
      });
}

/// Resolvers of pods do not go after an alias themselves.
void server::impl::ask_alias(const query& asked, bool stream,
                             ask_for_alias found, reply tell) {
  query about = asked;
  about.asked = make_question(found.target, record_type::a);
  about.asked.type = asked.asked.type;
  forwards_.ask(
      about, stream,
      [asked, stream, begun = std::move(found.begun),
       tell = std::move(tell)](const std::optional<forwarded>& said) mutable {
        begun.code = said ? said->content.code : response_code::server_failure;
        if (said) {
          begun.truncated = said->content.truncated;
          const auto& more = said->content.answers;
          begun.answers.insert(begun.answers.end(), more.begin(), more.end());
        }
        tell(encode_response(asked, begun, room(asked, stream)));
      });
}

server::server(std::unique_ptr<impl> made) : impl_(std::move(made)) {
  // nop
}

server::~server() = default;

result<std::unique_ptr<server>> server::open(server_config config,
                                             names known) {
  auto doors = open_entrances(config.address, config.port);
  if (!doors)
    return doors.error();
  auto waiting = poller::open();
  if (!waiting)
    return waiting.error();
  unique_fd wake{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!wake)
    return sys::os_error("wait for", "messages of DNS");
  auto made = std::make_unique<impl>(std::move(config), std::move(known),
                                     std::move(*doors), std::move(wake),
                                     std::move(*waiting));
  if (auto begun = made->begin(); !begun)
    return begun.error();
  return std::unique_ptr<server>{new server{std::move(made)}};
}

status_result server::run() {
  return impl_->run();
}

void server::stop() {
  impl_->stop();
}

std::uint16_t server::port() const {
  return impl_->port();
}

} // namespace troupe::dns
