#include "bootstrap/inspect/inspection_server.hpp"

#include "messages/protocol/actor_tree.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/packet_socket.hpp"
#include "runtime/base/clock.hpp"
#include "runtime/base/log.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace troupe::inspect {

namespace {

constexpr int request_patience_ms = 1000;

actor_tree::row row_of(const actors::door_report& from) {
  return {from.address,
          from.kind,
          std::string{to_string(from.state)},
          from.restarts,
          from.waiting,
          from.handled,
          from.dropped,
          std::max(from.uptime, duration{})};
}

actor_tree::outcome outcome_of(actors::kill_outcome from) {
  switch (from) {
    case actors::kill_outcome::killed:
      return actor_tree::outcome::done;
    case actors::kill_outcome::unknown:
      return actor_tree::outcome::unknown;
    case actors::kill_outcome::down:
      break;
  }
  return actor_tree::outcome::down;
}

class socket_server final : public inspection_server {
public:
  socket_server(unique_fd listener, unique_fd stop, actors::live_tree& tree)
      : listener_(std::move(listener)), stop_(std::move(stop)), tree_(tree),
        thread_([this] { run(); }) {
    // nop
  }

  ~socket_server() override {
    const std::uint64_t one = 1;
    if (write(stop_.get(), &one, sizeof(one)) < 0)
      log_error("inspect", "cannot wake the thread that answers");
    thread_.join();
  }

private:
  void run() {
    pollfd watched[] = {{listener_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    while (true) {
      if (poll(watched, 2, -1) < 0)
        continue;
      if (watched[1].revents != 0)
        return;
      const unique_fd peer{
          accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (peer)
        serve(peer);
    }
  }

  void serve(const unique_fd& peer) {
    pollfd ready{peer.get(), POLLIN, 0};
    if (poll(&ready, 1, request_patience_ms) != 1)
      return;
    const auto packet = sys::receive_packet(peer, actor_tree::packet_max);
    if (!packet)
      return;
    const auto request = actor_tree::decode_request(packet->data);
    if (!request)
      return log_warning("inspect", request.error().message);
    const auto say = [&](const actor_tree::answer& answer) {
      if (auto sent = sys::send_packet(peer, encode(answer), {}); !sent)
        log_warning("inspect", sent.error().message);
    };
    if (request->verb == actor_tree::verb::kill)
      return kill(request->address, say);
    say(list(request->address));
  }

  actor_tree::answer list(const std::string& after) {
    actor_tree::answer out;
    for (const auto& each :
         tree_.report(after, actor_tree::rows_max + 1, mono_now()))
      out.rows.push_back(row_of(each));
    out.more = out.rows.size() > actor_tree::rows_max;
    if (out.more)
      out.rows.pop_back();
    return out;
  }

  template <class Say>
  void kill(const std::string& address, const Say& say) {
    const auto done = tree_.kill(address, [&] {
      log_warning("inspect", address + " is killed by hand");
      say({});
    });
    if (done != actors::kill_outcome::killed)
      say({outcome_of(done), {}, false});
  }

  unique_fd listener_;
  unique_fd stop_;
  actors::live_tree& tree_;
  std::thread thread_;
};

} // namespace

std::string socket_name(const std::string& process) {
  return process + ".sock";
}

result<std::unique_ptr<inspection_server>>
inspection_server::open(const std::string& directory,
                        const std::string& process, actors::live_tree& tree) {
  const unique_fd place{
      ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!place)
    return sys::os_error("open", directory);
  auto listener = sys::listen_packets(place, socket_name(process));
  if (!listener)
    return listener.error();
  unique_fd stop{eventfd(0, EFD_CLOEXEC)};
  if (!stop)
    return sys::os_error("open", "an eventfd");
  return std::unique_ptr<inspection_server>{
      new socket_server{std::move(*listener), std::move(stop), tree}};
}

} // namespace troupe::inspect
