#pragma once

#include "messages/api/request.hpp"
#include "messages/base/bytes.hpp"
#include "messages/protocol/wire_reader.hpp"

namespace troupe::api_call {

/// What a request is about, as one value inside a message.
bytes encode_target(const api::target& value);
api::target read_target(wire::reader& in);

} // namespace troupe::api_call
