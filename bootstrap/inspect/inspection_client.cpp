#include "bootstrap/inspect/inspection_client.hpp"

#include "bootstrap/inspect/inspection_server.hpp"
#include "node/sys/os_error.hpp"
#include "node/sys/packet_socket.hpp"

#include <fcntl.h>
#include <poll.h>

namespace troupe::inspect {

result<actor_tree::answer> ask(const std::string& directory,
                               const std::string& process,
                               const actor_tree::request& request,
                               duration patience) {
  const unique_fd place{
      ::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  if (!place)
    return sys::os_error("open", directory);
  auto peer = sys::connect_packets(place, socket_name(process));
  if (!peer)
    return error{errc::unavailable,
                 process + " does not answer: " + peer.error().message};
  if (auto sent = sys::send_packet(*peer, encode(request), {}); !sent)
    return sent.error();
  pollfd ready{peer->get(), POLLIN, 0};
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(patience).count();
  if (poll(&ready, 1, static_cast<int>(milliseconds)) != 1)
    return error{errc::unavailable, process + " does not answer in time"};
  auto packet = sys::receive_packet(*peer, actor_tree::packet_max);
  if (!packet)
    return error{errc::unavailable, process + " ended without an answer"};
  return actor_tree::decode_answer(packet->data);
}

result<std::vector<actor_tree::row>> list_actors(const std::string& directory,
                                                 const std::string& process,
                                                 duration patience) {
  std::vector<actor_tree::row> out;
  actor_tree::request next;
  while (true) {
    auto answer = ask(directory, process, next, patience);
    if (!answer)
      return answer.error();
    for (auto& each : answer->rows)
      out.push_back(std::move(each));
    if (!answer->more || answer->rows.empty())
      return out;
    next.address = out.back().address;
  }
}

} // namespace troupe::inspect
