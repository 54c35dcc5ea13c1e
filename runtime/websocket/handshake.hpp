#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace troupe::websocket {

/// The Sec-WebSocket-Accept for a client's Sec-WebSocket-Key (RFC 6455, section
/// 4.2.2); none when the key is not 16 octets in base64.
std::optional<std::string> accept_key(std::string_view client_key);

} // namespace troupe::websocket
