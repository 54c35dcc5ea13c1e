#include "messages/base/check.hpp"
#include "messages/protocol/api/api_call.hpp"

using namespace troupe;

namespace {

/// Whatever decodes survives being encoded: its octets are canonical then.
template <class Decode, class Encode>
void check_survives(bytes_view data, Decode decode, Encode encode) {
  auto value = decode(data);
  if (!value)
    return;
  auto made = encode(*value);
  auto again = decode(made);
  TROUPE_CHECK(again.has_value(), "what was read can be written");
  TROUPE_CHECK(encode(*again) == made, "a message survives");
}

} // namespace

/// The first octet chooses the message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size == 0)
    return 0;
  bytes_view rest{reinterpret_cast<const char*>(data) + 1, size - 1};
  switch (data[0] % 4) {
    case 0:
      check_survives(rest, api_call::decode_request, api_call::encode_request);
      break;
    case 1:
      check_survives(rest, api_call::decode_response,
                     api_call::encode_response);
      break;
    case 2:
      check_survives(rest, api_call::decode_watch_open,
                     [](const api_call::watch_open& x) { return encode(x); });
      break;
    default:
      check_survives(rest, api_call::decode_watch_batch,
                     [](const api_call::watch_batch& x) { return encode(x); });
      break;
  }
  return 0;
}
