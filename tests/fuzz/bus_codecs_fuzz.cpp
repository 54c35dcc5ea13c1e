#include "messages/base/check.hpp"
#include "messages/protocol/actor_tree.hpp"
#include "messages/protocol/node_io.hpp"
#include "messages/protocol/stream_frame.hpp"

using namespace troupe;

namespace {

/// Whatever decodes survives being encoded.
template <class Decode, class Encode>
void check_survives(bytes_view data, Decode decode, Encode encode) {
  auto value = decode(data);
  if (!value)
    return;
  auto again = decode(encode(*value));
  TROUPE_CHECK(again.has_value(), "what was read can be written");
  TROUPE_CHECK(*again == *value, "a message survives");
}

} // namespace

/// The first octet chooses the message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  bytes_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 5) {
    case 0:
      check_survives(rest, decode_frame, encode_frame);
      break;
    case 1:
      check_survives(rest, node_io::decode_log_request,
                     [](const node_io::log_request& x) { return encode(x); });
      break;
    case 3:
      check_survives(rest, actor_tree::decode_request,
                     [](const actor_tree::request& x) { return encode(x); });
      break;
    case 4:
      check_survives(rest, actor_tree::decode_answer,
                     [](const actor_tree::answer& x) { return encode(x); });
      break;
    default:
      check_survives(
          rest, node_io::decode_command_request,
          [](const node_io::command_request& x) { return encode(x); });
      break;
  }
  return 0;
}
