#include "messages/base/check.hpp"
#include "messages/base/overload.hpp"
#include "runtime/spdy/session.hpp"

using namespace troupe;

/// Whatever a client sends, cut at its first octet's length, the session obeys
/// its limits and what it answers is SPDY.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  spdy::session session;
  spdy::frame_reader client;
  bytes_view input{reinterpret_cast<const char*>(data), size};
  const std::size_t cut = size > 0 ? data[0] + 1u : 1u;
  while (!input.empty()) {
    auto events = session.receive(input.substr(0, cut));
    if (events)
      for (const auto& one : *events)
        std::visit(
            overload{
                [&](const spdy::stream_opened& it) { session.accept(it.id); },
                [&](const spdy::stream_data& it) {
                  session.send(it.id, it.octets);
                  session.consumed(it.id, it.octets.size());
                },
                [&](const spdy::stream_finished& it) { session.finish(it.id); },
                [](const auto&) {},
            },
            one);
    TROUPE_CHECK(client.read(session.take_output()).has_value(),
                 "what is sent can be read");
    if (!events)
      return 0;
    input.remove_prefix(std::min(cut, input.size()));
  }
  return 0;
}
