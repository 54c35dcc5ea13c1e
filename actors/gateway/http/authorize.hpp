#pragma once

#include "messages/api/request.hpp"
#include "messages/api/request_info.hpp"
#include "messages/api/status.hpp"

#include <optional>

namespace troupe::gateway {

/// Refuses (403) what `user` may not do, and nothing else. Deny by default:
/// `system:masters` may do everything, others what their roles give
/// (access/roles.hpp).
std::optional<api::status> authorize(const api::identity& user,
                                     const api::request_info& info);

} // namespace troupe::gateway
