#include "bootstrap/publish/forwarder.hpp"

#include "bootstrap/publish/pipe.hpp"
#include "runtime/base/clock.hpp"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <list>
#include <optional>
#include <system_error>
#include <thread>

namespace troupe::publish {

namespace {

constexpr duration patience_for_target = std::chrono::seconds{1};
/// How long nobody is accepted after descriptors or memory ran out.
constexpr duration pause_when_full = std::chrono::milliseconds{100};

error failed(const char* what) {
  return {errc::unavailable,
          std::string{what} + ": " + std::generic_category().message(errno)};
}

/// The socket's end tells the other side that something went wrong.
void reset(unique_fd& socket) {
  const linger at_once{1, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket.reset();
}

/// A node that was cut off answers nothing any more: its connections end after
/// a minute instead of taking room for ever.
void notice_silence(const unique_fd& socket) {
  const int yes = 1;
  const int quiet_seconds = 30;
  const int between_seconds = 10;
  const int probes = 3;
  const unsigned unheard_milliseconds = 60'000;
  const auto set = [&](int level, int name, const auto& value) {
    setsockopt(socket.get(), level, name, &value, sizeof value);
  };
  set(SOL_SOCKET, SO_KEEPALIVE, yes);
  set(IPPROTO_TCP, TCP_KEEPIDLE, quiet_seconds);
  set(IPPROTO_TCP, TCP_KEEPINTVL, between_seconds);
  set(IPPROTO_TCP, TCP_KEEPCNT, probes);
  set(IPPROTO_TCP, TCP_USER_TIMEOUT, unheard_milliseconds);
}

/// A socket on its way to `target`, or none.
unique_fd begin_connect(const endpoint& target) {
  sockaddr_storage where{};
  socklen_t length = sizeof(sockaddr_in);
  if (target.address.family() == ip_family::v4) {
    auto& name = reinterpret_cast<sockaddr_in&>(where);
    name.sin_family = AF_INET;
    name.sin_port = htons(target.port);
    std::memcpy(&name.sin_addr, target.address.octets().data(), 4);
  } else {
    auto& name = reinterpret_cast<sockaddr_in6&>(where);
    name.sin6_family = AF_INET6;
    name.sin6_port = htons(target.port);
    std::memcpy(&name.sin6_addr, target.address.octets().data(), 16);
    length = sizeof name;
  }
  unique_fd out{
      socket(where.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!out)
    return out;
  notice_silence(out);
  if (connect(out.get(), reinterpret_cast<sockaddr*>(&where), length) != 0
      && errno != EINPROGRESS)
    out.reset();
  return out;
}

bool is_connected(const unique_fd& socket) {
  int number = 0;
  socklen_t length = sizeof number;
  return getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &number, &length) == 0
         && number == 0;
}

/// One client and the target that serves it, or is being asked.
class connection {
public:
  connection(unique_fd client, route& by)
      : client_(std::move(client)), by_(by), targets_(by.targets) {
    ask();
  }

  bool over() const { return !client_; }

  std::optional<mono_time> deadline() const {
    return connecting() ? std::optional{deadline_} : std::nullopt;
  }

  void add_to(std::vector<pollfd>& out) const {
    if (connecting()) {
      out.push_back({target_.get(), POLLOUT, 0});
      return;
    }
    out.push_back(interest(client_, *up_, *down_));
    out.push_back(interest(target_, *down_, *up_));
  }

  /// Something may have happened.
  void look(bool ready) {
    if (connecting())
      look_at_target(ready);
    else if (!up_->move() || !down_->move())
      end();
    else if (up_->finished() && down_->finished())
      close();
  }

  void end() {
    reset(client_);
    if (target_)
      reset(target_);
  }

private:
  /// A socket of which nothing is wanted is not looked at: its end would be
  /// told again and again.
  static pollfd interest(const unique_fd& of, const pipe& reads,
                         const pipe& writes) {
    pollfd out{-1, 0, 0};
    if (reads.wants_to_read())
      out = {of.get(), POLLIN, 0};
    if (writes.wants_to_write())
      out = {of.get(), static_cast<short>(out.events | POLLOUT), 0};
    return out;
  }

  bool connecting() const { return !up_; }

  void look_at_target(bool ready) {
    if (ready && is_connected(target_)) {
      std::rotate(by_.targets.begin(), std::ranges::find(by_.targets, asked_),
                  by_.targets.end());
      up_.emplace(client_.get(), target_.get());
      down_.emplace(target_.get(), client_.get());
    } else if (ready || mono_now() >= deadline_) {
      ask();
    }
  }

  /// The next target, or the end.
  void ask() {
    for (target_.reset(); !target_ && attempts_ < targets_.size();) {
      asked_ = targets_[attempts_++];
      target_ = begin_connect(asked_);
    }
    deadline_ = mono_now() + patience_for_target;
    if (!target_)
      end();
  }

  void close() {
    client_.reset();
    target_.reset();
  }

  unique_fd client_;
  unique_fd target_;
  route& by_;
  std::vector<endpoint> targets_;
  endpoint asked_;
  std::size_t attempts_ = 0;
  mono_time deadline_{};
  std::optional<pipe> up_;
  std::optional<pipe> down_;
};

} // namespace

class forwarder::impl {
public:
  impl(std::vector<route> routes, unique_fd stop)
      : routes_(std::move(routes)), stop_(std::move(stop)),
        thread_([this] { run(); }) {
    // nop
  }

  ~impl() {
    eventfd_write(stop_.get(), 1);
    thread_.join();
    for (auto& each : open_)
      each.end();
  }

private:
  void run() {
    std::vector<pollfd> what;
    for (;;) {
      what.assign(1, {stop_.get(), POLLIN, 0});
      const bool room =
          open_.size() < connections_max && mono_now() >= accept_again_;
      for (const auto& each : routes_)
        what.push_back(
            {each.listen.get(), static_cast<short>(room ? POLLIN : 0), 0});
      for (const auto& each : open_)
        each.add_to(what);
      poll(what.data(), what.size(), wait_milliseconds());
      if (what.front().revents != 0)
        return;
      look_at_connections(what);
      for (std::size_t i = 0; i < routes_.size(); ++i)
        if (what[1 + i].revents != 0)
          accept_one(routes_[i]);
    }
  }

  int wait_milliseconds() const {
    std::optional<mono_time> first;
    if (accept_again_ > mono_now())
      first = accept_again_;
    for (const auto& each : open_)
      if (auto due = each.deadline(); due && (!first || *due < *first))
        first = due;
    if (!first)
      return -1;
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*first - mono_now());
    return static_cast<int>(std::clamp<long long>(left.count(), 0, 60'000));
  }

  void look_at_connections(const std::vector<pollfd>& what) {
    auto at = what.begin() + 1 + static_cast<std::ptrdiff_t>(routes_.size());
    for (auto each = open_.begin(); each != open_.end();) {
      const int places = each->deadline() ? 1 : 2;
      const bool ready =
          at->revents != 0 || (places == 2 && (at + 1)->revents != 0);
      at += places;
      if (ready || each->deadline())
        each->look(ready);
      each = each->over() ? open_.erase(each) : std::next(each);
    }
  }

  void accept_one(route& by) {
    unique_fd client{accept4(by.listen.get(), nullptr, nullptr,
                             SOCK_CLOEXEC | SOCK_NONBLOCK)};
    if (!client) {
      if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS
          || errno == ENOMEM)
        accept_again_ = mono_now() + pause_when_full;
      return;
    }
    open_.emplace_back(std::move(client), by);
    if (open_.back().over())
      open_.pop_back();
  }

  std::vector<route> routes_;
  unique_fd stop_;
  std::list<connection> open_;
  mono_time accept_again_{};
  std::thread thread_;
};

forwarder::forwarder(std::unique_ptr<impl> made) : impl_(std::move(made)) {
  // nop
}

forwarder::~forwarder() = default;

result<std::unique_ptr<forwarder>> forwarder::start(std::vector<route> routes) {
  unique_fd stop{eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  if (!stop)
    return failed("eventfd");
  // Two threads may hear of one client, and a blocking accept would hold all.
  for (const auto& each : routes)
    if (fcntl(each.listen.get(), F_SETFL, O_NONBLOCK) != 0)
      return failed("fcntl");
  return std::unique_ptr<forwarder>{new forwarder{
      std::make_unique<impl>(std::move(routes), std::move(stop))}};
}

} // namespace troupe::publish
