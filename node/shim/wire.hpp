#pragma once

#include "node/shim/protocol.hpp"

/// The connection to the agent.
namespace troupe::shim {

/// A packet of the agent's. The descriptors are closed by whoever dispatched
/// it, unless a handler took one and left -1.
struct packet {
  header head;
  alignas(8) unsigned char body[packet_size_max - sizeof(header)];
  int descriptors[descriptors_max];
  std::size_t descriptor_count;

  /// The body as a message of its kind; null when it has another size.
  template <class T>
  const T* as() const {
    return head.size == sizeof(T) ? reinterpret_cast<const T*>(body) : nullptr;
  }
};

/// Accepts an agent in the place of the former one.
void accept_agent();

/// Lets the agent go. Its attached readers end by themselves.
void drop_agent();

/// Reads one packet. False: there was none worth answering.
bool receive(packet& into);

void close_descriptors(packet& from);

/// Takes a descriptor out of the packet; -1 when it is not there.
int take_descriptor(packet& from, std::size_t index);

/// Sends a message, with a descriptor unless that is -1. An agent that does
/// not read is dropped: it comes back and asks for the state.
void send(message kind, std::uint32_t request, const void* body,
          std::size_t size, int descriptor = -1);

} // namespace troupe::shim
