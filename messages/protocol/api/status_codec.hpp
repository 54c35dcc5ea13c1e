#pragma once

#include "messages/api/status.hpp"
#include "messages/base/bytes.hpp"
#include "messages/protocol/wire_reader.hpp"

namespace troupe::api_call {

/// What became of a request, as one value inside a message.
bytes encode_status(const api::status& value);
api::status read_status(wire::reader& in);

} // namespace troupe::api_call
