#pragma once

#include "messages/api/status.hpp"
#include "messages/base/bytes.hpp"

#include <optional>

namespace troupe::gateway {

/// The failure a Status says, as JSON; none for a success. What is no Status,
/// or has no HTTP status of an error, is an internal error.
std::optional<api::status> failure_of(bytes_view json);

} // namespace troupe::gateway
