#include "messages/base/check.hpp"
#include "runtime/websocket/session.hpp"

using namespace troupe;

namespace {

bytes read_all(bytes_view input, std::size_t cut) {
  websocket::session session;
  bytes out;
  while (!input.empty()) {
    const auto events = session.receive(input.substr(0, cut));
    if (!events)
      return "broken " + session.take_output();
    for (const auto& one : *events)
      if (const auto* piece = std::get_if<websocket::message_piece>(&one)) {
        out += piece->octets;
        out += piece->last ? "|" : "";
      }
    input.remove_prefix(std::min(cut, input.size()));
  }
  return out + session.take_output();
}

} // namespace

/// Whatever a client sends means the same however it is cut.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const bytes_view input{reinterpret_cast<const char*>(data), size};
  const auto whole = read_all(input, size + 1);
  TROUPE_CHECK(read_all(input, 1) == whole, "cutting changes nothing");
  return 0;
}
